"""Which cell is which, as far as it is known."""

from dataclasses import dataclass, field

from examiner.intake.cells import Handed
from examiner.intake.match import is_blank
from examiner.intake.names import listed
from examiner.intake.release import Role, Wanted

NOWHERE = -1  # the place of a cell that the student's notebook does not have


@dataclass
class Alignment:
    """Say which of the student's cells is which of the instructor's.

    Args:
        wanted: The instructor's cells, in order.
        handed: The student's cells, in order.
        found: For places in ``wanted``, the student's cell.
        settled: Places of student's cells that no later step may take.
        dropped: Places of student's cells that hold nothing of the student's.
        repairs: A sentence on each kind of thing that was mended.
    """

    wanted: list[Wanted]
    handed: list[Handed]
    found: dict[int, Handed] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    repairs: list[str] = field(default_factory=list)

    def free(self) -> list[Handed]:
        """Return the student's cells that may still be found to be one of ours."""
        return [cell for cell in self.handed if cell.place not in self.settled]

    def lacking(self) -> list[tuple[int, Wanted]]:
        """Return the instructor's cells that were not found yet, with their places."""
        return [(i, w) for i, w in enumerate(self.wanted) if i not in self.found]

    def pair(self, i: int, cell: Handed) -> None:
        """Note that a student's cell is the instructor's cell number i."""
        self.found[i] = cell
        self.settled.add(cell.place)

    def say(self, names: list[str], what: str) -> None:
        """Note what was mended, if there is anything."""
        if names:
            self.repairs.append(f"{listed(dict.fromkeys(names))}: {what}.")

    def answered(self) -> int:
        """Return how many answers hold something of the student's."""
        return sum(
            wanted.role is Role.ANSWER and not is_blank(wanted, self.found[i])
            for i, wanted in enumerate(self.wanted)
            if i in self.found
        )
