"""MUT1, MUT2 and MUT3 equal the paper's equations, worked out in Python floats."""

import math

import pytest
import torch

from throughtime.errors import KindError, ShapeError
from throughtime.gated import (
    MUT1_BLOCKS,
    MUT2_BLOCKS,
    MUT3_BLOCKS,
    mut1_step,
    mut2_step,
    mut3_step,
)
from throughtime.testing import assert_close, check_gradient

B, D, H = 3, 5, 4
STEPS = {"mut1": mut1_step, "mut2": mut2_step, "mut3": mut3_step}
BLOCKS = {"mut1": MUT1_BLOCKS, "mut2": MUT2_BLOCKS, "mut3": MUT3_BLOCKS}
# Which weights each formula has, read off the paper, not off the code.
PAPER = {
    "mut1": ("zr", "rh", "zrh"),
    "mut2": ("zh", "zrh", "zrh"),
    "mut3": ("zrh",) * 3,
}
WIDTH = {"mut1": H, "mut2": H, "mut3": D}


def _draw(mutant):
    """Return x_t, h_prev, and the weights by place and block, as W["xz"]."""
    generator = torch.Generator().manual_seed(50)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    width = WIDTH[mutant]
    W = {f"x{block}": draw(H, width) for block in "zrh"}
    W |= {f"h{block}": draw(H, H) for block in "zrh"}
    W |= {f"b{block}": draw(H) for block in "zrh"}
    return draw(B, width), draw(B, H), W


def _args(mutant):
    x_t, h_prev, W = _draw(mutant)
    stacks = (
        torch.cat([W[place + block] for block in blocks])
        for place, blocks in zip("xhb", PAPER[mutant], strict=True)
    )
    return [x_t, h_prev, *stacks]


def _by_hand(mutant, x, h, W):
    """Return h_t of one row."""
    W, units = {name: w.tolist() for name, w in W.items()}, range(H)

    def dot(name, m, vector):
        return sum(w * v for w, v in zip(W[name][m], vector, strict=True))

    def sigm(a):
        return 1 / (1 + math.exp(-a))

    tanh_h = [math.tanh(v) for v in h]
    if mutant == "mut1":
        z = [sigm(dot("xz", m, x) + W["bz"][m]) for m in units]
        r = [sigm(dot("xr", m, x) + dot("hr", m, h) + W["br"][m]) for m in units]
        drive = [math.tanh(x[m]) for m in units]
    elif mutant == "mut2":
        z = [sigm(dot("xz", m, x) + dot("hz", m, h) + W["bz"][m]) for m in units]
        r = [sigm(x[m] + dot("hr", m, h) + W["br"][m]) for m in units]
        drive = [dot("xh", m, x) for m in units]
    else:
        z = [sigm(dot("xz", m, x) + dot("hz", m, tanh_h) + W["bz"][m]) for m in units]
        r = [sigm(dot("xr", m, x) + dot("hr", m, h) + W["br"][m]) for m in units]
        drive = [dot("xh", m, x) for m in units]
    rh = [r[m] * h[m] for m in units]
    new = [math.tanh(dot("hh", m, rh) + drive[m] + W["bh"][m]) for m in units]
    return [new[m] * z[m] + h[m] * (1 - z[m]) for m in units]


@pytest.mark.parametrize("mutant", STEPS)
def test_each_mutant_equals_the_papers_equations(mutant):
    x_t, h_prev, W = _draw(mutant)
    got = STEPS[mutant](*_args(mutant))
    for row in range(B):
        want = _by_hand(mutant, x_t[row].tolist(), h_prev[row].tolist(), W)
        assert_close(got[row], want)


@pytest.mark.parametrize("mutant", STEPS)
def test_the_blocks_are_those_of_the_formula(mutant):
    assert tuple("".join(stack) for stack in BLOCKS[mutant]) == PAPER[mutant]


@pytest.mark.parametrize("mutant", STEPS)
def test_z_is_the_share_of_the_new_state(mutant):
    x_t, h_prev, W_x, W_h, b = _args(mutant)
    b[:H] = -200
    assert_close(STEPS[mutant](x_t, h_prev, W_x, W_h, b), h_prev)


@pytest.mark.parametrize("mutant", STEPS)
def test_gradients_agree_with_central_differences(mutant):
    args = _args(mutant)
    sizes, shapes = [a.numel() for a in args], [a.shape for a in args]

    def loss(flat):
        parts = zip(flat.split(sizes), shapes, strict=True)
        return (STEPS[mutant](*(p.reshape(s) for p, s in parts)) ** 2).sum()

    def gradient(flat):
        flat = flat.clone().requires_grad_()
        return torch.autograd.grad(loss(flat), flat)[0]

    check_gradient(loss, gradient, torch.cat([a.flatten() for a in args]))


@pytest.mark.parametrize(
    ("mutant", "why"), [("mut1", r"tanh\(x_t\)"), ("mut2", "adds x_t to W_hr h_prev")]
)
def test_an_input_of_another_width_is_refused_with_the_reason(mutant, why):
    _, h_prev, W_x, W_h, b = _args(mutant)
    wide = torch.zeros(B, D, dtype=torch.float64)
    with pytest.raises(
        ShapeError, match=f"D = 5 and h_prev H = 4; wanted D = H.*{why}"
    ):
        STEPS[mutant](wide, h_prev, W_x, W_h, b)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("mutant", STEPS)
def test_each_argument_is_checked_for_shape_and_kind(mutant, place):
    args, name = _args(mutant), ["x_t", "h_prev", "W_x", "W_h", "b"][place]

    def step(bad):
        return STEPS[mutant](*args[:place], bad, *args[place + 1 :])

    with pytest.raises(ShapeError, match="wanted"):
        step(torch.cat([args[place], args[place]], dim=-1))
    with pytest.raises(ShapeError, match="has shape"):
        step(args[place][1:])
    with pytest.raises(KindError, match=name):
        step(args[place].float())
    with pytest.raises(KindError, match=f"{name} holds torch.int64"):
        step(args[place].long())


def test_the_gru_sized_stack_is_refused_with_the_blocks_of_mut1():
    x_t, h_prev, W_x, W_h, b = _args("mut1")
    with pytest.raises(ShapeError, match=r"2H = 8, .*in this order: r, h\."):
        mut1_step(x_t, h_prev, W_x, torch.cat([W_h, W_h[:H]]), b)


@pytest.mark.parametrize("mutant", STEPS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_any_floating_type_goes_in_and_comes_out(mutant, dtype):
    got = STEPS[mutant](*(a.to(dtype) for a in _args(mutant)))
    eps = torch.finfo(dtype).eps
    assert got.dtype == dtype
    want = STEPS[mutant](*_args(mutant))
    assert_close(got.double(), want, rtol=40 * eps, atol=40 * eps)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("mutant", STEPS)
def test_cuda_and_cpu_agree(mutant):
    got = STEPS[mutant](*(a.cuda() for a in _args(mutant)))
    assert got.device.type == "cuda"
    assert_close(got, STEPS[mutant](*_args(mutant)), rtol=1e-9)
