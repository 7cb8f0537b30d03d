"""Checks of what a layer is made with."""

from throughtime.errors import ThroughTimeError


def check_batch_first(batch_first: bool) -> None:
    r"""Check that time comes first.

    Raises:
        ThroughTimeError: ``batch_first`` is True.
    """
    if batch_first:
        raise ThroughTimeError(
            "batch_first is True; wanted False, as time comes first everywhere in "
            "this library: (T, B, D). Try xs.transpose(0, 1) on what goes in and out."
        )


def check_sizes(**sizes: int) -> None:
    r"""Check that sizes are whole numbers from 1 on.

    Raises:
        ThroughTimeError: One is not.
    """
    for name, size in sizes.items():
        if not isinstance(size, int) or size < 1:
            raise ThroughTimeError(
                f"{name} is {size!r}; wanted a whole number from 1 on. Try {name}=1."
            )


def check_probabilities(**chances: float) -> None:
    r"""Check that probabilities lie from 0 to below 1.

    Raises:
        ThroughTimeError: One does not.
    """
    for name, chance in chances.items():
        if not 0 <= chance < 1:
            raise ThroughTimeError(
                f"{name} is {chance!r}; wanted a probability from 0 to below 1, that "
                f"of dropping a number. Try {name}=0.2."
            )
