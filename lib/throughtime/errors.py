"""Everything that the library raises.

::

    ThroughTimeError (ValueError)
    ├── ShapeError        an array has the wrong number of axes or a wrong size
    ├── KindError         integers where floats are needed, or two dtypes mixed
    ├── VocabularyError   a symbol or an id that the vocabulary does not have
    ├── DeviceError       a device that is not there, or two devices mixed
    ├── DownloadError     a file that did not come, or is not what was asked for
    └── WriteItYourself   a module that this assignment asks you to write
        (ImportError too)

Each text says what came, what was wanted and what to try.
"""


class ThroughTimeError(ValueError):
    """Be the base of all errors of the library."""


class ShapeError(ThroughTimeError):
    """Say that an array's shape is not the one wanted."""


class KindError(ThroughTimeError):
    """Say that an array holds the wrong kind of numbers."""


class VocabularyError(ThroughTimeError):
    """Say that a symbol or an id is not in the vocabulary."""


class DeviceError(ThroughTimeError):
    """Say that a device is missing, or that tensors lie on two devices."""


class DownloadError(ThroughTimeError):
    """Say that a file did not come, or is not what was asked for."""


class WriteItYourself(ImportError, ThroughTimeError):
    """Say that the assignment asks you to write this module yourself."""
