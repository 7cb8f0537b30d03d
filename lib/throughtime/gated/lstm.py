"""The LSTM in all its variants, and the residual cell that it is without gates."""

from collections.abc import Callable

from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.gated.gates import (
    CELL_FUNCTIONS,
    SIGMAS,
    Blocks,
    check_stack,
    check_step,
    choose,
)
from throughtime.shapes import check_kind


def lstm_step(
    x_t: Tensor,
    state: tuple[Tensor, Tensor],
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    W_c: Tensor | None = None,
    *,
    forget_gate: bool = True,
    input_gate: bool = True,
    output_gate: bool = True,
    coupled: bool = False,
    peephole: str | None = None,
    sigma: str = "sigmoid",
    g: str = "tanh",
    h: str = "tanh",
) -> tuple[Tensor, Tensor]:
    r"""Advance an LSTM by one time step.

    .. math::
        i_t &= \sigma(W_{xi} x_t + W_{hi} h_{t-1} + W_{ci} c_{t-1} + b_i) \\
        f_t &= \sigma(W_{xf} x_t + W_{hf} h_{t-1} + W_{cf} c_{t-1} + b_f) \\
        c_t &= f_t \odot c_{t-1} + i_t \odot g(W_{xg} x_t + W_{hg} h_{t-1} + b_g) \\
        o_t &= \sigma(W_{xo} x_t + W_{ho} h_{t-1} + W_{co} c_t + b_o) \\
        h_t &= o_t \odot h(c_t)

    The terms with W_c are the peepholes. The output gate sees c_t, the new one.
    The blocks are stacked i, f, g, o; those of a gate that is left out are missing, so
    n = 4 blocks become fewer (``lstm_blocks`` names them).

    Args:
        x_t: Input at step t, shape ``(B, D)``.
        state: h and c before step t, each ``(B, H)``.
        W_x: Input weights, shape ``(nH, D)``.
        W_h: Recurrent weights, shape ``(nH, H)``.
        b: Bias, shape ``(nH,)``.
        W_c: Peephole weights, blocks i, f, o: shape ``(mH,)`` if diagonal, one number a
            cell; ``(mH, H)`` if full. m is the number of gates (``lstm_peepholes``).
        forget_gate: Without it f = 1: the cell of 1997.
        input_gate: Without it i = 1.
        output_gate: Without it o = 1.
        coupled: i = 1 - f, so i has no block.
        peephole: None, ``"diagonal"`` or ``"full"``.
        sigma: ``"sigmoid"``, ``"hard_sigmoid"`` (torch's) or ``"hard_sigmoid_02"``.
        g: Cell input function: ``"tanh"``, ``"sigmoid"`` or ``"identity"``.
        h: Cell output function: the same names.

    Returns:
        h_t and c_t, each ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.
        ThroughTimeError: An unknown name, options that contradict each other, or
            peepholes without weights.

    Source:
        Hochreiter and Schmidhuber (1997); Gers, Schmidhuber and Cummins (2000), the
        forget gate; Gers and Schmidhuber (2000) and Graves (2013), the peepholes; Greff
        et al. (2015), the variants; book/06_lstm.
    """
    blocks = lstm_blocks(
        forget_gate=forget_gate,
        input_gate=input_gate,
        output_gate=output_gate,
        coupled=coupled,
    )
    squash, cell_input, cell_output = _functions(sigma, g, h)
    h_prev, c_prev = _pair(state)
    H = check_step(
        x_t,
        {"h_prev": h_prev, "c_prev": c_prev},
        (W_x, W_h, b),
        Blocks(blocks, blocks, blocks),
    )
    peep = _peep(peephole, W_c, blocks, x_t, H)
    stacked = x_t @ W_x.T + h_prev @ W_h.T + b
    a = dict(zip(blocks, stacked.split(H, dim=1), strict=True))

    def gate(name: str, c: Tensor) -> Tensor | float:
        return squash(a[name] + peep(name, c)) if name in a else 1.0

    f_t = gate("f", c_prev)
    i_t = 1 - f_t if coupled else gate("i", c_prev)
    c_t = f_t * c_prev + i_t * cell_input(a["g"])
    h_t = gate("o", c_t) * cell_output(c_t)
    return h_t, c_t


