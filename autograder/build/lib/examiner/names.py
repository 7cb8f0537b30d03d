"""The names that a test sees."""

import builtins
from collections.abc import Mapping
from typing import Any

from examiner.student import Student


class Names(dict):
    """The names of the tests: the instructor's own, then the student's.

    Args:
        student: Where other names are looked up.
        own: Names to begin with.
        asked: Names of Python's own that the solution defines anew.
    """

    def __init__(
        self, student: Student, own: Mapping[str, Any], asked: set[str]
    ) -> None:
        super().__init__(own)
        self.student, self.asked = student, asked
        self.taken: dict[str, Any] = {}  # from the student, in this cell
        self.used = False  # whether this cell looked for a name of the student's

    def __missing__(self, name: str) -> Any:
        if name.startswith("__") or (
            hasattr(builtins, name) and name not in self.asked
        ):
            raise KeyError(name)
        self.used = True
        if name not in self.taken:
            self.taken[name] = self.student.name(name)
        return self.taken[name]

    def begin(self) -> None:
        """Begin a new cell."""
        self.taken.clear()
        self.used = False
