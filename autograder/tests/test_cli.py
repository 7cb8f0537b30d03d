"""The commands beside ``grade``."""

from functools import partial

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from questions import ROOT
from split import needs
from tiny_course import hand_in, make_course

from examiner import cli, selfcheck
from examiner.record import CellRecord, Outcome, Record
from examiner.sandbox import Limits

pytestmark = pytest.mark.skipif(bool(needs()), reason=needs())


def run(monkeypatch, capsys, *args):
    monkeypatch.setattr("sys.argv", ["examiner", *args])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code, *capsys.readouterr()


def test_the_doctor_says_what_this_machine_can_do(monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, "doctor")
    assert code == 0
    assert "Isolation: full." in out
    assert "2 GiB of memory" in out


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        (
            "double = lambda x: x + x",
            0,
            "PASS     q1_test: the tests that you can see pass;",
        ),
        ("double = 3", 1, "AssertionError"),
        ("1 / 0", 1, "ZeroDivisionError"),
    ],
)
def test_a_student_can_check_the_visible_tests(
    tmp_path, monkeypatch, capsys, source, code, said
):
    folder = hand_in(make_course(tmp_path), "ann", source)
    path = folder / "a0_double.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = "assert callable(double)"
    nbformat.write(notebook, path)
    found = run(monkeypatch, capsys, "check", str(path))
    assert found[0] == code, found
    assert said in found[1]


def test_a_check_sees_a_library_that_is_installed_to_be_edited(
    tmp_path, monkeypatch, capsys
):
    home = tmp_path / "lib" / "apart_from_python"
    home.mkdir(parents=True)
    (home / "__init__.py").write_text("twice = lambda x: x + x")
    monkeypatch.syspath_prepend(home.parent)
    source = "import __main__\nfrom apart_from_python import twice\ndouble = twice"
    path = hand_in(make_course(tmp_path), "ann", source) / "a0_double.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = "assert double(2) == 4"
    nbformat.write(notebook, path)
    code, out, _ = run(monkeypatch, capsys, "check", str(path))
    assert code == 0, out


RELEASE = ROOT / "assignments" / "a1_unroll" / "a1_unroll.ipynb"


def test_a_release_that_nobody_touched_is_answered_nowhere(monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, "check", str(RELEASE))
    assert code == 1
    assert "PASS" not in out
    assert out.count("MISSING") == out.count("This is not answered yet.") > 2


@pytest.mark.parametrize(
    ("visible", "said"),
    [
        ("assert double(2) == 4, 'twice 2 is 4'", "which you can see, says: twice 2"),
        ("double(2).shape", "The cell q1_visible, which you can see, stops with Attr"),
        ("while True: double(2)", "TIMEOUT"),
    ],
)
def test_what_a_visible_test_finds_is_told_of_its_question(
    tmp_path, monkeypatch, capsys, visible, said
):
    monkeypatch.setattr(selfcheck, "Limits", partial(Limits, cell=2))
    folder = hand_in(make_course(tmp_path), "ann", "double = lambda x: 3 * x")
    path = folder / "a0_double.ipynb"
    notebook = nbformat.read(path, as_version=4)
    test = notebook.cells[1]
    test.source = "assert callable(double)"
    shown = new_code_cell(visible, metadata={"nbgrader": {**test.metadata.nbgrader}})
    shown.metadata.nbgrader.update(grade_id="q1_visible", grade=False, points=0)
    notebook.cells.insert(1, shown)
    nbformat.write(notebook, path)
    code, out, _ = run(monkeypatch, capsys, "check", str(path))
    assert code == 1, out
    assert said in out
    assert "PASS" not in out


def test_a_file_that_is_no_notebook_is_refused_in_one_sentence(
    tmp_path, monkeypatch, capsys
):
    path = tmp_path / "a.ipynb"
    path.write_text("{")
    code, _, err = run(monkeypatch, capsys, "check", str(path))
    assert code == 2
    assert "is no notebook that can be read" in err


def test_the_help_names_each_command_and_exit_code(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["examiner", "--help"])
    cli.main()
    out = capsys.readouterr().out
    for word in ("grade", "check", "doctor", "report", "Exit codes"):
        assert word in out


def test_a_record_survives_its_line_of_json():
    cell = CellRecord("q1", None, 3.0, Outcome.MANUAL, "wait \ud800", "hint", "m")
    record = Record("ann", "a1", "a1", cells=[cell], repairs=["mended"], unchanged=True)
    again = Record.from_json(record.to_json())
    assert again.cells == record.cells
    assert (again.repairs, again.unchanged) == (["mended"], False)
    assert '"needs_manual": true' in record.to_json()
