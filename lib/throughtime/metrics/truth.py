r"""The share of captions that are true."""

from collections.abc import Callable, Sequence
from typing import Any

from throughtime.errors import ShapeError


def truth_rate(
    captions: Sequence[Sequence[str]],
    scenes: Sequence[Any],
    judge: Callable[[Sequence[str], Any], bool],
) -> float:
    r"""Return the share of captions that a judge calls true, from 0 to 1.

    Args:
        captions: Words of each caption, without marks.
        scenes: What each caption speaks of.
        judge: ``judge(words, scene)``, as ``throughtime.images.is_true``.

    Raises:
        ShapeError: Not as many captions as scenes, or none.

    >>> truth_rate([["a"], ["b"]], ["ab", "cd"], lambda words, s: words[0] in s)
    0.5
    """
    if len(captions) != len(scenes) or not captions:
        raise ShapeError(
            f"there are {len(captions)} captions and {len(scenes)} scenes; wanted as "
            "many of each, one at least. Try one caption for each scene."
        )
    pairs = zip(captions, scenes, strict=True)
    return sum(bool(judge(words, scene)) for words, scene in pairs) / len(captions)
