"""The rules of the house: documented examples run, modules keep their places."""

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import numpy as np
import pytest
import torch

import throughtime

ROOM = Path(throughtime.__file__).parent
TOP = {module.name for module in pkgutil.iter_modules(throughtime.__path__)}
FILES = {
    ".".join(path.relative_to(ROOM).with_suffix("").parts): path
    for path in sorted(ROOM.rglob("*.py"))
    if path != ROOM / "__init__.py"
}
SOURCES = {name: path.read_text(encoding="utf-8") for name, path in FILES.items()}


@pytest.mark.parametrize("name", FILES)
def test_the_examples_in_docstrings_run(name):
    module = importlib.import_module(f"throughtime.{name}".removesuffix(".__init__"))
    with torch.random.fork_rng():
        failed, ran = doctest.testmod(module)
    assert failed == 0
    assert ran == SOURCES[name].count(">>> "), "an example was not found"


def test_there_are_examples():
    assert sum(source.count(">>> ") for source in SOURCES.values()) > 20


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_short_enough_to_read(name):
    assert SOURCES[name].count("\n") <= 250


def test_the_package_itself_imports_nothing():
    tree = ast.parse((ROOM / "__init__.py").read_text(encoding="utf-8"))
    names = [node.__class__.__name__ for node in tree.body]
    assert names == ["Expr", "Assign"]


def test_the_packages_docstring_lists_every_module():
    lines = [line.split() for line in throughtime.__doc__.splitlines()]
    assert {line[0] for line in lines if line} >= TOP


def test_only_plot_imports_pyplot():
    users = {name.split(".")[0] for name, text in SOURCES.items() if "pyplot" in text}
    assert users == {"plot"}


@pytest.mark.parametrize("name", FILES)
def test_every_error_says_what_came_what_was_wanted_and_what_to_try(name):
    for node in ast.walk(ast.parse(SOURCES[name])):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            text = ast.get_source_segment(SOURCES[name], node.exc)
            if "AssertionError" in text or "WriteItYourself" in text:
                continue
            assert "wanted" in text, text
            assert "Try" in text or "{advice}" in text, text


def test_the_library_writes_nothing(capfd):
    from throughtime import bptt, cells, plot, text, unroll

    def step(x_t, h_prev):
        return cells.rnn_step(x_t, h_prev, torch.ones(4, 5), torch.eye(4), h_prev[0])

    unroll.unroll(step, torch.ones(7, 3, 5), torch.zeros(3, 4))
    weights = bptt.Weights.random(5, 4, 11, np.random.default_rng(0))
    trace = bptt.forward(weights, np.ones((7, 5)), np.arange(7), np.zeros(4))
    bptt.backward(weights, trace)
    plot.draw_states(trace.hs, text.stdlib_source(7))
    plot.draw_unrolled()
    assert tuple(capfd.readouterr()) == ("", "")
