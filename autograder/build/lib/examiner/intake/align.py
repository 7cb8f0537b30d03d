"""Which of the student's cells is which of the instructor's.

First by nbgrader's ``grade_id``, then by the cell's id, then by what it says: word for
word, then in order, so that place helps, then anywhere. The student's text is kept
wherever it may count. What was copied is decided so that an honest student loses
nothing:

- Of copies of an answer, the last one that was changed is the answer, as it would be
  when the notebook is run from top to bottom. Changed ones before it stay as ordinary
  cells: what they define is defined, and of a cell that was split no part is lost.
- Untouched copies of an answer go: they would define the stub again.
- Exact copies of a locked cell go; changed ones stay as ordinary cells.
- An answer that was written beside its cell, which is still as given, is taken.
"""

from collections import defaultdict
from collections.abc import Callable

from nbgrader.utils import is_grade

from examiner.intake.alignment import NOWHERE, Alignment
from examiner.intake.cells import Handed
from examiner.intake.match import BY_PLACE, SURE, alike, in_order, is_blank, is_given
from examiner.intake.release import Role, Wanted


def align(wanted: list[Wanted], handed: list[Handed]) -> Alignment:
    """Find the instructor's cells in the student's notebook.

    Args:
        wanted: The instructor's cells.
        handed: The student's cells.
    """
    result = Alignment(wanted, handed)
    _by_name(result, lambda w: w.grade_id, lambda cell: cell.grade_id)
    named = set(result.found)
    _by_name(result, lambda w: w.cell.get("id", ""), lambda cell: cell.id)
    if any(w.role is not Role.PLAIN for _, w in result.lacking()):
        _word_for_word(result)
        _by_place(result)
        _anywhere(result)
        _longest(result)
    lost = [result.wanted[i] for i in sorted(set(result.found) - named)]
    lost = [w.name for w in lost if w.role is not Role.PLAIN]
    result.say(lost, "without a name; recognised by what is said, or by the place")
    _written_elsewhere(result)
    _drop_copies(result)
    return result


def _by_name(
    result: Alignment,
    ours: Callable[[Wanted], str],
    theirs: Callable[[Handed], str],
) -> None:
    """Pair cells that have the same name; where several do, decide between them."""
    claims: dict[str, list[Handed]] = defaultdict(list)
    for cell in result.free():
        claims[theirs(cell)].append(cell)
    for i, wanted in result.lacking():
        several = claims.pop(ours(wanted), []) if ours(wanted) else []
        if several:
            _decide(result, i, several)


def _decide(result: Alignment, i: int, several: list[Handed]) -> None:
    """Of several cells with one name, choose which it is; see the module's text."""
    wanted = result.wanted[i]
    if wanted.role is Role.ANSWER:
        idle = [cell for cell in several if is_blank(wanted, cell)]
        best = ([cell for cell in several if cell not in idle] or several)[-1]
        what = "there more than once; the last one that was changed counts"
    else:
        idle = [cell for cell in several if is_given(wanted, cell)]
        best = max(several, key=lambda cell: alike(wanted, cell))
        what = "there more than once; the course's own counts"
    result.pair(i, best)
    if len(several) > 1 and wanted.role is not Role.PLAIN:
        result.say([wanted.name], what)
        gone = {cell.place for cell in idle} - {best.place}
        result.settled |= gone
        result.dropped |= gone


def _word_for_word(result: Alignment) -> None:
    """Pair what says exactly what was given. An answer may be a copy: not here."""
    texts: dict[str, list[Handed]] = defaultdict(list)
    for cell in reversed(result.free()):
        texts[cell.said].append(cell)
    for i, wanted in result.lacking():
        exact = [said for said in wanted.said if texts[said]]
        if exact and wanted.role is not Role.ANSWER:
            result.pair(i, texts[exact[0]].pop())


