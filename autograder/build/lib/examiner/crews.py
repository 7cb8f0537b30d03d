"""Who grades: workers here, workers elsewhere, or Jupyter's kernels."""

from examiner.assignment import Assignment
from examiner.crew import AnyCrew, Crew
from examiner.errors import CannotRun
from examiner.job import Setup
from examiner.kernels import KernelCrew, MixedCrew
from examiner.options import Options
from examiner.sandbox.levels import best_level


def isolation(assignment: Assignment, options: Options) -> str:
    """Return how far students' code will be kept apart, where that is allowed.

    Raises:
        CannotRun: It is less than strangers' work needs, and nobody accepted it.
    """
    level = best_level()
    why = f"Here it can only be kept apart at the level {level.name!r}. {level.lacks}"
    name = level.name
    if options.isolation != "split":
        name, why = "none", f"In the mode {options.isolation} it is not kept apart."
    elif cells := assignment.kernel_cells:
        name = "none"
        why = f"The cells {', '.join(cells)} run in a kernel, where it is not."
    if name == "full" or options.accept_weak:
        return name
    raise CannotRun(
        f"Students' code must be kept apart from the tests and from you. {why} For a "
        "class that you trust: --accept-weak-isolation."
    )


def make_crew(assignment: Assignment, options: Options) -> AnyCrew:
    """Return who grades an assignment."""
    if options.isolation == "kernel":
        return KernelCrew(options.limits, options.jobs)
    level = best_level().name
    setup = Setup(level, options.limits, assignment.warm, assignment.seen)
    if options.scheduler:
        from examiner.fleet import Fleet

        crew: AnyCrew = Fleet(
            setup, options.scheduler, options.jobs, gpu=options.gpus > 0
        )
    else:
        crew = Crew(setup, options.jobs, options.gpus)
    if assignment.kernel_cells:
        return MixedCrew(crew, options.limits, assignment.kernel_cells)
    return crew
