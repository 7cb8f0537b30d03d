"""The class summary: what everybody got, and what the class misunderstood."""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from examiner.course import Course
from examiner.record import Record


@dataclass(frozen=True)
class Question:
    """Sum up a graded cell over the class.

    Args:
        grade_id: nbgrader's name of the cell.
        max_points: What it is worth.
        given: How many have points.
        mean: Mean of those points, or None while nobody has any.
        full: How many got full points.
        waiting: How many wait for a hand.
        mistakes: Recognised mistakes: the sentence shown and how many got it,
            most frequent first.
    """

    grade_id: str
    max_points: float
    given: int
    mean: float | None
    full: int
    waiting: int
    mistakes: list[tuple[str, int]]


def sum_up(results: list[Record]) -> list[Question]:
    """Sum up each graded cell over the submissions that could be read."""
    rows = [cell for result in results for cell in result.cells]
    questions = []
    for name in dict.fromkeys(cell.grade_id for cell in rows):
        cells = [cell for cell in rows if cell.grade_id == name]
        given = [cell.points for cell in cells if cell.points is not None]
        questions.append(
            Question(
                grade_id=name,
                max_points=cells[0].max_points,
                given=len(given),
                mean=sum(given) / len(given) if given else None,
                full=sum(points == cells[0].max_points for points in given),
                waiting=len(cells) - len(given),
                mistakes=Counter(c.hint for c in cells if c.hint).most_common(),
            )
        )
    return questions


def write_report(course: Course, assignment: str, results: list[Record]) -> Path:
    """Write ``reports/ASSIGNMENT.html`` and ``.csv``.

    Returns:
        The page's path.
    """
    course.reports.mkdir(parents=True, exist_ok=True)
    page = course.reports / f"{assignment}.html"
    templates = Environment(
        loader=PackageLoader("examiner"), autoescape=True, undefined=StrictUndefined
    )
    questions = sum_up(results)
    page.write_text(
        templates.get_template("report.html").render(
            assignment=assignment, results=results, questions=questions
        ),
        encoding="utf-8",
    )
    with page.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        _write_csv(csv.writer(file), results, [q.grade_id for q in questions])
    return page


def _write_csv(writer: Any, results: list[Record], names: list[str]) -> None:
    writer.writerow(["student", *names, "total", "of", "status"])
    for result in results:
        points = {cell.grade_id: cell.points for cell in result.cells}
        row = ["" if points.get(n) is None else f"{points[n]:g}" for n in names]
        total = [f"{result.score:g}", f"{result.max_score:g}"]
        total = total if result.cells else ["", ""]
        writer.writerow([_text(result.student), *row, *total, result.status])


def _text(value: str) -> str:
    """Keep a spreadsheet from running a student's id as a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