def _by_place(result: Alignment) -> None:
    """Pair cells by what they say and by their place among those that are known."""
    known = {cell.place: i for i, cell in result.found.items()}
    may = {cell.place for cell in result.free()} | set(known)
    cells = [cell for cell in result.handed if cell.place in may]

    def score(i: int, c: int) -> float:
        cell = cells[c]
        if cell.place in known or i in result.found:
            return SURE if known.get(cell.place) == i else 0.0
        wanted = result.wanted[i]
        return alike(wanted, cell) or _place_tells(wanted, cell)

    for i, c in in_order(len(result.wanted), len(cells), score):
        if i not in result.found:
            result.pair(i, cells[c])


def _place_tells(wanted: Wanted, cell: Handed) -> float:
    """Say what the place is worth: an answer in words may share no word with ours."""
    in_words = wanted.role is Role.ANSWER and not wanted.defines
    return BY_PLACE if in_words and cell.kind == wanted.cell.cell_type else 0.0


def _anywhere(result: Alignment) -> None:
    """Pair what is left by what it says, wherever it stands; the best pairs first."""
    pairs = [
        (alike(wanted, cell), -i, cell.place, cell)
        for i, wanted in result.lacking()
        if wanted.role is not Role.PLAIN
        for cell in result.free()
    ]
    for score, minus_i, place, cell in sorted(pairs, key=lambda p: p[:3], reverse=True):
        if score and -minus_i not in result.found and place not in result.settled:
            result.pair(-minus_i, cell)


def _longest(result: Alignment) -> None:
    """Take the longest text for an answer in words, if the notebook lost its names.

    Such answers are read by a hand, which sees a wrong guess. Code is not guessed: to
    move it may do harm.
    """
    pairs = [(result.wanted[i], cell) for i, cell in result.found.items()]
    if all(cell.grade_id == wanted.grade_id for wanted, cell in pairs):
        return
    for i, wanted in result.lacking():
        likely = [cell for cell in result.free() if _place_tells(wanted, cell)]
        likely = [cell for cell in likely if cell.kind != "code"]
        if likely:
            result.pair(i, max(likely, key=lambda cell: len(cell.text)))


def _written_elsewhere(result: Alignment) -> None:
    """Take an answer from another cell, if its own is as given and that defines it.

    Some write below the cell that they were given, or over a locked one, or all in one
    cell. The stub goes: it would define again what they wrote above it.
    """
    answers = [i for i, w in enumerate(result.wanted) if w.role is Role.ANSWER]
    idle = [
        i
        for i in answers
        if i not in result.found or is_blank(result.wanted[i], result.found[i])
    ]
    runs = {result.found[i].place for i in set(answers) - set(idle)}
    for i in idle:
        wanted, old = result.wanted[i], result.found.get(i)
        cell = _definer(result, wanted)
        if cell is None:
            continue
        result.say([wanted.name], "written in another cell; taken from there")
        if cell.place in runs:  # as the answer to something else; a hand reads it here
            text = cell.text if is_grade(wanted.cell) else ""
            place = old.place if old else NOWHERE
            result.found[i] = Handed(wanted.cell.cell_type, text, place)
            continue
        result.pair(i, cell)
        runs.add(cell.place)
        result.dropped |= {old.place} if old else set()


def _definer(result: Alignment, wanted: Wanted) -> Handed | None:
    """Return the last of the student's cells that defines what was asked for."""
    given = {
        cell.place: result.wanted[i]
        for i, cell in result.found.items()
        if result.wanted[i].role is not Role.ANSWER
    }
    for cell in reversed(result.handed) if wanted.defines else ():
        ours = given.get(cell.place)
        if ours and (is_given(ours, cell) or ours.defines & wanted.defines):
            continue  # we wrote it, not the student
        if wanted.defines <= cell.defines and not is_blank(wanted, cell):
            return cell
    return None


def _drop_copies(result: Alignment) -> None:
    """Drop nameless copies of what was given, where the cell itself was found."""
    given = {w.said[0] for w in result.wanted if w.role is not Role.PLAIN} - {""}
    for cell in result.free():
        if cell.said in given:
            result.settled.add(cell.place)
            result.dropped.add(cell.place)
