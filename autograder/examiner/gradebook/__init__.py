"""nbgrader's gradebook: :mod:`entry` has the assignment, :mod:`writer` the marks."""

from examiner.gradebook.writer import Writer

__all__ = ["Writer"]
