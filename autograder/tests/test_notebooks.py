"""What an assignment says of itself is true: points, minutes and closed modules."""

import re

import pytest
from questions import ASSIGNMENTS, cells, data, read

each_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)
ROW = re.compile(r"^\| (\d) \|.*\| (\d+) \| (\d+) \|$", flags=re.MULTILINE)


def rows(assignment):
    """Return number, points and minutes of each question, from the header's table."""
    return ROW.findall(cells(assignment)[0].source)


@each_assignment
def test_the_header_tells_the_points_of_each_question(assignment):
    graded = [data(c)["points"] for c in cells(assignment) if data(c).get("grade")]
    assert [int(points) for _, points, _ in rows(assignment)] == graded
    header = cells(assignment)[0].source
    total, minutes = re.search(r"\*\*(\d+)\*\* \| (\d+) \|", header).groups()
    assert int(total) == sum(graded)
    assert int(minutes) == sum(int(time) for *_, time in rows(assignment))


@each_assignment
def test_each_heading_tells_points_and_minutes_as_the_header_does(assignment):
    headings = [
        re.match(r"## (\d) · .* \((\d+) points, about (\d+) minutes\)\n", c.source)
        for c in cells(assignment)
        if c.source.startswith("## ")
    ]
    assert [heading.groups() for heading in headings] == rows(assignment)


@each_assignment
def test_the_header_names_each_module_that_is_closed(assignment):
    closed = read(assignment).metadata["throughtime"]["write_yourself"]
    (rule,) = re.findall(r"^- Of `throughtime` .*$", cells(assignment)[0].source, re.M)
    assert re.findall(r"`(\w+)`", rule)[1:] == closed


@each_assignment
def test_the_mark_scheme_has_an_answer_for_full_half_and_no_points(assignment):
    for cell in cells(assignment):
        if cell.cell_type == "markdown" and data(cell).get("grade"):
            points = data(cell)["points"]
            assert cell.source.startswith(f"**Mark scheme, {points} points.**")
            for label in (f"Full, {points}", f"Half, {points / 2:g}", "None, 0"):
                assert f"**{label} points.**" in cell.source
