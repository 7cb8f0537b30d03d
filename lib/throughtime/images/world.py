r"""What the world of shapes holds: things, scenes, regions and relations.

Lengths are in pixels; x grows to the right, y downwards, as in a picture.
"""

from dataclasses import dataclass

from throughtime.errors import ThroughTimeError

SHAPES = ("circle", "square", "triangle", "cross")
COLOURS = ("red", "green", "blue", "yellow", "purple", "cyan")
SIZES = ("small", "big")

PAIRS = tuple((shape, colour) for shape in SHAPES for colour in COLOURS)

# Never in train, val, test or count; each scene of "pairs" has one at least.
HELD_OUT = (
    ("square", "red"),
    ("triangle", "green"),
    ("circle", "blue"),
    ("cross", "yellow"),
)

SIDE = 48


@dataclass(frozen=True, slots=True)
class Thing:
    r"""Hold one thing of a scene.

    Args:
        shape: One of ``SHAPES``.
        colour: One of ``COLOURS``.
        size: One of ``SIZES``; a word for ``r``, which nothing derives from it.
        x: Centre, from the left edge, pixels.
        y: Centre, from the top edge, pixels.
        r: Radius, pixels: half of what it measures across, about.

    Raises:
        ThroughTimeError: A word that the world does not have, or a radius of 0.
    """

    shape: str
    colour: str
    size: str
    x: float
    y: float
    r: float

    def __post_init__(self) -> None:
        _check_word("shape", self.shape, SHAPES)
        _check_word("colour", self.colour, COLOURS)
        _check_word("size", self.size, SIZES)
        if not self.r > 0:
            raise ThroughTimeError(
                f"r is {self.r}; wanted a radius above 0 pixels. Try r=6."
            )


@dataclass(frozen=True, slots=True)
class Scene:
    r"""Hold the things of one picture; a later one is drawn over an earlier one.

    Args:
        things: Any number of them.
        side: Width and height of the picture, pixels.

    >>> scene = Scene([Thing("cross", "red", "small", x=10, y=40, r=5)])
    >>> scene.things[0].colour, region(scene.things[0], scene.side)
    ('red', ('bottom', 'left'))
    """

    things: tuple[Thing, ...]
    side: int = SIDE

    def __post_init__(self) -> None:
        object.__setattr__(self, "things", tuple(self.things))
        if self.side < 1:
            raise ThroughTimeError(
                f"side is {self.side}; wanted 1 pixel or more. Try side={SIDE}."
            )


def region(thing: Thing, side: int) -> tuple[str, ...]:
    r"""Name the ninth of the picture in which a thing's centre lies.

    One word or two: ``("middle",)``, ``("top",)``, ``("left",)``, ``("top", "left")``.
    """
    row = "top" if thing.y < side / 3 else "bottom" if thing.y > 2 * side / 3 else ""
    column = "left" if thing.x < side / 3 else "right" if thing.x > 2 * side / 3 else ""
    return tuple(word for word in (row, column) if word) or ("middle",)


def relation(one: Thing, other: Thing) -> tuple[str, ...]:
    r"""Say how one thing lies to another: along the axis on which they are farther.

    ``("left", "of")``, ``("right", "of")``, ``("above",)`` or ``("below",)``.
    """
    dx, dy = other.x - one.x, other.y - one.y
    if abs(dx) > abs(dy):
        return ("left", "of") if dx > 0 else ("right", "of")
    return ("above",) if dy > 0 else ("below",)


def _check_word(name: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise ThroughTimeError(
            f"{name} is {word!r}; wanted one of {', '.join(known)}. "
            f"Try {name}={known[0]!r}."
        )
