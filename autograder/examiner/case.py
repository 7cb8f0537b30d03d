"""One question put to a student's code, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from examiner import ask
from examiner.compare import alike, difference, members, said_of
from examiner.errors import Gone, Raised
from examiner.plain import plain


@dataclass(frozen=True, kw_only=True)
class Case:
    """Ask a student's function one thing.

    Args:
        name: What is asked, in a few words: "a batch of three".
        args: The arguments by name, in the order of the signature.
        want: The value from an oracle that is not the solution. What is ``...``, in
            a tuple or a dict, is not looked at.
        points: What a right answer earns.
        parts: Names of the members of a wanted tuple, for the feedback: "hs", "h_last".
        verb: How to ask: :func:`examiner.ask.call`, :func:`examiner.ask.call_by_hand`
            or :func:`examiner.ask.grad`.
        rtol: Relative tolerance.
        atol: Absolute tolerance.
        may_change: Whether the arguments may be changed here, since another case
            asks for that.
    """

    name: str
    args: Mapping[str, Any]
    want: Any
    points: float
    parts: tuple[str, ...] = ()
    verb: Callable[..., Any] = ask.call
    rtol: float = 1e-6
    atol: float = 1e-9
    may_change: bool = False


@dataclass(frozen=True)
class Outcome:
    """Keep what an answer did with a case: a value, arguments after it, or an error.

    ``gone`` says that it did not come back at all.
    """

    value: Any = None
    after: tuple[Any, ...] = ()
    raised: Raised | None = None
    gone: Gone | None = None

    def agrees(self, other: "Outcome") -> bool:
        """Tell whether two answers did the same."""
        if self.raised or other.raised:
            # The text too: a ValueError alone may have many causes.
            return str(self.raised) == str(other.raised)
        return alike(self.value, other.value) and alike(self.after, other.after)


def try_case(case: Case, answer: Any) -> Outcome:
    """Ask an answer the case's question."""
    try:
        got = case.verb(answer, *case.args.values())
    except Raised as raised:
        return Outcome(raised=raised)
    except Gone as gone:  # what was right before it stays right
        return Outcome(gone=gone)
    if case.verb in (ask.call, ask.call_by_hand):
        return Outcome(*got)
    return Outcome(got, tuple(plain(arg) for arg in case.args.values()))


def reason(case: Case, outcome: Outcome) -> str:
    """Say in one sentence why a case failed; an empty text if it did not."""
    why = _why(case, outcome)
    if not why:
        return ""
    return f"for {case.name}, {why}" + ("" if why.endswith("?") else ".")


def _why(case: Case, outcome: Outcome) -> str | None:
    if outcome.gone:
        return f"it did not come back: {outcome.gone.message.rstrip('.')}"
    if outcome.raised:
        return _error(outcome.raised)
    if differs := _difference(case, outcome.value):
        return differs
    if case.may_change:
        return None
    for (name, before), after in zip(case.args.items(), outcome.after, strict=True):
        if isinstance(before, ask.Callback):
            continue
        if difference(after, plain(before), rtol=0, atol=0):
            return (
                f"the result is right, but the argument `{name}` was changed in place"
            )
    return None


def _error(raised: Raised) -> str:
    if raised.kind == "NotImplementedError":
        return "the function is not written yet"
    if raised.kind == "NotPlain":
        return f"it returned {raised.message}, which is not plain data"
    if raised.kind == "ByAutograd":
        return raised.message
    return f"it raised {raised}"


def _difference(case: Case, value: Any) -> str | None:
    """Say how a value differs from the wanted one, naming its part if it has names."""
    if not case.parts:
        differs = difference(value, case.want, case.rtol, case.atol)
        return said_of("the result", differs) if differs else None
    found = members(value, case.parts)
    if isinstance(found, str):
        return said_of("the result", found)
    for name, got, want in zip(case.parts, found, case.want, strict=True):
        if differs := difference(got, want, case.rtol, case.atol):
            return said_of(f"`{name}`", differs)
    return None
