"""What a student may run before handing in: the visible tests, by the same runner."""

from pathlib import Path

import nbformat

from examiner.assignment import HEAVY
from examiner.crew import Crew
from examiner.errors import CannotRun
from examiner.intake import take_in
from examiner.job import Job, Setup, to_record
from examiner.record import Record
from examiner.sandbox import Limits
from examiner.sandbox.levels import best_level


def check_notebook(path: Path, *, accept_weak: bool = False) -> Record:
    """Run a notebook as it will be graded, with the tests that it holds.

    Args:
        path: The notebook.
        accept_weak: Whether to go on where the code cannot be kept apart. It is the
            student's own, so nothing is lost by it.

    Raises:
        CannotRun: The notebook cannot be read.
    """
    record = Record("you", path.stem, path.stem)
    try:
        own = nbformat.read(path, as_version=4)
        intake = take_in(path.parent, path.stem, own)
    except Exception as fault:
        reason = str(fault).split("\n", 1)[0][:200]
        raise CannotRun(
            f"{path} is no notebook that can be read: {reason}. Take the one that you "
            "were given, and copy your answers into it."
        ) from None
    if intake.notebook is None:
        raise CannotRun(intake.why_not)
    level = best_level().name
    text = nbformat.writes(intake.notebook)
    warm = tuple(module for name, module in HEAVY.items() if f"import {name}" in text)
    with Crew(Setup(level, Limits(), warm), 1) as crew:
        job = Job(text, intake.files, {}, tuple(intake.missing), ())
        ((_, answer),) = crew.grade([(None, job)])
    record.isolation, record.repairs = level, intake.repairs
    return to_record(answer, record)
