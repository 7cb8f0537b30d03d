"""The GRU's four conventions are four functions; one of them is torch's."""

import itertools
import math

import pytest
import torch

from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.gated import GRU_BLOCKS, gru_step
from throughtime.testing import assert_close, check_gradient

B, D, H = 3, 5, 4
CONVENTIONS = [
    {"reset_after": after, "z": z}
    for after, z in itertools.product([False, True], ["keeps", "writes"])
]
SCALARS = {
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "hard_sigmoid": lambda a: min(max(a / 6 + 0.5, 0), 1),
    "hard_sigmoid_02": lambda a: min(max(0.2 * a + 0.5, 0), 1),
}


@pytest.fixture
def args():
    """x_t, h_prev, W_x, W_h, b, b_hn."""
    generator = torch.Generator().manual_seed(40)
    shapes = (B, D), (B, H), (3 * H, D), (3 * H, H), (3 * H,), (H,)
    return [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]


def _by_hand(x, h, W_x, W_h, b, b_hn, sigma, reset_after, z):
    """Return h_t of one row: the page's equations in Python floats."""
    (W_xr, W_xz, W_xn), (W_hr, W_hz, W_hn) = (
        [W[k * H : (k + 1) * H].tolist() for k in range(3)] for W in (W_x, W_h)
    )
    b_r, b_z, b_n = (b[k * H : (k + 1) * H].tolist() for k in range(3))
    x, h, b_hn, squash = x.tolist(), h.tolist(), b_hn.tolist(), SCALARS[sigma]

    def dot(row, vector):
        return sum(w * v for w, v in zip(row, vector, strict=True))

    def gate(W, U, bias):
        return [squash(dot(W[m], x) + dot(U[m], h) + bias[m]) for m in range(H)]

    r, share = gate(W_xr, W_hr, b_r), gate(W_xz, W_hz, b_z)
    gated = [r[m] * h[m] for m in range(H)]
    h_t = []
    for m in range(H):
        if reset_after:
            of_h = r[m] * (dot(W_hn[m], h) + b_hn[m])
        else:
            of_h = dot(W_hn[m], gated)
        new = math.tanh(dot(W_xn[m], x) + b_n[m] + of_h)
        keep = share[m] if z == "keeps" else 1 - share[m]
        h_t.append(keep * h[m] + (1 - keep) * new)
    return h_t


@pytest.mark.parametrize("sigma", SCALARS)
@pytest.mark.parametrize("convention", CONVENTIONS, ids=str)
def test_each_convention_equals_its_equations(args, convention, sigma):
    if not convention["reset_after"]:
        args[5] = None
    got = gru_step(*args, **convention, sigma=sigma)
    b_hn = torch.zeros(H) if args[5] is None else args[5]
    for row in range(B):
        of_row = args[0][row], args[1][row], *args[2:5], b_hn
        assert_close(got[row], _by_hand(*of_row, sigma, **convention))


def _torch_cell(seed=41):
    torch.manual_seed(seed)
    cell = torch.nn.GRUCell(D, H, dtype=torch.float64)
    b = cell.bias_ih + cell.bias_hh
    b[2 * H :] = cell.bias_ih[2 * H :]
    return cell, (cell.weight_ih, cell.weight_hh, b)


def test_reset_after_with_the_bias_inside_is_torchs_cell(args):
    cell, ours = _torch_cell()
    got = gru_step(*args[:2], *ours, cell.bias_hh[2 * H :], reset_after=True)
    assert_close(got, cell(*args[:2]))


@pytest.mark.parametrize("convention", CONVENTIONS, ids=str)
def test_torchs_cell_is_none_of_the_other_conventions(args, convention):
    cell, ours = _torch_cell()
    if convention == {"reset_after": True, "z": "keeps"}:
        convention = convention | {"sigma": "hard_sigmoid"}
    bias = (cell.bias_hh[2 * H :],) if convention["reset_after"] else ()
    got = gru_step(*args[:2], *ours, *bias, **convention)
    assert (got - cell(*args[:2])).abs().max() > 0.005


def test_the_bias_b_hn_is_zero_unless_given(args):
    got = gru_step(*args[:5], reset_after=True)
    assert torch.equal(got, gru_step(*args[:5], args[5] * 0, reset_after=True))


