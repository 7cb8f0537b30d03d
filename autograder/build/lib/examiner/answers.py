"""Known answers to a check: wrong ones that students give, right ones in other styles.

The answers to the checks of module ``checks.a1_unroll`` are written in the module
``checks.mutants.a1_unroll``, each a function with one of two decorators. A wrong
answer's docstring is the sentence that would help the student who gave it::

    @wrong("leaky_step")
    def bias_missing(x_t, h_prev, W_xh, W_hh, b_h, alpha):
        \"\"\"The bias b_h is missing: add it before tanh.\"\"\"
        ...

    @right("leaky_step")
    def einsum(x_t, h_prev, W_xh, W_hh, b_h, alpha): ...
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One known answer.

    Args:
        check: Name of the check that it answers.
        name: Its own name, unique within the check.
        fn: The function itself.
        wrong: Whether the check must reject it.
    """

    check: str
    name: str
    fn: Callable[..., Any]
    wrong: bool

    @property
    def sentence(self) -> str:
        """What would help the student who gave this answer."""
        return " ".join((inspect.getdoc(self.fn) or "").split())


def wrong(check: str, name: str | None = None) -> Callable[..., Any]:
    """Register a wrong answer to ``check``, under its function's name by default."""
    return _register(check, name, is_wrong=True)


def right(check: str, name: str | None = None) -> Callable[..., Any]:
    """Register a right answer to ``check`` in another style."""
    return _register(check, name, is_wrong=False)


def _register(check: str, name: str | None, *, is_wrong: bool) -> Callable[..., Any]:
    def keep(fn: Callable[..., Any]) -> Callable[..., Any]:
        fn.answer = Answer(check, name or fn.__name__, fn, is_wrong)
        return fn

    return keep


def answers_to(module: str, check: str) -> list[Answer]:
    """Return the known answers to a check of a module, in the order of their files.

    Many answers may be a package: ``checks/mutants/a1_unroll/leaky_step.py``.

    Args:
        module: Dotted name of the module that defines the check.
        check: Name of the check.
    """
    package, _, name = module.rpartition(".")
    home = importlib.import_module(f"{package}.mutants.{name}".lstrip("."))
    inside = pkgutil.iter_modules(getattr(home, "__path__", []), f"{home.__name__}.")
    modules = [home, *(importlib.import_module(part.name) for part in inside)]
    values = (value for module in modules for value in vars(module).values())
    found = dict.fromkeys(
        answer
        for value in values
        if isinstance(answer := getattr(value, "answer", None), Answer)
    )
    return [answer for answer in found if answer.check == check]
