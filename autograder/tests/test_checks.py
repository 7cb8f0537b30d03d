"""Every check of every assignment, found by itself, against all known answers to it."""

import ast
import copy
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbclient import NotebookClient
from questions import (
    ASSIGNMENTS,
    OTHERS,
    ROOT,
    answer_modules,
    cells,
    data,
    questions,
    read,
    run,
)

import checks
from examiner.answers import Answer
from examiner.seed import VARIABLE, ensure_seed_file

SEEDS = (1, 2, 3)
HIDDEN = re.compile(
    r"### BEGIN HIDDEN TESTS\nfrom checks import (?P<module>\w+) as c\n+"
    r"c\.(?P<check>\w+)\((?P<answer>\w+)\)\n### END HIDDEN TESTS$"
)


def answers(*, wrong):
    return [
        pytest.param(q, answer, id=f"{q.name}-{answer.name}")
        for q in questions()
        for answer in q.check.answers
        if answer.wrong is wrong
    ]


each_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)
each_question = pytest.mark.parametrize("q", questions(), ids=lambda q: q.name)
each_seed = pytest.mark.parametrize("seed", SEEDS)


def test_there_are_checks():
    assert questions()


@each_question
@each_seed
def test_the_solution_gets_full_points(q, seed):
    names, _ = run(q.assignment)
    result = q.check.examine(names[q.name], seed=seed)
    assert (result.points, result.reasons) == (q.check.points, [])


@each_question
def test_the_release_as_it_stands_earns_nothing(q):
    names, _ = run(q.assignment, "assignments")
    result = q.check.examine(names[q.name], seed=1)
    assert result.points == 0
    assert "not written yet" in result.text


@pytest.mark.parametrize(("q", "answer"), answers(wrong=True))
@each_seed
def test_a_wrong_answer_loses_points_and_its_sentence_is_said(q, answer, seed):
    result = q.check.examine(answer.fn, seed=seed)
    assert result.points < q.check.points
    assert result.mistake == answer.name
    text = " ".join(result.text.split())
    assert text.endswith(f"Likely cause: {answer.sentence}")
    assert not any(why.endswith("?.") for why in result.reasons)


class InAList:
    """Return what a function returns, but a list where that is a tuple."""

    def __init__(self, fn):
        self.__wrapped__, self.__globals__ = fn, fn.__globals__

    def __call__(self, *args):
        result = self.__wrapped__(*args)
        return list(result) if isinstance(result, tuple) else result


@pytest.mark.parametrize(("q", "answer"), answers(wrong=True))
def test_a_wrong_answer_in_a_list_is_the_same_mistake(q, answer):
    if q.check.draw(1)[0].parts:
        assert q.check.examine(InAList(answer.fn), seed=1).mistake == answer.name


@pytest.mark.parametrize(("q", "answer"), answers(wrong=False))
@each_seed
def test_a_right_answer_in_another_style_gets_full_points(q, answer, seed):
    result = q.check.examine(answer.fn, seed=seed)
    assert (result.points, result.reasons) == (q.check.points, [])


@pytest.mark.parametrize(("q", "answer"), answers(wrong=False))
def test_a_right_answer_passes_the_visible_test(q, answer):
    names, _ = run(q.assignment)
    exec(q.visible_cell.source, {**names, q.name: answer.fn})


@each_question
def test_the_solution_passes_the_visible_test(q):
    names, _ = run(q.assignment)
    exec(q.visible_cell.source, dict(names))


@each_question
def test_the_hidden_test_finds_a_mistake_that_the_visible_one_lets_through(q):
    names, _ = run(q.assignment)
    through = [a for a in q.check.answers if a.wrong and passes(q, names, a)]
    assert through


def passes(q, names, answer):
    try:
        exec(q.visible_cell.source, {**names, q.name: answer.fn})
    except Exception:
        return False
    return True


@each_question
def test_a_check_has_known_answers_enough_and_each_with_its_own_sentence(q):
    wrong = [a for a in q.check.answers if a.wrong]
    assert len(wrong) >= 6
    assert len(q.check.answers) - len(wrong) >= 2
    assert "copied_from_chapter" in {a.name for a in wrong}
    assert all(a.sentence.endswith((".", "?")) for a in wrong)
    assert len({a.sentence for a in wrong}) == len(wrong)
    assert len({a.name for a in q.check.answers}) == len(q.check.answers)


