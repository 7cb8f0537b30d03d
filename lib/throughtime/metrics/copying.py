r"""How much of a text was copied from another."""

from typing import NamedTuple


class Copied(NamedTuple):
    r"""Hold the longest run of characters that two texts share."""

    length: int
    """Characters."""
    begin: int
    """Where it begins in the text."""
    source: int
    """Where it begins in the source, the first of such places."""


def longest_copy(text: str, source: str) -> Copied:
    r"""Return the longest piece of a text that stands, letter by letter, in another.

    Two texts of one kind share some runs by chance. To see what a model has by heart,
    compare with what unseen text of the same length shares.

    Args:
        text: What was written.
        source: What may have been copied.

    >>> longest_copy("we say: to be or so", "To be, or not to be.")
    Copied(length=6, begin=7, source=13)
    """
    best, length = 0, 0
    for end in range(1, len(text) + 1):
        # A longer run than the best must end somewhere: try to add one character.
        while length < end and text[end - length - 1 : end] in source:
            length += 1
            best = end - length
    return Copied(length, best, source.find(text[best : best + length]))
