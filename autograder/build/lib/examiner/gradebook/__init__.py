"""nbgrader's gradebook.

:mod:`entry` has the assignment, :mod:`writer` the marks, :mod:`arrival` what nbgrader's
exchange wrote beside a submission.
"""

from examiner.gradebook.arrival import hand_on
from examiner.gradebook.writer import Writer

__all__ = ["Writer", "hand_on"]
