"""What was mended in the cells, told to the student and to the instructor."""

from examiner.intake.alignment import NOWHERE, Alignment
from examiner.intake.cells import Handed
from examiner.intake.match import is_given
from examiner.intake.names import listed
from examiner.intake.release import Role, Wanted

FLAGS = ("points", "grade", "solution", "locked", "task")


def missing_answers(alignment: Alignment) -> list[str]:
    """Return the grade_ids of the answers that were not handed in."""
    lost = alignment.lacking()
    return [wanted.grade_id for _, wanted in lost if wanted.role is Role.ANSWER]


def tell(alignment: Alignment) -> list[str]:
    """Say in sentences how a student's cells differ from what the source demands.

    Args:
        alignment: Which of the student's cells is which of the instructor's.
    """
    lost = [wanted for _, wanted in alignment.lacking() if wanted.role is Role.LOCKED]
    pairs = [
        (wanted, alignment.found[i])
        for i, wanted in enumerate(alignment.wanted)
        if i in alignment.found and wanted.role is not Role.PLAIN
    ]
    alignment.say(missing_answers(alignment), "not handed in")
    alignment.say([wanted.name for wanted in lost], "missing; put back")
    for differs, what in (
        (_is_retyped, "another type of cell; changed back"),
        (_is_rewritten, "not as it was given; the course's own text is used"),
        (_is_remarked, "points or flags changed; the course's own are used"),
    ):
        alignment.say([wanted.name for wanted, c in pairs if differs(wanted, c)], what)
    places = [cell.place for _, cell in pairs if cell.place != NOWHERE]
    if places != sorted(places):
        alignment.repairs.append("The cells were not in the course's order; sorted.")
    if strange := _strange(alignment):
        alignment.repairs.append(
            f"Cells claim names that the course does not have: {listed(strange)}."
        )
    return alignment.repairs


def _is_retyped(wanted: Wanted, cell: Handed) -> bool:
    return cell.kind != wanted.cell.cell_type


def _is_rewritten(wanted: Wanted, cell: Handed) -> bool:
    return wanted.role is Role.LOCKED and not is_given(wanted, cell)


def _is_remarked(wanted: Wanted, cell: Handed) -> bool:
    """Say whether a cell claims other points or flags than the course gives it."""
    if cell.grade_id != wanted.grade_id:
        return False
    ours = {flag: wanted.cell.metadata.nbgrader.get(flag, False) for flag in FLAGS}
    return any(cell.marks.get(flag, value) != value for flag, value in ours.items())


def _strange(alignment: Alignment) -> list[str]:
    """Return what cells claim to be that the course does not know."""
    known = {
        wanted.cell.metadata.get("nbgrader", {}).get("grade_id", "")
        for wanted in alignment.wanted
    }
    claims = (cell.grade_id for cell in alignment.handed)
    return list(dict.fromkeys(name for name in claims if name and name not in known))
