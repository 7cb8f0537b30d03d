"""Progress is shown where somebody looks, and never on stderr."""

import contextlib
import os
import sys
import textwrap

import pytest
import torch
from torch import nn

from throughtime.train import fit


def _linear():
    return nn.Linear(5, 1)


def _loss(model, x):
    return model(x).square().mean()


def _all_of(terminal):
    """Read a terminal, whose other end is closed, piece by piece to its end."""
    pieces = []
    with os.fdopen(terminal, "rb", buffering=0) as end, contextlib.suppress(OSError):
        while piece := end.read(1000):  # Linux ends with an error, others with nothing
            pieces.append(piece)
    return b"".join(pieces)


def test_nothing_is_shown_where_nobody_looks_and_a_bar_where_it_is_asked_for(capfd):
    fit(_linear(), [torch.ones(3, 5)], _loss, steps=3)
    assert tuple(capfd.readouterr()) == ("", "")
    fit(_linear(), [torch.ones(3, 5)], _loss, steps=3, progress=True)
    out, err = capfd.readouterr()
    assert err == ""
    assert "3/3" in out
    assert "loss" in out


def test_a_terminal_has_a_bar_on_stdout_and_nothing_on_stderr(monkeypatch, capfd):
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        fit(_linear(), [torch.ones(3, 5)], _loss, steps=4)
        fit(_linear(), [torch.ones(3, 5)], _loss, steps=4, progress=False)
        monkeypatch.undo()
    shown = _all_of(ours).decode()
    assert "4/4" in shown
    assert shown.count("100%") == 1
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_notebook_has_one_line_that_is_written_anew():
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    code = """
        import time, torch
        from throughtime.train import fit
        model = torch.nn.Linear(5, 1)
        def loss(model, x):
            time.sleep(0.1)
            return model(x).square().mean()
        history = fit(model, [torch.ones(3, 5)], loss, steps=8)
    """
    cell = nbformat.v4.new_code_cell(textwrap.dedent(code))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "display_data"
    assert output.data["text/plain"].startswith("step 8/8  loss ")
