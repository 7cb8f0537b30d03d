"""A submission in; a notebook that can be run, and what was mended, out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from traitlets.config import Config

from examiner.intake.build import build
from examiner.intake.files import DATA, take_files
from examiner.intake.folder import Listing, closed, look
from examiner.intake.limits import Limits
from examiner.intake.names import listed, shown
from examiner.intake.pick import is_notebook, pick
from examiner.intake.release import Wanted, wanted_cells
from examiner.intake.tell import missing_answers, tell


@dataclass
class Intake:
    """Say what became of a submission.

    Args:
        notebook: The notebook to run, aligned to the instructor's; None when nothing
            could be read. It is valid nbformat 4, without outputs.
        repairs: What was mended, one plain sentence each, for student and instructor.
            They may hold a stranger's words: escape them where they are shown.
        why_not: One sentence when there is no notebook, else "".
        files: The extra files that come along, by relative POSIX name.
        missing: The grade_ids of the answers that were not handed in, in order.
    """

    notebook: NotebookNode | None = None
    repairs: list[str] = field(default_factory=list)
    why_not: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def take_in(
    home: Path,
    name: str,
    source: NotebookNode,
    *,
    siblings: Sequence[str] = (),
    allow: Sequence[str] = DATA,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    config: Config | None = None,
) -> Intake:
    """Read what a student handed in, mend it, and align it to the instructor's cells.

    Args:
        home: The student's folder for the assignment. Nothing outside it is read.
        name: The notebook's name, without its ending.
        source: The instructor's notebook, with solutions and hidden tests.
        siblings: The names of the assignment's other notebooks, without their ending.
        allow: Patterns of the extra files that come along.
        limits: How large a submission may be.
        config: The course's configuration, if it changes stubs or delimiters.

    Raises:
        Exception: nbgrader cannot release ``source``, and says why. Nothing that a
            student hands in raises.
    """
    wanted = wanted_cells(source, config)
    try:
        return _take_in(home, name, source, wanted, siblings, allow, limits)
    except Exception as fault:  # a fault of ours must not stop the class
        kind = type(fault).__name__
        why = f"examiner itself failed on this submission ({kind}): please report it."
        return Intake(why_not=why)


def _take_in(
    home: Path,
    name: str,
    source: NotebookNode,
    wanted: list[Wanted],
    siblings: Sequence[str],
    allow: Sequence[str],
    limits: Limits,
) -> Intake:
    if why := closed(home):
        return Intake(why_not=why)
    listing = look(home, limits)
    right = f"{name}.ipynb"
    others = [f"{sibling}.ipynb" for sibling in siblings]
    picked = pick(home, right, listing, wanted, others, limits)
    if picked.alignment is None:
        return Intake(why_not=picked.why_not)
    repairs = picked.repairs + tell(picked.alignment) + _left_out(listing, limits)
    kernel = source.metadata.get("kernelspec", {}).get("name", "")
    if picked.kernel not in ("", kernel):
        asked = shown(picked.kernel)
        repairs.append(f"It asked for the kernel {asked}; the course's own is used.")
    names = [] if listing.full else [f for f in listing.files if not is_notebook(f)]
    files, unused = take_files(home, names, allow, limits)
    return Intake(
        notebook=build(picked.alignment, source),
        repairs=repairs + unused,
        files=files,
        missing=missing_answers(picked.alignment),
    )


def _left_out(listing: Listing, limits: Limits) -> list[str]:
    """Say what in the folder was not looked at."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for name, why in listing.refused.items():
        reasons[why].append(name)
    said = [f"Not used: {listed(names)} ({why})." for why, names in reasons.items()]
    if listing.full:
        said.append(
            f"The folder holds over {limits.entries:,} names, so that no extra file "
            "was used."
        )
    return said
