"""How alike two cells are, and which cells keep their order."""

from collections import Counter
from collections.abc import Callable

from examiner.intake.cells import Handed
from examiner.intake.release import Role, Wanted

ALIKE = 0.6  # of the words: below it, two cells are two different cells
SURE = 10.0  # a pair that is known already
BY_PLACE = 0.1  # nothing in common but the place and the kind


def is_given(wanted: Wanted, cell: Handed) -> bool:
    """Say whether a student's cell says what the instructor's cell says."""
    return cell.said in wanted.said


def is_blank(wanted: Wanted, cell: Handed) -> bool:
    """Say whether an answer holds nothing of the student's: as given, or empty."""
    return cell.said in ("", wanted.said[0])


def alike(wanted: Wanted, cell: Handed) -> float:
    """Say how likely a student's cell is one of the instructor's; 0: it is not.

    Args:
        wanted: The instructor's cell.
        cell: The student's cell.

    Returns:
        The share of words in common; for an answer also the share of the names that it
        was asked to define.
    """
    score = max(share(cell.words, theirs) for theirs in wanted.words)
    score = score if score >= ALIKE else 0.0
    if wanted.role is Role.ANSWER and wanted.defines:
        score += len(wanted.defines & cell.defines) / len(wanted.defines)
    return score


def share(one: Counter, other: Counter) -> float:
    """Return the share of words that two texts have in common, from 0 to 1.

    It is difflib's ``quick_ratio`` on words. The full ratio takes a time that grows
    with the square of a text, and students choose the texts.
    """
    total = one.total() + other.total()
    small = min(one.total(), other.total())
    if not total or 2 * small < ALIKE * total:
        return 0.0
    return 2 * (one & other).total() / total


def in_order(
    rows: int, columns: int, score: Callable[[int, int], float]
) -> list[tuple[int, int]]:
    """Pair rows with columns so that order is kept and the sum of scores is highest.

    Args:
        rows: How many rows there are.
        columns: How many columns.
        score: What a pair is worth; 0 for one that may not be.

    Returns:
        The pairs, in order. Of pairs that are worth the same, the earlier columns.
    """
    worth = [[score(r, c) for c in range(columns)] for r in range(rows)]
    # best[r][c]: what can be had from row r and column c on
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for r in reversed(range(rows)):
        here, below = best[r], best[r + 1]
        for c in reversed(range(columns)):
            pair = worth[r][c] + below[c + 1] if worth[r][c] else 0.0
            here[c] = max(pair, below[c], here[c + 1])
    pairs, r, c = [], 0, 0
    while r < rows and c < columns:
        if worth[r][c] and best[r][c] == worth[r][c] + best[r + 1][c + 1]:
            pairs.append((r, c))
            r, c = r + 1, c + 1
        elif best[r][c] == best[r + 1][c]:
            r += 1
        else:
            c += 1
    return pairs
