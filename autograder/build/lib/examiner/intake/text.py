"""What a text says, counted and compared."""

import re
from collections import Counter

WORD = re.compile(r"\w+|[^\w\s]")
# No syntax tree: a stranger's text can make Python's parser end the process.
DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)
ASSIGNED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
LOOKED_AT = 20_000  # characters of a cell, when it is compared


def same(text: str) -> str:
    """Return a text without what no reader sees: spaces at ends, blank lines around."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def words(text: str) -> Counter:
    """Count the words and signs of a text."""
    return Counter(WORD.findall(text[:LOOKED_AT]))


def defines(text: str) -> set[str]:
    """Return the functions, classes and variables that a text defines."""
    text = text[:LOOKED_AT]
    return set(DEFINED.findall(text)) | set(ASSIGNED.findall(text))
