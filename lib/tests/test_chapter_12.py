"""Every labelled equation of book/12_captioning, evaluated against an oracle."""

import pytest
import torch
from chapter_12 import draw_ids, functions
from pages import draw
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from throughtime.models import Captioner, SmallCNN
from throughtime.testing import assert_close

T, B, D, H, V, SIDE = 7, 3, 5, 4, 11, 12


@pytest.mark.equation("eq-12-conv")
@pytest.mark.parametrize(
    ("k", "C", "to", "g"), [(3, 4, 6, 1), (5, 8, 4, 2), (1, 3, 9, 3)]
)
def test_the_weights_of_a_convolution_are_torchs(k, C, to, g):
    layer = nn.Conv2d(C, to, k, groups=g)
    found = sum(p.numel() for p in layer.parameters())
    assert found == (k**2 * C // g + 1) * to
    assert sum(functions()["count"]({"conv": layer}).values()) == found


@pytest.mark.equation("eq-12-full")
def test_the_weights_of_a_full_layer_are_torchs():
    assert sum(p.numel() for p in nn.Linear(D, H).parameters()) == (D + 1) * H


def test_the_work_of_a_convolution_is_what_torch_counts():
    layer = nn.Conv2d(4, 6, 3, padding=1)
    with FlopCounterMode(display=False) as counter:
        layer(torch.zeros(1, 4, 10, 10))
    assert counter.get_total_flops() == 2 * 9 * 4 * 6 * 10**2


def captioner(way):
    torch.manual_seed(1)
    how = {"way": way, "cnn": SmallCNN((4, 8), SIDE, halvings=2), "embedding_size": D}
    return Captioner(V, H, "GRU", **how).double().eval()


def written_out(way, model, f, ids):
    """Return logits by the page's equations, with torch's own GRU cell."""
    W_x, W_h, b = model.layer.weights("_l0").values()
    gate = nn.GRUCell(W_x.shape[1], H).double()
    for name, value in zip(
        ("weight_ih", "weight_hh", "bias_ih"), (W_x, W_h, b), strict=True
    ):
        getattr(gate, name).data = value.detach()
    gate.bias_hh.data.zero_()
    GRU = _reset_before(gate)
    W_I, b_I, a_I = model.image.weight, model.image.bias, None
    a_I = f @ W_I.T + b_I
    h = torch.zeros(B, H).double()
    if way == "init":
        h = torch.tanh(a_I)
    if way == "first":
        h = GRU(a_I, h)
    logits = []
    for x in model.embed.weight[ids]:
        h = GRU(torch.cat([x, a_I], 1) if way == "every" else x, h)
        m = h
        if way == "late":
            W_w, W_r = model.merge.weight.split([D, H], 1)
            m = torch.tanh(x @ W_w.T + h @ W_r.T + a_I + model.merge.bias)
        logits.append(m @ model.output.weight.T + model.output.bias)
    return torch.stack(logits)


def _reset_before(gate):
    """Return a GRU's step with the reset before the product, from a cell's weights."""

    def step(x, h):
        r_x, z_x, n_x = (x @ gate.weight_ih.T + gate.bias_ih).chunk(3, 1)
        W_r, W_z, W_n = gate.weight_hh.chunk(3)
        r, z = torch.sigmoid(r_x + h @ W_r.T), torch.sigmoid(z_x + h @ W_z.T)
        return z * h + (1 - z) * torch.tanh(n_x + (r * h) @ W_n.T)

    return step


@pytest.mark.equation("eq-12-init")
@pytest.mark.equation("eq-12-first")
@pytest.mark.equation("eq-12-every")
@pytest.mark.equation("eq-12-late")
@pytest.mark.parametrize("way", ["init", "first", "every", "late"])
def test_the_four_ways_in_are_those_of_the_library(way):
    model, ids = captioner(way), draw_ids(1, V, T, B)
    pictures = draw(2, B, 3, SIDE, SIDE)
    f = model.cnn(pictures).flatten(1)
    assert_close(written_out(way, model, f, ids), model(pictures, ids))


def _gradients(way, read=None):
    """Return the model, f, what the picture became, logits, loss and ids.

    ``read`` gets the inputs of the recurrent layer.
    """
    model, ids = captioner(way), draw_ids(3, V, T, B)
    f = draw(4, B, model.image.in_features).requires_grad_()
    kept, kept_inputs = [], [] if read is None else read
    model.image.register_forward_hook(lambda layer, x, y: kept.append(y))
    model.layer.register_forward_pre_hook(lambda layer, x: kept_inputs.append(x[0]))
    model.cnn.forward = lambda images: f.reshape(B, 3, 3, 8)
    logits = model(draw(5, B, 3, SIDE, SIDE), ids)
    targets = draw_ids(6, V, T, B)
    loss = cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
    return model, f, kept[0], logits, loss, ids


@pytest.mark.equation("eq-12-dinit")
def test_what_reaches_the_picture_through_the_first_state():
    model, f, a, _, loss, _ = _gradients("init")
    df, da = torch.autograd.grad(loss, [f, a])
    h_0 = torch.tanh(a.detach())
    dh_0 = da / (1 - h_0**2)  # checked by differences below
    assert_close(((1 - h_0**2) * dh_0) @ model.image.weight, df)
    move, e = draw(7, B, H), 1e-6
    found = []
    for sign in (1, -1):
        model.image.forward = lambda x, s=sign: torch.atanh(h_0 + s * e * move)
        logits = model(draw(5, B, 3, SIDE, SIDE), draw_ids(3, V, T, B))
        targets = draw_ids(6, V, T, B).flatten()
        found.append(cross_entropy(logits.flatten(0, 1), targets, reduction="sum"))
    assert_close((found[0] - found[1]) / (2 * e), (dh_0 * move).sum(), rtol=1e-6)


@pytest.mark.equation("eq-12-dlate")
def test_what_reaches_the_picture_late_takes_no_step_through_time():
    model, f, a, logits, loss, ids = _gradients("late")
    df, do = torch.autograd.grad(loss, [f, logits])
    xs = model.embed(ids)
    hs, _ = model.layer(xs)
    m = torch.tanh(model.merge(torch.cat([xs, hs], -1)) + a)
    dm = (1 - m**2) * (do @ model.output.weight)
    assert_close(dm.sum(0) @ model.image.weight, df)


def test_what_reaches_the_picture_at_every_step_is_the_sum_of_its_inputs():
    read = []
    model, f, _, _, loss, _ = _gradients("every", read)
    df, di = torch.autograd.grad(loss, [f, read[0]])
    da = di[..., D:].sum(0)
    assert_close(da @ model.image.weight, df)
