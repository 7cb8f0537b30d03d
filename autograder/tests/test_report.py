"""The class summary."""

import csv

from tiny_course import make_course

from examiner.course import Course
from examiner.record import CellRecord, Outcome, Record
from examiner.report import sum_up, write_report


def results():
    return [
        Record(
            "ann",
            "a",
            "n",
            cells=[
                CellRecord("q1", 3, 3, Outcome.PASS),
                CellRecord("q2", None, 2, Outcome.MANUAL),
            ],
        ),
        Record(
            "=cmd",
            "a",
            "n",
            cells=[
                CellRecord("q1", 1, 3, Outcome.PARTIAL, hint="<b> & so", mistake="m"),
                CellRecord("q2", 0, 2, Outcome.MISSING),
            ],
        ),
        Record("cy", "a", "n", "unreadable", message="no notebook"),
    ]


def test_the_summary_counts_the_class_without_the_unreadable():
    first, second = sum_up(results())
    assert (first.mean, first.full, first.waiting) == (2, 1, 0)
    assert first.mistakes == [("<b> & so", 1)]
    assert (second.mean, second.full, second.waiting) == (0, 0, 1)


def test_the_report_escapes_what_came_from_outside(tmp_path):
    page = write_report(Course(make_course(tmp_path)), "made_up", results())
    text = page.read_text()
    assert "&lt;b&gt; &amp; so" in text
    assert "no notebook" in text
    with page.with_suffix(".csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["student", "q1", "q2", "total", "of", "status"],
        ["ann", "3", "", "3", "5", "graded"],
        ["'=cmd", "1", "0", "1", "5", "graded"],
        ["cy", "", "", "", "", "unreadable"],
    ]
