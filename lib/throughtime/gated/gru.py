"""The GRU, in the four conventions that papers and libraries use."""

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.gated.gates import SIGMAS, Blocks, check_step, choose
from throughtime.shapes import check_kind, check_shape

GRU_BLOCKS = Blocks(("r", "z", "n"), ("r", "z", "n"), ("r", "z", "n"))


def gru_step(
    x_t: Tensor,
    h_prev: Tensor,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    b_hn: Tensor | None = None,
    *,
    reset_after: bool = False,
    z: str = "keeps",
    sigma: str = "sigmoid",
) -> Tensor:
    r"""Advance a GRU by one time step.

    .. math::
        r_t &= \sigma(W_{xr} x_t + W_{hr} h_{t-1} + b_r) \\
        z_t &= \sigma(W_{xz} x_t + W_{hz} h_{t-1} + b_z) \\
        \tilde h_t &= \tanh(W_{xn} x_t + W_{hn} (r_t \odot h_{t-1}) + b_n) \\
        h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t

    With the reset after the product, as in torch,

    .. math::
        \tilde h_t = \tanh(W_{xn} x_t + b_n + r_t \odot (W_{hn} h_{t-1} + b_{hn}))

    which is another function, not another way to write the same. The blocks are
    stacked r, z, n; n is the candidate, the page's h-tilde.

    Args:
        x_t: Input at step t, shape ``(B, D)``.
        h_prev: State before step t, shape ``(B, H)``.
        W_x: Input weights, shape ``(3H, D)``.
        W_h: Recurrent weights, shape ``(3H, H)``.
        b: Bias, shape ``(3H,)``.
        b_hn: Second bias of the candidate, inside the reset, shape ``(H,)``; only with
            ``reset_after``. None stands for zeros.
        reset_after: Whether r multiplies after the product with W_hn.
        z: ``"keeps"``: z is the share of the old state; ``"writes"``: of the candidate.
        sigma: ``"sigmoid"``, ``"hard_sigmoid"`` (torch's) or ``"hard_sigmoid_02"``.

    Returns:
        State after step t, shape ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.
        ThroughTimeError: An unknown name, or ``b_hn`` without ``reset_after``.

    Source:
        Cho et al. (2014), eqs. 5-8; Chung et al. (2014), where z writes; book/07_gru.
    """
    squash = choose("sigma", sigma, SIGMAS)
    H = check_step(x_t, {"h_prev": h_prev}, (W_x, W_h, b), GRU_BLOCKS)
    _check_options(x_t, H, b_hn, reset_after, z)
    x_r, x_z, x_n = (x_t @ W_x.T + b).split(H, dim=1)
    W_hr, W_hz, W_hn = W_h.split(H)
    r_t = squash(x_r + h_prev @ W_hr.T)
    z_t = squash(x_z + h_prev @ W_hz.T)
    if reset_after:
        of_h = h_prev @ W_hn.T if b_hn is None else h_prev @ W_hn.T + b_hn
        h_tilde = torch.tanh(x_n + r_t * of_h)
    else:
        h_tilde = torch.tanh(x_n + (r_t * h_prev) @ W_hn.T)
    if z == "keeps":
        return z_t * h_prev + (1 - z_t) * h_tilde
    return (1 - z_t) * h_prev + z_t * h_tilde


def _check_options(
    x_t: Tensor, H: int, b_hn: Tensor | None, reset_after: bool, z: str
) -> None:
    if z not in ("keeps", "writes"):
        raise ThroughTimeError(
            f'z is {z!r}; wanted "keeps" (h_t = z h_prev + (1 - z) h_tilde) or '
            '"writes" (z and 1 - z swapped). Try z="keeps".'
        )
    if b_hn is None:
        return
    if not reset_after:
        raise ThroughTimeError(
            "b_hn is given and reset_after False; wanted b_hn only with the reset "
            "after the product: before it, b alone is enough. Try reset_after=True."
        )
    check_kind(x_t=x_t, b_hn=b_hn)
    check_shape("b_hn", b_hn, "H", H=H)