def test_reset_before_and_after_differ_on_paper():
    def tensor(*rows):
        return torch.tensor(rows, dtype=torch.float64)

    W_h = torch.cat([torch.zeros(4, 2).double(), tensor([0, 1], [1, 0])])
    b = tensor(3, -3, -3, -3, 0, 0)  # with hard_sigmoid: r = (1, 0), z = (0, 0)
    args = tensor([0]), tensor([1, 1]), torch.zeros(6, 1).double(), W_h, b
    before = gru_step(*args, sigma="hard_sigmoid")
    after = gru_step(*args, sigma="hard_sigmoid", reset_after=True)
    assert_close(before, [[0, math.tanh(1)]])
    assert_close(after, [[math.tanh(1), 0]])


def test_reset_before_and_after_agree_when_w_hn_is_diagonal(args):
    args[3][2 * H :] = torch.diag(args[3][2 * H :].diagonal())
    assert_close(gru_step(*args[:5]), gru_step(*args[:5], reset_after=True))


def test_z_keeps_and_z_writes_swap_when_the_rows_of_z_change_sign(args):
    turned = [a.clone() for a in args]
    for stacked in turned[2:5]:
        stacked[H : 2 * H] *= -1
    assert_close(gru_step(*args[:5]), gru_step(*turned[:5], z="writes"))


@pytest.mark.parametrize(("z", "bias"), [("keeps", 3), ("writes", -3)])
def test_a_unit_that_keeps_all_ignores_its_reset_gate(args, z, bias):
    args[2][H : 2 * H], args[3][H : 2 * H], args[4][H : 2 * H] = 0, 0, bias
    got = gru_step(*args[:5], z=z, sigma="hard_sigmoid")
    assert torch.equal(got, args[1])


@pytest.mark.parametrize("convention", CONVENTIONS, ids=str)
def test_gradients_agree_with_central_differences(args, convention):
    args = args if convention["reset_after"] else args[:5]
    sizes, shapes = [a.numel() for a in args], [a.shape for a in args]

    def loss(flat):
        parts = zip(flat.split(sizes), shapes, strict=True)
        return (gru_step(*(p.reshape(s) for p, s in parts), **convention) ** 2).sum()

    def gradient(flat):
        flat = flat.clone().requires_grad_()
        return torch.autograd.grad(loss(flat), flat)[0]

    check_gradient(loss, gradient, torch.cat([a.flatten() for a in args]))


def test_the_blocks_are_r_z_n_in_every_stack():
    assert GRU_BLOCKS == (("r", "z", "n"),) * 3


@pytest.mark.parametrize("place", range(6))
def test_each_argument_is_checked_for_shape_and_kind(args, place):
    name = ["x_t", "h_prev", "W_x", "W_h", "b", "b_hn"][place]

    def step(bad):
        return gru_step(*args[:place], bad, *args[place + 1 :], reset_after=True)

    with pytest.raises(ShapeError, match="has shape"):
        step(torch.cat([args[place], args[place]], dim=-1))
    with pytest.raises(ShapeError, match="has shape"):
        step(args[place][1:])
    with pytest.raises(KindError, match=name):
        step(args[place].float())
    with pytest.raises(KindError, match=f"{name} holds torch.int64"):
        step(args[place].long())


def test_the_inner_bias_is_refused_when_the_reset_comes_before(args):
    with pytest.raises(ThroughTimeError, match=r"b_hn is given.*Try reset_after=True"):
        gru_step(*args)


@pytest.mark.parametrize("option", ["z", "sigma"])
def test_an_unknown_name_is_refused_with_the_known_ones(args, option):
    with pytest.raises(ThroughTimeError, match=f"{option} is 'erases'; wanted .*Try"):
        gru_step(*args[:5], **{option: "erases"})


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_any_floating_type_goes_in_and_comes_out(args, dtype):
    got = gru_step(*(a.to(dtype) for a in args), reset_after=True)
    eps = torch.finfo(dtype).eps
    assert got.dtype == dtype
    want = gru_step(*args, reset_after=True)
    assert_close(got.double(), want, rtol=40 * eps, atol=40 * eps)


def test_a_step_changes_none_of_its_arguments(args):
    before = [a.clone() for a in args]
    gru_step(*args, reset_after=True)
    assert all(torch.equal(a, b) for a, b in zip(args, before, strict=True))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("convention", CONVENTIONS, ids=str)
def test_cuda_and_cpu_agree(args, convention):
    got = gru_step(*(a.cuda() for a in args[:5]), **convention)
    assert got.device.type == "cuda"
    assert_close(got, gru_step(*args[:5], **convention), rtol=1e-9)