def residual_step(
    x_t: Tensor,
    state: tuple[Tensor, Tensor],
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    *,
    g: str = "tanh",
    h: str = "tanh",
) -> tuple[Tensor, Tensor]:
    r"""Advance an LSTM without gates by one time step.

    .. math::
        c_t &= c_{t-1} + g(W_x x_t + W_h h_{t-1} + b) \\
        h_t &= h(c_t)

    The cell is carried by a sum, as a residual network carries its layers; it may grow
    without end.

    Args:
        x_t: Input at step t, shape ``(B, D)``.
        state: h and c before step t, each ``(B, H)``.
        W_x: Input weights, shape ``(H, D)``.
        W_h: Recurrent weights, shape ``(H, H)``.
        b: Bias, shape ``(H,)``.
        g: Cell input function: ``"tanh"``, ``"sigmoid"`` or ``"identity"``.
        h: Cell output function: the same names.

    Returns:
        h_t and c_t, each ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.
        ThroughTimeError: An unknown cell function.

    Source:
        book/06_lstm.
    """
    gates = {"forget_gate": False, "input_gate": False, "output_gate": False}
    return lstm_step(x_t, state, W_x, W_h, b, **gates, g=g, h=h)


def lstm_blocks(
    *,
    forget_gate: bool = True,
    input_gate: bool = True,
    output_gate: bool = True,
    coupled: bool = False,
) -> tuple[str, ...]:
    r"""Name the blocks of an LSTM's W_x, W_h and b, in stacking order.

    Args:
        forget_gate: As in :func:`lstm_step`.
        input_gate: As in :func:`lstm_step`.
        output_gate: As in :func:`lstm_step`.
        coupled: As in :func:`lstm_step`.

    Raises:
        ThroughTimeError: ``coupled`` without the forget gate or the input gate.

    >>> lstm_blocks()
    ('i', 'f', 'g', 'o')
    >>> lstm_blocks(coupled=True)
    ('f', 'g', 'o')
    """
    if coupled and not (forget_gate and input_gate):
        missing = "input_gate" if forget_gate else "forget_gate"
        raise ThroughTimeError(
            f"coupled is True and {missing} False; wanted both gates, as coupled says "
            "i = 1 - f. Try coupled=False, or leave both gates in."
        )
    there = {
        "i": input_gate and not coupled,
        "f": forget_gate,
        "g": True,
        "o": output_gate,
    }
    return tuple(name for name, is_there in there.items() if is_there)


def lstm_peepholes(blocks: tuple[str, ...]) -> tuple[str, ...]:
    r"""Name the blocks of W_c: the gates among an LSTM's blocks, without g.

    >>> lstm_peepholes(lstm_blocks(coupled=True))
    ('f', 'o')
    """
    return tuple(name for name in blocks if name != "g")


def _functions(sigma: str, g: str, h: str) -> tuple[Callable[[Tensor], Tensor], ...]:
    return (
        choose("sigma", sigma, SIGMAS),
        choose("g", g, CELL_FUNCTIONS),
        choose("h", h, CELL_FUNCTIONS),
    )


def _pair(state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    if not isinstance(state, tuple) or len(state) != 2:
        parts = f" of {len(state)}" if isinstance(state, tuple) else ""
        raise ThroughTimeError(
            f"state is a {type(state).__name__}{parts}; wanted the tuple (h, c). "
            "Try (h_0, torch.zeros_like(h_0))."
        )
    return state


def _peep(
    peephole: str | None,
    W_c: Tensor | None,
    blocks: tuple[str, ...],
    x_t: Tensor,
    H: int,
) -> Callable[[str, Tensor], Tensor | float]:
    """Return what a gate sees of a cell state, as a function of the gate's name."""
    if peephole is None and W_c is None:
        return lambda name, c: 0.0
    gates = lstm_peepholes(blocks)
    if peephole not in ("diagonal", "full") or W_c is None or not gates:
        raise ThroughTimeError(
            f"peephole is {peephole!r}, W_c {'None' if W_c is None else 'given'} and "
            f"the gates are ({', '.join(gates)}); wanted peephole='diagonal' or 'full' "
            "with W_c and with a gate, or peephole=None without W_c. "
            "Try peephole='diagonal' and a W_c of H numbers a gate."
        )
    check_kind(x_t=x_t, W_c=W_c)
    check_stack("W_c", W_c, "H" if peephole == "full" else "", gates, H=H)
    by_gate = dict(zip(gates, W_c.split(H), strict=True))
    if peephole == "full":
        return lambda name, c: c @ by_gate[name].T
    return lambda name, c: c * by_gate[name]
