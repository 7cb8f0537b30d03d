"""Everything that examiner raises.

::

    ExaminerError
    ├── CannotRun        nothing was graded: exit code 2
    ├── NotPlain         a value that may not leave a student's code
    ├── Raised           a student's code raised
    ├── WireFault        what came from a student's process is no message
    ├── GraderFault      the check itself broke: not the student's fault
    └── Mismatch         a student's answer earned nothing in a check
    Gone                 a student's code did not come back; no Exception
"""

from examiner.record import Outcome


class ExaminerError(Exception):
    """Be the base of all errors of examiner.

    A notebook shows the text alone: a traceback would print a hidden check's source.
    """

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class CannotRun(ExaminerError):
    """Say in one sentence why nothing could be graded, and what to try."""


class NotPlain(ExaminerError):
    """Say which value is not plain data."""


class Raised(ExaminerError):
    """Carry what a student's code raised, as two strings.

    Args:
        kind: Name of the exception's class.
        message: Its text, at most 500 characters.
    """

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        self.message = message
        super().__init__(f"{kind}: {message}" if message else kind)


class WireFault(ExaminerError):
    """Say what is wrong with a frame that a student's process sent."""


class GraderFault(ExaminerError):
    """Say that a check broke, so that nobody blames the student."""


class Mismatch(ExaminerError):
    """End a check that earned nothing."""


class Gone(BaseException):
    """End a test: the student's code did not come back.

    Not an Exception, so that no test catches it by accident.

    Args:
        outcome: TIMEOUT, DIED or MEMORY.
        message: What happened, as the student reads it.
    """

    def __init__(self, outcome: Outcome, message: str) -> None:
        self.outcome = outcome
        self.message = message
        super().__init__(message)
