"""Records on the terminal."""

import textwrap

from rich.console import Console
from rich.table import Table

from examiner.record import AMOK, Outcome, Record


def show(records: list[Record], console: Console) -> None:
    """Print a table with a row for each notebook, then a sentence for each fault."""
    several = len({record.notebook for record in records}) > 1
    table = Table("student", "status", "points", "of", "by hand", "seconds")
    for column in table.columns[2:]:
        column.justify = "right"
    for record in records:
        name = f"{record.student} {record.notebook}" if several else record.student
        table.add_row(
            name,
            record.status,
            f"{record.score:g}" if record.cells else "",
            f"{record.max_score:g}" if record.cells else "",
            "waits" if record.needs_manual else "",
            "unchanged" if record.unchanged else f"{record.seconds:.1f}",
        )
    console.print(table)
    for record in records:
        for line in _remarks(record):
            console.print(f"{record.student}: {line}", soft_wrap=True, markup=False)


def _remarks(record: Record) -> list[str]:
    remarks = [record.message] if record.message else []
    remarks += [f"mended: {repair}" for repair in record.repairs]
    for cell in record.cells:
        if cell.outcome in AMOK:
            found = " ".join(cell.message.split()).rpartition("Found: ")[2]
            why = textwrap.shorten(found, 160, placeholder=" ...")
            remarks.append(f"{cell.grade_id}: {cell.outcome}. {why}")
    return remarks


def show_cells(record: Record, console: Console) -> None:
    """Print what the tests that a student can see say of each cell."""
    for repair in record.repairs:
        console.print(f"Mended: {repair}", soft_wrap=True, markup=False)
    if record.message:
        console.print(record.message, soft_wrap=True, markup=False)
    for cell in record.cells:
        worth = f"worth up to {cell.max_points:g} points"
        if cell.points is None:
            worth += ", by hand"
        if cell.outcome is Outcome.PASS:
            worth = f"the tests that you can see pass; {worth}"
        console.print(f"{cell.outcome:8} {cell.grade_id}: {worth}", markup=False)
        for line in filter(None, (cell.message, cell.hint)):
            console.print(f"         {line}", soft_wrap=True, markup=False)
