"""The only ways in which a check touches a student's objects.

A check never calls a student's function itself. It asks, and gets plain data back
(see :mod:`examiner.plain`), whether the function lives in this process or in
another one: a handle on a remote object derives from :class:`Remote` and answers
the same verbs. Student code runs with its output and its warnings caught, because
nbgrader counts any text on stderr as a failed test.
"""

import ast
import contextlib
import functools
import inspect
import io
import textwrap
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from examiner.errors import NotPlain, Raised
from examiner.plain import plain


class Remote(ABC):
    """Stand for an object that lives in the student's process."""

    @abstractmethod
    def ask(self, verb: str, *args: Any) -> Any:
        """Send a verb of this module and its plain arguments; return its answer."""


@dataclass(frozen=True)
class Callback:
    """Name a function of a locked cell, to be passed to a student's function."""

    name: str


def callback(name: str) -> Callback:
    """Return a stand-in for the locked function ``name`` on the student's side."""
    return Callback(name)


def _verb(local: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a local function into a verb that a remote handle answers too."""

    @functools.wraps(local)
    def ask(target: Any, *args: Any) -> Any:
        if isinstance(target, Remote):
            return target.ask(local.__name__, *args)
        with _students_side():
            return local(target, *args)

    return ask


@_verb
def call(fn: Callable[..., Any], *args: Any) -> tuple[Any, tuple[Any, ...]]:
    """Call a student's function with copies of plain arguments.

    Returns:
        The result and the arguments as they are after the call (None for a
        callback), so that a check can see whether the function changed them.

    Raises:
        Raised: The function raised, or its result is not plain data.
    """
    own = [_own(fn, arg) for arg in args]
    result = plain(fn(*own))
    after = [
        None if isinstance(arg, Callback) else plain(mine)
        for arg, mine in zip(args, own, strict=True)
    ]
    return result, tuple(after)


@_verb
def grad(fn: Callable[..., Any], *args: Any) -> tuple[Any, tuple[Any, ...]]:
    """Differentiate a student's scalar function by torch's autograd.

    Args:
        fn: Function of tensors that returns a tensor with one element.
        args: Tensors; those of floating type are differentiated.

    Returns:
        The value, and for each argument its gradient (None where the argument is
        not a floating tensor, or does not influence the value).

    Raises:
        Raised: The function raised, or did not return one differentiable number.
    """
    import torch

    own = [_own(fn, arg) for arg in args]
    leaves = [
        arg for arg in own if isinstance(arg, torch.Tensor) and arg.is_floating_point()
    ]
    for leaf in leaves:
        leaf.requires_grad_(True)
    value = fn(*own)
    value.backward()
    found = [arg.grad if isinstance(arg, torch.Tensor) else None for arg in own]
    return plain(value), tuple(plain(g) for g in found)


@_verb
def state_dict(obj: Any) -> dict[str, Any]:
    """Return the weights of a student's ``nn.Module`` by name."""
    return plain(dict(obj.state_dict()))


@_verb
def load_state(obj: Any, state: dict[str, Any]) -> None:
    """Give weights to a student's ``nn.Module``."""
    obj.load_state_dict(plain(state))


@_verb
def source(fn: Callable[..., Any]) -> str:
    """Return the text of a student's function."""
    return inspect.getsource(fn)


_JUDGES = ("torch.autograd", "torch.autograd.functional", "torch.func")


@_verb
def words(fn: Callable[..., Any]) -> list[str]:
    """Return what stands behind a dot in a student's function, or is imported in it.

    A function or module of autograd that was imported outside counts as ``autograd``,
    by whatever name. Comments and texts do not count. The functions that it calls are
    not looked at.
    """
    found = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(fn)))):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(a.name for a in node.names)]
            found.update(".".join(names).split("."))
        elif isinstance(node, ast.Name):
            value = getattr(fn, "__globals__", {}).get(node.id)
            home = "__name__" if inspect.ismodule(value) else "__module__"
            if str(getattr(value, home, "")) in _JUDGES:
                found.add("autograd")
    return sorted(found)


def _texts(found: Any) -> set[str]:
    items = found if isinstance(found, list | tuple) else ()
    return {word for word in items if type(word) is str}


AUTOGRAD = (
    *("backward", "autograd", "grad", "jacobian"),
    *("vjp", "jvp", "jacrev", "jacfwd", "func", "functorch"),
)


def call_by_hand(fn: Callable[..., Any], *args: Any) -> tuple[Any, tuple[Any, ...]]:
    """Call a student's function that must not leave its work to autograd.

    Raises:
        Raised: As for :func:`call`; and as ByAutograd, where its text names autograd.
    """
    try:
        found = words(fn)
    except Raised:  # no text to look at: a partial, say
        found = []
    # What comes from the student's side may be anything.
    if used := [word for word in AUTOGRAD if word in _texts(found)]:
        raise Raised("ByAutograd", f"`.{used[0]}` lets autograd do the work")
    return call(fn, *args)


def _own(fn: Callable[..., Any], arg: Any) -> Any:
    """Return the student's own copy of an argument, a callback made callable."""
    if not isinstance(arg, Callback):
        return plain(arg)
    names = getattr(fn, "__globals__", {})
    if arg.name not in names:
        raise NameError(f"name {arg.name!r} is not defined")
    return names[arg.name]


@contextlib.contextmanager
def _students_side() -> Iterator[None]:
    """Catch output, warnings and errors of student code.

    KeyboardInterrupt goes through: it is how a notebook's time-out arrives.
    """
    sink = io.StringIO()
    with (
        contextlib.redirect_stdout(sink),
        contextlib.redirect_stderr(sink),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        except NotPlain as fault:
            raise Raised("NotPlain", str(fault)) from None
        except (Exception, SystemExit) as fault:
            raise Raised(type(fault).__name__, _text(fault)) from None


def _text(fault: BaseException) -> str:
    try:
        return str(fault)[:500]
    except Exception:  # a student's __str__ may raise, too
        return ""
