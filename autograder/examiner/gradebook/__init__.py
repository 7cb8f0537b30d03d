"""nbgrader's gradebook: the assignment in :mod:`entry`, marks in :mod:`writer`."""

from examiner.gradebook.writer import Writer

__all__ = ["Writer"]