@each_assignment
def test_every_answer_that_is_written_is_known_to_its_check(assignment):
    written = {
        value.answer
        for module in answer_modules(assignment)
        for value in vars(module).values()
        if isinstance(getattr(value, "answer", None), Answer)
    }
    known = {
        a for q in questions() if q.assignment == assignment for a in q.check.answers
    }
    assert {a.name for a in written - known} == set()


@each_question
def test_a_check_says_what_is_wanted(q):
    assert q.check.__doc__.startswith(f"`{q.name}` ")


@each_question
def test_the_hidden_test_is_two_lines_and_gives_the_points_of_its_check(q):
    block = HIDDEN.search(q.test_cell.source)
    assert block
    assert block.groupdict() == {
        "module": q.assignment,
        "check": q.name,
        "answer": q.name,
    }
    assert data(q.test_cell)["points"] == q.check.points
    assert data(q.test_cell)["locked"]


@each_assignment
def test_every_test_cell_calls_a_check(assignment):
    called = [
        HIDDEN.search(cell.source)["check"]
        for cell in cells(assignment)
        if cell.cell_type == "code" and data(cell).get("grade")
    ]
    assert called == [q.name for q in questions() if q.assignment == assignment]


def imports(module):
    tree = ast.parse(Path(checks.__path__[0], f"{module}.py").read_text())
    return {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


@each_assignment
def test_a_check_takes_nothing_from_a_solution_or_a_known_answer(assignment):
    helping = OTHERS - {"mutants"}
    imported = imports(assignment).union(*map(imports, helping))
    imported -= {f"checks.{name}" for name in helping}
    imported = {name.split(".")[0] for name in imported}
    standard = imported - {"numpy", "torch", "examiner", "throughtime"}
    assert standard <= set(sys.stdlib_module_names) - {"importlib", "runpy"}
    assert "checks" not in imported


@each_assignment
def test_the_notebook_closes_the_modules_that_its_metadata_name(assignment):
    _, closed = run(assignment)
    assert closed == [read(assignment).metadata["throughtime"]["write_yourself"]]


@pytest.mark.slow
@each_assignment
def test_the_solution_runs_in_a_kernel_and_says_nothing_but_its_results(
    assignment, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "autograder"))
    monkeypatch.setenv(VARIABLE, str(ensure_seed_file(tmp_path / "seed")))
    notebook = copy.deepcopy(read(assignment))
    NotebookClient(notebook, timeout=60, allow_errors=True).execute()
    outputs = [
        (data(cell).get("grade", False), output)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]
    assert [o for _, o in outputs if o.output_type == "error"] == []
    assert [o for _, o in outputs if o.get("name") == "stderr"] == []
    assert [o for graded, o in outputs if graded] == []


@each_assignment
def test_checks_and_answers_work_where_the_modules_are_closed(assignment):
    closed = read(assignment).metadata["throughtime"]["write_yourself"]
    program = (
        "from throughtime.assignment import write_yourself\n"
        f"write_yourself(*{closed})\n"
        f"from checks import {assignment} as c\n"
        "from examiner.check import Check\n"
        "for check in vars(c).values():\n"
        "    if isinstance(check, Check):\n"
        "        for answer in check.answers:\n"
        "            r = check.examine(answer.fn, seed=1)\n"
        "            assert r.mistake == (answer.name if answer.wrong else ''), r\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT / "autograder",
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


@each_assignment
def test_the_release_tells_no_known_answer(assignment):
    text = "\n".join(cell.source for cell in cells(assignment, "assignments"))
    known = [
        a for q in questions() if q.assignment == assignment for a in q.check.answers
    ]
    assert [a.name for a in known if "_" in a.name and a.name in text] == []
    assert [a.name for a in known if a.wrong and a.sentence in text] == []
    assert not re.search(r"\b(examiner|checks|mutants)\b", text)
