"""The class summary."""

import csv

from tiny_course import make_course

from examiner.course import Course
from examiner.grade import CellMark, Graded
from examiner.report import sum_up, write_report


def results():
    return [
        Graded(
            "ann",
            "a",
            score=3,
            max_score=5,
            needs_manual=True,
            cells=[CellMark("q1", 3, 3), CellMark("q2", None, 2)],
        ),
        Graded(
            "=cmd",
            "a",
            score=1,
            max_score=5,
            cells=[CellMark("q1", 1, 3, "m", "<b> & so"), CellMark("q2", 0, 2)],
        ),
        Graded("cy", "a", "unreadable", "no notebook"),
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
