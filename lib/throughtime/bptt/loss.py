r"""What the derivations share: softmax with cross-entropy, and the checks of arguments.

.. math:: p_t = \mathrm{softmax}(W_{hy} h_t + b_y), \quad L_t = -y_t^\top \log p_t

The target y_t is one-hot; ``targets[t]`` is the id of y_{t+1}. Losses are in nats.
"""

import numpy as np

from throughtime.errors import KindError, VocabularyError
from throughtime.shapes import check_shape

# NaN and inf go through as in torch, without NumPy's warnings.
QUIET = {"over": "ignore", "invalid": "ignore"}


def softmax(logits: np.ndarray) -> np.ndarray:
    r"""Turn logits into probabilities along the last axis, at any size of logit.

    .. math:: p_k = e^{o_k} / \textstyle\sum_j e^{o_j}

    Subtracting the largest logit changes nothing, for it cancels in the fraction; it
    keeps exp from overflowing.

    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    with np.errstate(**QUIET):
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)


def cross_entropies(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    r"""Return L_1 to L_T, finite also where the target's probability rounds to 0.

    Args:
        logits: One row a step, shape ``(T, V)``.
        targets: Ids, shape ``(T,)``.

    Returns:
        Losses in nats, shape ``(T,)``.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_ps = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_ps[np.arange(len(targets)), targets]


def sigmoid(a: np.ndarray) -> np.ndarray:
    r"""Return 1 / (1 + exp(-a)), at any size of a.

    Written with tanh, which does not overflow.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return (1 + np.tanh(a / 2)) / 2


def draw(
    shapes: list[tuple[int, ...]], H: int, rng: np.random.Generator
) -> list[np.ndarray]:
    r"""Draw arrays uniformly from ±1/√H, as ``torch.nn`` does for its recurrent layers.

    Biases are drawn too: a bias of zero would hide that somebody forgot it.
    """
    bound = 1 / np.sqrt(H)
    return [rng.uniform(-bound, bound, shape) for shape in shapes]


def check_arrays(**arrays: np.ndarray) -> None:
    r"""Check that the arguments are NumPy arrays of floating-point numbers.

    Raises:
        KindError: One is not.
    """
    for name, array in arrays.items():
        _check_kind(name, array, np.floating, "float")


def check_gates(
    gates: int, W_x: np.ndarray, W_h: np.ndarray, b: np.ndarray
) -> tuple[int, int]:
    r"""Check weights that are stacked by gate, and return H and D.

    Args:
        gates: How many blocks of H rows there are.
        W_x: Input weights, shape ``(gates * H, D)``.
        W_h: Recurrent weights, shape ``(gates * H, H)``.
        b: Bias, shape ``(gates * H,)``.

    Raises:
        ShapeError: The sizes do not agree.
    """
    rows = f"{gates}H"
    _, H = check_shape("W_h", W_h, f"{rows} H")
    check_shape("W_h", W_h, f"{rows} H", **{rows: gates * H})
    _, D = check_shape("W_x", W_x, f"{rows} D", **{rows: gates * H})
    check_shape("b", b, rows, **{rows: gates * H})
    return H, D


def check_ends(
    xs: np.ndarray,
    targets: np.ndarray,
    W_hy: np.ndarray,
    b_y: np.ndarray,
    H: int,
    D: int,
) -> None:
    r"""Check what goes into a network of H units and D inputs, and its readout.

    Args:
        xs: Inputs, shape ``(T, D)``.
        targets: Ids from 0 to V - 1, shape ``(T,)``.
        W_hy: Output weights, shape ``(V, H)``.
        b_y: Bias of the output, shape ``(V,)``.
        H: The number of units.
        D: The number of inputs.

    Raises:
        ShapeError: The sizes do not agree, or T is 0.
        KindError: ``targets`` is not a NumPy array of integers.
        VocabularyError: A target is not from 0 to V - 1.
    """
    _check_kind("targets", targets, np.integer, "int")
    V, _ = check_shape("W_hy", W_hy, "V H", H=H)
    check_shape("b_y", b_y, "V", V=V)
    T, _ = check_shape("xs", xs, "T D", D=D)
    check_shape("targets", targets, "T", T=T)
    if targets.min() < 0 or targets.max() >= V:
        raise VocabularyError(
            f"targets run from {targets.min()} to {targets.max()}; wanted ids from 0 "
            f"to {V - 1}, as W_hy has {V} rows. Try the vocabulary's own encode."
        )


def _check_kind(name: str, array: np.ndarray, kind: type, word: str) -> None:
    if not isinstance(array, np.ndarray):
        raise KindError(
            f"{name} is a {type(array).__name__}; wanted a NumPy array. Try "
            f"np.asarray({name})."
        )
    if not np.issubdtype(array.dtype, kind):
        raise KindError(
            f"{name} holds {array.dtype}; wanted {kind.__name__} numbers. Try "
            f"{name}.astype({word})."
        )
