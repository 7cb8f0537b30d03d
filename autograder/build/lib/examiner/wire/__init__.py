"""The wire between the tester and a student's process: plain data in frames.

A frame is a JSON header of limited size and depth, and the raw bytes of its arrays and
texts. Nothing on the wire is code, and nothing is unpickled. What comes from a student
is hostile until :func:`decode` has rebuilt it: each tag, size and type is checked
before memory is taken for it.

In reading order: ``channel`` (frames), ``encode`` and ``decode`` (values).
"""

from examiner.wire.channel import Channel
from examiner.wire.decode import decode
from examiner.wire.encode import encode

__all__ = ["Channel", "decode", "encode"]
