"""Grade a class: submissions in, records out.

Nothing that one student hands in stops the others, and nothing is graded before the
instructor's own solution got full marks and the empty release none. Work that has not
changed since it was graded is not run again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace

from examiner.assignment import Assignment, jobs_by_default
from examiner.course import Course
from examiner.crews import isolation
from examiner.errors import CannotRun
from examiner.options import Options
from examiner.record import Record
from examiner.run import Run
from examiner.stock import grade_with_nbgrader

AS_USUAL = Options()


def grade(
    course: Course,
    assignment: str,
    students: Iterable[str] = (),
    *,
    options: Options = AS_USUAL,
    on_start: Callable[[int], None] = lambda count: None,
    on_done: Callable[[Record], None] = lambda record: None,
) -> list[Record]:
    """Grade the submissions of an assignment.

    Args:
        course: The course.
        assignment: The assignment's name.
        students: Only these; by default all who handed in.
        options: How.
        on_start: Called with the number of notebooks.
        on_done: Called with each record as it comes.

    Returns:
        A record for each student and notebook, in order.

    Raises:
        CannotRun: Nothing was graded; the text says why.
    """
    course.require_assignment(assignment)
    wanted = _wanted(course, assignment, students)
    source = Assignment(course, assignment)
    on_start(len(wanted) * len(source.sources))
    records = []
    with ExitStack() as stack:
        for record in _records(source, wanted, options, stack):
            records.append(record)
            on_done(record)
    return sorted(records, key=lambda r: (r.student, r.notebook))


def _records(
    source: Assignment, wanted: list[str], options: Options, stack: ExitStack
) -> Iterator[Record]:
    if options.isolation == "stock":
        isolation(source, options)
        source.course.enter(source.name)
        for student in wanted:
            yield from grade_with_nbgrader(source.course, source.name, student)
        return
    count = len(wanted) * len(source.sources)
    options = replace(options, jobs=_jobs(options, count))
    run = Run(source.course, source, options)
    run.open(stack)
    yield from run.grade(wanted)


def _jobs(options: Options, count: int) -> int:
    """Return how many workers to start for some notebooks."""
    wanted = options.jobs or options.gpus or jobs_by_default()
    return max(1, min(wanted, count))


def _wanted(course: Course, assignment: str, students: Iterable[str]) -> list[str]:
    there = course.students(assignment)
    if unknown := sorted(set(students) - set(there)):
        raise CannotRun(
            f"{', '.join(map(repr, unknown))} handed in nothing for {assignment}; "
            f"there are submissions of {', '.join(there[:20])}."
        )
    return sorted(set(students)) or there
