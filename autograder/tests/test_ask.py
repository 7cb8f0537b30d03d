import functools
import sys
import warnings

import numpy as np
import pytest
import torch
from torch import no_grad
from torch.autograd import functional as automatic
from torch.autograd.functional import jacobian as judge
from torch.func import grad as slope

from examiner import ask
from examiner.errors import Raised
from examiner.plain import plain


class OtherSide(ask.Remote):
    """Play the student's process: only plain data in, only plain data out."""

    def __init__(self, target):
        self.target = target

    def ask(self, verb, *args):
        args = [a if isinstance(a, ask.Callback) else plain(a) for a in args]
        return plain(getattr(ask, verb)(self.target, *args))


def double_in_place(x):
    x *= 2
    return x


def square_sum(w, scale):
    return (w**2).sum() * scale


def locked(x):
    return x + 1


def apply(fn, x):
    return fn(x)


@pytest.fixture(params=["local", "remote"])
def side(request):
    return OtherSide if request.param == "remote" else lambda target: target


def test_call_returns_the_result_and_the_arguments_after_it(side):
    x = np.ones(2)
    result, (after,) = ask.call(side(double_in_place), x)
    np.testing.assert_array_equal(result, [2, 2])
    np.testing.assert_array_equal(after, [2, 2])
    np.testing.assert_array_equal(x, [1, 1])


def test_grad_differentiates_the_students_function(side):
    w = torch.tensor([1.0, 2.0], dtype=torch.float64)
    value, (dw, dscale) = ask.grad(side(square_sum), w, 3)
    assert value.item() == 15
    assert dw.tolist() == [6, 12]
    assert dscale is None


def test_weights_go_out_and_in(side):
    layer = torch.nn.Linear(2, 1)
    state = ask.state_dict(side(layer))
    state["bias"] += 5
    ask.load_state(side(layer), state)
    assert torch.equal(layer.bias, state["bias"])


def test_source_is_the_text_of_the_function(side):
    assert ask.source(side(locked)).startswith("def locked(x):")


def test_a_locked_function_is_passed_by_name(side):
    assert ask.call(side(apply), ask.callback("locked"), 1)[0] == 2


def test_a_callback_that_is_not_there_is_the_callers_name_error():
    with pytest.raises(Raised, match="NameError: name 'nowhere' is not defined"):
        ask.call(apply, ask.callback("nowhere"), 1)


def explode():
    raise ZeroDivisionError("no")


def leave():
    sys.exit(0)


def unspeakable():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    raise Mute


@pytest.mark.parametrize(
    ("fn", "kind"),
    [
        (explode, "ZeroDivisionError"),
        (leave, "SystemExit"),
        (unspeakable, "Mute"),
        (object, "NotPlain"),
        (3, "TypeError"),
    ],
)
def test_whatever_student_code_raises_comes_back_as_its_name(fn, kind):
    with pytest.raises(Raised) as caught:
        ask.call(fn)
    assert caught.value.kind == kind


def test_an_interrupt_goes_through_because_time_outs_are_interrupts():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask.call(interrupted)


def test_student_code_writes_nothing_and_warns_nobody(capfd):
    def noisy():
        print("out")
        print("err", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return 1

    assert ask.call(noisy)[0] == 1
    assert capfd.readouterr() == ("", "")


def autograds(x):
    import torch

    return torch.autograd.functional.jacobian(torch.sin, x)


def imports_it(x):
    from torch.autograd import functional

    return functional.jacobian(abs, x)


def asks_a_loss(x):
    x.sum().backward()
    return x


def imported_it_outside(x):
    return judge(abs, x)


def imported_another_outside(x):
    return slope(abs)(x)


def imported_the_module_outside(x):
    return automatic.hessian(abs, x)


def takes_a_hessian_from_func(x):
    return torch.func.hessian(abs)(x)


def takes_it_from_func(x):
    return torch.func.vjp(abs, x)


def only_speaks_of_it(x):
    """The judge calls loss.backward() and reads x.grad."""
    grad, backward = x, "W.grad"  # no .backward here
    return 2 * grad if backward else None


BY_AUTOGRAD = [
    *(autograds, imports_it, asks_a_loss),
    *(imported_it_outside, imported_another_outside, takes_it_from_func),
    *(imported_the_module_outside, takes_a_hessian_from_func),
]


@pytest.mark.parametrize("fn", BY_AUTOGRAD)
def test_a_function_that_must_work_by_hand_is_not_called_if_it_names_autograd(side, fn):
    with pytest.raises(Raised, match="lets autograd do the work") as caught:
        ask.call_by_hand(side(fn), 1.0)
    assert caught.value.kind == "ByAutograd"


def keeps_no_graph(x):
    with no_grad():
        return 2 * x


@pytest.mark.parametrize(
    "fn", [only_speaks_of_it, keeps_no_graph, functools.partial(max, 2)]
)
def test_a_function_that_works_by_hand_is_called(fn):
    assert ask.call_by_hand(fn, 1.0)[0] == 2.0
