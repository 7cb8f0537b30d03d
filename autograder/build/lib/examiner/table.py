"""Records on the terminal."""

from rich.console import Console
from rich.table import Table

from examiner.record import AMOK, Record


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
    if record.amok:
        amok = [cell for cell in record.cells if cell.outcome in AMOK]
        remarks += [f"{c.grade_id}: {c.outcome}. {c.message}" for c in amok]
    return remarks


def show_cells(record: Record, console: Console) -> None:
    """Print what each cell earned, and why."""
    for repair in record.repairs:
        console.print(f"Mended: {repair}", soft_wrap=True, markup=False)
    if record.message:
        console.print(record.message, soft_wrap=True, markup=False)
    for cell in record.cells:
        points = "by hand" if cell.points is None else f"{cell.points:g}"
        console.print(
            f"{cell.outcome:8} {cell.grade_id}: {points} of {cell.max_points:g}",
            markup=False,
        )
        for line in filter(None, (cell.message, cell.hint)):
            console.print(f"         {line}", soft_wrap=True, markup=False)
