"""The command ``examiner``."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TimeRemainingColumn,
)
from rich.text import Text

from examiner import __version__
from examiner.course import Course, find_course
from examiner.doctor import examine_machine
from examiner.errors import CannotRun
from examiner.grade import grade
from examiner.options import MODES, Options
from examiner.record import Outcome, Record
from examiner.report import write_report
from examiner.sandbox.levels import best_level
from examiner.selfcheck import check_notebook
from examiner.standing import standing
from examiner.table import show, show_cells

GRADED, SOME_FAILED, COULD_NOT_RUN, STOPPED = 0, 1, 2, 130

course_option = click.option(
    "--course",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that holds nbgrader_config.py [default: autograder, else here].",
)
EXIT_CODES = """\b
Exit codes:
  0  all graded, also when cells wait for a hand
  1  something was unreadable or refused, took too long or too much memory,
     or ended its process; in check: a test that you can see did not pass
  2  nothing could be run; one sentence says why
  130  stopped by Ctrl-C; what is graded is kept
"""
EXAMPLES = """\b
Examples:
  examiner grade a1_unroll
  examiner grade a1_unroll --student ada --force
  examiner grade a1_unroll --jobs 8 --json marks.jsonl
"""
WEAK = "Go on where students' code cannot be kept apart: only for a class you trust."


@click.group(epilog=EXIT_CODES)
@click.version_option(__version__)
def cli() -> None:
    """Grade an nbgrader course with hidden checks that say what went wrong.

    Students' code runs apart from the tests, in a sandbox: examiner doctor says what
    this machine can do.
    """


@cli.command("grade", epilog=EXAMPLES)
@click.argument("assignment")
@course_option
@click.option("--student", "students", multiple=True, help="Only this one; repeatable.")
@click.option(
    "--jobs", type=click.IntRange(0), default=0, help="Workers [default: one a core]."
)
@click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Use the workers of this dask scheduler; local: of a cluster started here.",
)
@click.option(
    "--gpus",
    type=click.IntRange(0),
    default=0,
    help="Let students' code use so many GPUs, one a worker [default: none].",
)
@click.option(
    "--isolation",
    type=click.Choice(MODES),
    default="split",
    show_default=True,
    help="Where students' code runs: apart from the tests; in a Jupyter kernel with "
    "them; or by nbgrader's own autograde.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a line of JSON for each notebook here, unchanged ones too.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Grade all again, also what has not changed.",
)
@click.option("--accept-weak-isolation", "accept_weak", is_flag=True, help=WEAK)
def grade_command(
    assignment: str,
    course: Path | None,
    students: tuple[str, ...],
    jobs: int,
    scheduler: str,
    gpus: int,
    isolation: str,
    json_file: Path | None,
    force: bool,
    accept_weak: bool,
) -> None:
    """Grade the submissions of ASSIGNMENT and write the class summary.

    Submissions lie in the course's submitted folder, STUDENT/ASSIGNMENT/*.ipynb. Marks
    go to nbgrader's gradebook, feedback to the feedback folder; the summary, as a page
    and as CSV, to the folder reports beside the autograded notebooks. Before a class
    is graded, the instructor's solution must get full marks and the release none.

    Ctrl-C keeps what is graded; the next run goes on from there.
    """
    console = Console(stderr=True)
    home = Course(find_course(course))
    options = Options(
        isolation=isolation,
        jobs=jobs,
        scheduler=scheduler,
        gpus=gpus,
        force=force,
        accept_weak=accept_weak,
    )
    _warn(console)
    with (
        Progress(
            *Progress.get_default_columns()[:2],
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        ) as bar,
        _lines(json_file) as write,
    ):
        task = bar.add_task(assignment, total=None)

        def tell(record: Record) -> None:
            bar.update(
                task, advance=1, description=f"{assignment} {record.student[:30]}"
            )
            write(record)

        records = grade(
            home,
            assignment,
            students,
            options=options,
            on_start=lambda count: bar.update(task, total=count),
            on_done=tell,
        )
    _finish(home, assignment, records)


def _warn(console: Console) -> None:
    level = best_level()
    if not level.is_full:
        console.print(f"Isolation: {level.name}. {level.lacks}", style="yellow")


class _Rate(ProgressColumn):
    """Show how many notebooks a minute are graded."""

    def render(self, task: Task) -> Text:
        return Text(f"{60 * task.speed:.0f}/min" if task.speed else "")


class _lines:  # noqa: N801 (used as a function)
    """Write records as lines of JSON, each at once, so that none is lost."""

    def __init__(self, path: Path | None) -> None:
        self.file = path.open("w", encoding="utf-8") if path else None

    def __enter__(self) -> "_lines":
        return self

    def __call__(self, record: Record) -> None:
        if self.file:
            self.file.write(record.to_json() + "\n")
            self.file.flush()

    def __exit__(self, *_: object) -> None:
        if self.file:
            self.file.close()


@cli.command("check", short_help="Run NOTEBOOK with the tests that you can see.")
@click.argument("notebook", type=click.Path(exists=True, path_type=Path))
@click.option("--accept-weak-isolation", "accept_weak", is_flag=True, help=WEAK)
def check_command(notebook: Path, accept_weak: bool) -> None:
    """Run NOTEBOOK as it will be graded, with the tests that you can see.

    For students, before they hand in. A question whose tests all pass may still lose
    points: the hidden tests are not in your notebook.
    """
    record = check_notebook(notebook, accept_weak=accept_weak)
    show_cells(record, Console())
    lost = any(c.outcome not in (Outcome.PASS, Outcome.MANUAL) for c in record.cells)
    sys.exit(SOME_FAILED if lost or record.status != "graded" else GRADED)


@cli.command("doctor", short_help="Say what isolation this machine can give.")
def doctor_command() -> None:
    """Say how far this machine can keep students' code apart, and how to get more."""
    level, lines = examine_machine()
    console = Console()
    for line in lines:
        console.print(line, soft_wrap=True)
    sys.exit(GRADED if level.is_full else SOME_FAILED)


@cli.command("report", short_help="Write the class summary of ASSIGNMENT again.")
@click.argument("assignment")
@course_option
def report_command(assignment: str, course: Path | None) -> None:
    """Write the class summary of ASSIGNMENT again, after grading by hand."""
    home = Course(find_course(course))
    home.require_assignment(assignment)
    _finish(home, assignment, [])


def _finish(home: Course, assignment: str, records: list[Record]) -> None:
    """Show some records, by default all, write the class's summary, and exit."""
    everyone = standing(home, assignment)
    page = write_report(home, assignment, everyone)
    show(records or everyone, Console())
    Console().print(f"Class summary: {page}", soft_wrap=True)
    failed = any(r.status != "graded" or r.amok for r in records or everyone)
    sys.exit(SOME_FAILED if failed else GRADED)


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
        sys.exit(STOPPED)
