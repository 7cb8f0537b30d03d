"""The guide for instructors: what it says of assignments, topics and commands is so."""

import json
import re

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT
from house import assignments
from nbgrader.apps import NbGraderApp

from examiner.answers import answers_to
from examiner.cli import cli

PAGE = (ROOT / "book" / "instructors.md").read_text(encoding="utf-8")
ROWS = yaml.safe_load((ROOT / "book" / "coverage.yml").read_text(encoding="utf-8"))
NOTEBOOKS = sorted((ROOT / "solutions").glob("*/*.ipynb"))


def graded(path):
    """Return the marks of the graded cells, as nbgrader has them."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    return [mark for mark in marks if mark.get("grade")]


def built_table(site):
    text = (site / "instructors.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    table = page.find(id="what-the-assignments-ask").find("table")
    return [
        [cell.get_text(strip=True) for cell in row.find_all("td")]
        for row in table.select("tbody tr")
    ]


def test_the_table_has_each_assignment_with_nbgraders_points(site):
    *rows, together = built_table(site)
    wanted = [
        [path.stem, len(marks), sum(mark["points"] for mark in marks)]
        for path in NOTEBOOKS
        for marks in [graded(path)]
    ]
    assert [[row[0], int(row[2]), float(row[3])] for row in rows] == wanted
    assert float(together[3]) == sum(points for *_, points in wanted)


def test_each_question_is_listed_with_its_points(site):
    text = (site / "instructors.html").read_text(encoding="utf-8")
    tables = BeautifulSoup(text, "html.parser").find(id="what-the-assignments-ask")
    rows = [
        [cell.get_text(strip=True) for cell in row.find_all("td")]
        for row in tables.select("details tbody tr")
    ]
    wanted = [
        [f"{path.stem[:2]}, {number}", mark["points"]]
        for path in NOTEBOOKS
        for number, mark in enumerate(graded(path), start=1)
    ]
    assert [[row[0], int(row[2])] for row in rows] == wanted


def test_the_table_counts_the_wrong_answers_that_the_checks_know(site):
    *rows, _ = built_table(site)
    for row, path in zip(rows, NOTEBOOKS, strict=True):
        ids = [mark["grade_id"] for mark in graded(path) if not mark["solution"]]
        checks = [re.fullmatch(r"a\d_q\d_(.*)_test", name)[1] for name in ids]
        known = [
            answer
            for check in checks
            for answer in answers_to(f"checks.{path.stem}", check)
        ]
        assert int(row[-1]) == sum(answer.wrong for answer in known)


def test_a_notebook_is_read_as_it_stands(tmp_path):
    header = (
        "# a9\n| 1 | a step | 3 | 60 |\n| 2 | a word | 4 | 30 |\n"
        "| | together | **7** | 90 |\n\nRead chapters 06, *X*, and 07, *Y*."
    )
    cells = [
        {"source": [header], "metadata": {}},
        {"source": [], "metadata": {"nbgrader": {"grade": False, "solution": True}}},
        *(
            {"source": [], "metadata": {"nbgrader": mark}}
            for mark in (
                {"grade": True, "solution": False, "points": 3},
                {"grade": True, "solution": True, "points": 4},
            )
        ),
    ]
    path = tmp_path / "a9_probe.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    mutants = tmp_path / "mutants"
    mutants.mkdir()
    (mutants / "one.py").write_text("@wrong('a')\ndef f():\n    '''@wrong('b')'''\n")
    found = assignments.read(path, mutants)
    rows = [("1", "a step", "3", "60"), ("2", "a word", "4", "30")]
    assert found == ("a9_probe", ["06", "07"], 2, 7, 4, 90, 1, rows)
    row = assignments.table([found])[2]
    assert "{ref}`6 <ch-06>`, {ref}`7 <ch-07>` | 2 | 7 | 4 | 1.5 | 1 |" in row


def test_every_topic_of_the_course_is_on_the_lecturers_map():
    decks = PAGE.split("(sec-instructors-decks)=")[1]
    mapped = {int(number) for number in re.findall(r"\{row\}`(\d+)`", decks)}
    assert mapped == set(ROWS) - {78}  # 78 is the map itself


COMMANDS = set(re.findall(r"`((?:make|examiner|nbgrader) \w+)[^`]*`", PAGE))


def test_the_page_names_commands():
    assert len(COMMANDS) >= 10


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_exists(command):
    program, verb = command.split()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert (
        verb
        in {
            "make": re.findall(r"^(\w+):", makefile, flags=re.M),
            "examiner": list(cli.commands),
            "nbgrader": list(NbGraderApp.subcommands),
        }[program]
    )


def test_the_tests_of_a_changed_question_are_chosen_by_names_that_exist():
    assignment, function = re.search(r'-k "(\w+) or (\w+)"', PAGE).groups()
    assert assignment in {path.stem for path in NOTEBOOKS}
    assert answers_to(f"checks.{assignment}", function)
