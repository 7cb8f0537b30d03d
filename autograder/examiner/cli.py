"""The command ``examiner``."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TaskID, TimeRemainingColumn
from rich.table import Table

from examiner import __version__
from examiner.course import Course, find_course
from examiner.errors import CannotRun
from examiner.grade import Graded, grade, standing
from examiner.report import write_report

GRADED, SOME_FAILED, COULD_NOT_RUN = 0, 1, 2

course_option = click.option(
    "--course",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that holds nbgrader_config.py [default: autograder, else here].",
)


EXIT_CODES = """\b
Exit codes:
  0  all graded, also when cells wait for a hand
  1  something was unreadable, refused, or a check broke
  2  nothing could be run; one sentence says why
"""
EXAMPLES = """\b
Examples:
  examiner grade a1_unroll
  examiner grade a1_unroll --student ada --force
"""


@click.group(epilog=EXIT_CODES)
@click.version_option(__version__)
def cli() -> None:
    """Grade an nbgrader course with hidden checks that say what went wrong."""


@cli.command("grade", epilog=EXAMPLES)
@click.argument("assignment")
@course_option
@click.option("--student", "students", multiple=True, help="Only this one; repeatable.")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
def grade_command(
    assignment: str, course: Path | None, students: tuple[str, ...], force: bool
) -> None:
    """Grade the submissions of ASSIGNMENT and write the class summary.

    Submissions lie in the course's submitted folder, STUDENT/ASSIGNMENT/*.ipynb.
    Marks go to nbgrader's gradebook; the summary, as a page and as CSV, to the
    folder reports beside the autograded notebooks.
    """
    console = Console(stderr=True)
    home = Course(find_course(course))
    with Progress(
        *Progress.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(assignment, total=None)
        results = grade(
            home,
            assignment,
            students,
            force=force,
            on_start=lambda wanted: _start(bar, task, len(wanted)),
            on_done=lambda result: bar.update(
                task, advance=1, description=f"{assignment} {result.student}"
            ),
        )
    _finish(home, assignment, results)


def _start(bar: Progress, task: TaskID, count: int) -> None:
    bar.console.print(
        "Isolation: none. Students' code runs as you, in nbgrader's kernels; "
        "grade only classes that you trust.",
        style="yellow",
    )
    bar.update(task, total=count)


@cli.command("report")
@click.argument("assignment")
@course_option
def report_command(assignment: str, course: Path | None) -> None:
    """Write the class summary of ASSIGNMENT again, after grading by hand."""
    home = Course(find_course(course))
    home.require_assignment(assignment)
    _finish(home, assignment, [])


def _finish(home: Course, assignment: str, results: list[Graded]) -> None:
    """Show some results, by default all, write the class's summary, and exit."""
    known = {result.student: result for result in results}
    everyone = [
        known.get(student) or standing(home, assignment, student)
        for student in home.students(assignment)
    ]
    page = write_report(home, assignment, everyone)
    show(results or everyone, Console())
    Console().print(f"Class summary: {page}", soft_wrap=True)
    failed = any(result.status != "graded" for result in results or everyone)
    sys.exit(SOME_FAILED if failed else GRADED)


def show(results: list[Graded], console: Console) -> None:
    """Print a table with a row for each student, then a sentence for each fault."""
    table = Table("student", "status", "points", "of", "by hand", "seconds")
    for column in table.columns[2:]:
        column.justify = "right"
    for result in results:
        table.add_row(
            result.student,
            result.status,
            f"{result.score:g}" if result.cells else "",
            f"{result.max_score:g}" if result.cells else "",
            "waits" if result.needs_manual else "",
            "unchanged" if result.cached else f"{result.seconds:.1f}",
        )
    console.print(table)
    for result in results:
        if result.message:
            console.print(f"{result.student}: {result.message}", soft_wrap=True)


def main() -> None:
    """Run the command; say in one sentence why when it cannot."""
    try:
        cli(standalone_mode=False)
    except CannotRun as fault:
        click.echo(f"examiner: {fault}", err=True)
        sys.exit(COULD_NOT_RUN)
    except click.ClickException as fault:
        fault.show()
        sys.exit(COULD_NOT_RUN)
    except (click.Abort, KeyboardInterrupt):
        click.echo("examiner: stopped; what is graded is kept.", err=True)
        sys.exit(130)
