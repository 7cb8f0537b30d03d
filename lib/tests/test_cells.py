"""One step equals torch's own cell; Pascanu's is Elman's in another variable."""

import pytest
import torch

from throughtime.cells import ACTIVATIONS, pascanu_step, rnn_step
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.testing import assert_close


def _args(net):
    return {
        "x_t": net.xs[0],
        "h_prev": net.h_0,
        "W_xh": net.W_xh,
        "W_hh": net.W_hh,
        "b_h": net.b_h,
    }


def _torch_cell(net, activation):
    H, D = net.W_xh.shape
    cell = torch.nn.RNNCell(D, H, nonlinearity=activation, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih.copy_(net.W_xh)
        cell.weight_hh.copy_(net.W_hh)
        cell.bias_ih.copy_(net.b_h)
        cell.bias_hh.zero_()
    return cell


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_rnn_step_equals_torchs_cell(net, activation):
    want = _torch_cell(net, activation)(net.xs[0], net.h_0)
    assert_close(rnn_step(**_args(net), activation=activation), want)


def test_tanh_is_the_default(net):
    assert_close(rnn_step(**_args(net)), _torch_cell(net, "tanh")(net.xs[0], net.h_0))


def test_identity_leaves_the_affine_map_of_each_row(net):
    got = rnn_step(**_args(net), activation="identity")
    for row in range(3):
        column = net.W_xh @ net.xs[0, row] + net.W_hh @ net.h_0[row] + net.b_h
        assert_close(got[row], column)


def test_a_step_worked_out_on_paper():
    def row(*numbers):
        return torch.tensor([numbers], dtype=torch.float64)

    W_hh = torch.tensor([[0.5, -1.0], [1.0, 0.0]], dtype=torch.float64)
    W_xh, b_h = row(1, -1).T, row(0, 1)[0]
    a = pascanu_step(row(1), row(1, 3), W_xh, W_hh, b_h, activation="identity")
    h = rnn_step(row(1), row(1, 3), W_xh, W_hh, b_h, activation="relu")
    assert a.tolist() == [[-1.5, 1.0]]
    assert h.tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_pascanu_is_elman_with_h_equal_to_f_of_a(net, activation):
    f = ACTIVATIONS[activation]
    a_t, h_t = net.h_0, f(net.h_0)
    weights = net.W_xh, net.W_hh, net.b_h, activation
    for x_t in net.xs:
        a_t, h_t = pascanu_step(x_t, a_t, *weights), rnn_step(x_t, h_t, *weights)
        assert_close(f(a_t), h_t)


def test_their_jacobians_differ_in_where_the_slope_stands(net):
    x_t, a_prev = net.xs[0, :1], net.h_0[:1]
    weights = net.W_xh, net.W_hh, net.b_h
    jacobian = torch.autograd.functional.jacobian
    elman = jacobian(lambda h: rnn_step(x_t, h, *weights)[0], torch.tanh(a_prev))
    pascanu = jacobian(lambda a: pascanu_step(x_t, a, *weights)[0], a_prev)
    a_t = pascanu_step(x_t, a_prev, *weights)[0]
    slope_new, slope_old = 1 - torch.tanh(a_t) ** 2, 1 - torch.tanh(a_prev[0]) ** 2
    assert_close(elman[:, 0], torch.diag(slope_new) @ net.W_hh)
    assert_close(pascanu[:, 0], net.W_hh @ torch.diag(slope_old))


def test_a_step_changes_none_of_its_arguments(net):
    before = {name: value.clone() for name, value in _args(net).items()}
    rnn_step(**_args(net))
    pascanu_step(*_args(net).values())
    assert all(torch.equal(before[name], value) for name, value in _args(net).items())


@pytest.mark.parametrize("step", [rnn_step, pascanu_step])
@pytest.mark.parametrize("place", range(5))
def test_each_argument_is_checked_for_shape_and_kind(net, step, place):
    args = list(_args(net).values())
    name = step.__code__.co_varnames[place]
    wider = torch.cat([args[place], args[place]], dim=-1)
    with pytest.raises(ShapeError, match="has shape"):
        step(*args[:place], wider, *args[place + 1 :])
    with pytest.raises(KindError, match=name):
        step(*args[:place], args[place].float(), *args[place + 1 :])
    with pytest.raises(KindError, match=f"{name} holds torch.int64"):
        step(*args[:place], args[place].long(), *args[place + 1 :])


@pytest.mark.parametrize("step", [rnn_step, pascanu_step])
def test_one_row_of_input_is_not_spread_over_a_batch(net, step):
    args = _args(net) | {"x_t": net.xs[0, :1]}
    with pytest.raises(ShapeError, match="B is 1 here and 3 in the other"):
        step(*args.values())


def test_a_transposed_weight_is_named_with_its_remedy(net):
    args = _args(net) | {"W_xh": net.W_xh.T}
    with pytest.raises(ShapeError, match=r"W_xh has .*Try W_xh\.transpose\(0, 1\)"):
        rnn_step(**args)


def test_nan_goes_through_to_its_own_row_only(net):
    x_t = net.xs[0].clone()
    x_t[1, 2] = float("nan")
    h_t = rnn_step(**_args(net) | {"x_t": x_t})
    assert h_t.isnan().all(dim=1).tolist() == [False, True, False]
    assert h_t.isnan().any(dim=1).tolist() == [False, True, False]


def test_an_unknown_activation_is_refused_with_the_known_ones(net):
    with pytest.raises(ThroughTimeError, match="'sin'; wanted one of tanh, relu, ide"):
        rnn_step(**_args(net), activation="sin")


@pytest.mark.parametrize("step", [rnn_step, pascanu_step])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_any_floating_type_goes_in_and_comes_out(net, step, dtype):
    args = list(_args(net).values())
    got, eps = step(*(a.to(dtype) for a in args)), torch.finfo(dtype).eps
    assert got.dtype == dtype
    assert_close(got.double(), step(*args), rtol=40 * eps, atol=40 * eps)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("step", [rnn_step, pascanu_step])
def test_cuda_and_cpu_agree_and_the_result_stays_on_its_device(net, step):
    args = list(_args(net).values())
    got = step(*(a.cuda() for a in args))
    assert got.device.type == "cuda"
    assert_close(got, step(*args), rtol=1e-9)
