"""Take a submission in: whatever a student hands in becomes a notebook that can be run.

Nothing in it can raise, hang, or lead outside the student's folder. What was mended is
told in plain sentences. The instructor's source is the authority for everything but
the text of the answers and the student's own cells. In reading order:

- ``limits``: how much of a submission is looked at.
- ``names``: which names are safe, and how a stranger's name is shown.
- ``folder``: what lies in the folder, and how a file in it is read.
- ``files``: the data files that come along.
- ``decode``: bytes into plain JSON, whatever the encoding.
- ``text``: what a text says, counted and compared.
- ``cells``: plain JSON into cells, whatever the format.
- ``release``: the instructor's cells, and what the student was given of each.
- ``match``: how alike two cells are, and which cells keep their order.
- ``alignment``: which cell is which, as far as it is known.
- ``align``: which of the student's cells is which of the instructor's.
- ``build``: the notebook that is run.
- ``pick``: which of the notebooks in a folder is meant.
- ``take``: all of it together.
"""

from examiner.intake.limits import Limits
from examiner.intake.names import safe_student_id
from examiner.intake.release import is_untouched
from examiner.intake.take import Intake, take_in

__all__ = [
    "Intake",
    "Limits",
    "is_untouched",
    "safe_student_id",
    "take_in",
]
