"""Equations of book/13_attention on the soft look, against torch and differences."""

import itertools

import numpy as np
import pytest
import torch
from chapter_13 import functions
from pages import draw
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from throughtime import models
from throughtime.testing import assert_close, numerical_gradient

T, N, C, Q, A = 3, 7, 5, 4, 6  # looks, cells, sizes of feature, query and network
NAMES = ("q", "f", "W_q", "W_k", "b", "v")


def given(seed=0):
    """Return the six arguments of the page's ``look``, in NumPy."""
    shapes = ((Q,), (N, C), (A, Q), (A, C), (A,), (A,))
    return [draw(seed + k, *shape).numpy() for k, shape in enumerate(shapes)]


def module(W_q, W_k, b, v):
    """Return the library's attention with these weights."""
    look = models.Attention(Q, C, A).double()
    with torch.no_grad():
        look.W_q.weight.copy_(torch.tensor(W_q))
        look.W_k.weight.copy_(torch.tensor(W_k))
        look.W_k.bias.copy_(torch.tensor(b))
        look.v.weight.copy_(torch.tensor(v)[None])
    return look


@pytest.mark.equation("eq-13-score")
@pytest.mark.equation("eq-13-weights")
@pytest.mark.equation("eq-13-context")
@pytest.mark.equation("eq-13-dot")
def test_a_look_by_dot_products_is_torchs_own():
    q, f = draw(1, T, C), draw(2, N, C)
    for t in range(T):
        e = [(q[t] * f[j]).sum() / C**0.5 for j in range(N)]
        total = sum(one.exp() for one in e)
        alpha = [one.exp() / total for one in e]
        z = sum(a * one for a, one in zip(alpha, f, strict=True))
        assert_close(z, scaled_dot_product_attention(q[None], f[None], f[None])[0, t])


@pytest.mark.equation("eq-13-additive")
def test_the_pages_look_is_the_librarys():
    values = given()
    z, alpha, _ = functions()["look"](*values)
    q, f = (torch.tensor(x)[None] for x in values[:2])
    look = module(*values[2:])
    want = look(q, f, look.keys(f))
    assert_close(z, want[0][0].detach())
    assert_close(alpha, want[1][0].detach())


@pytest.mark.equation("eq-13-hull")
@pytest.mark.parametrize("scale", [0.0, 1.0, 1000.0])
def test_what_is_seen_is_no_longer_than_the_longest_feature(scale):
    look = functions()["look"]
    for seed in range(20):
        q, f, *rest, v = given(10 * seed)
        z, _, _ = look(q, f, *rest, scale * v)
        longest = np.linalg.norm(f, axis=1).max()
        assert np.linalg.norm(z) <= longest * (1 + 1e-12)
    same = np.repeat(f[:1], N, axis=0)
    assert_close(look(q, same, *rest, v)[0], f[0])  # the bound is reached


def several(qs, f, W_q, W_k, b, v, weigh):
    """Return a loss of T looks at the same features, by torch."""
    s = torch.tanh((qs @ W_q.T)[:, None] + f @ W_k.T + b)
    alpha = torch.softmax(s @ v, dim=1)
    alpha.retain_grad()
    return (weigh * (alpha @ f)).sum(), alpha, s


@pytest.mark.equation("eq-13-dalpha")
@pytest.mark.equation("eq-13-de")
@pytest.mark.equation("eq-13-balance")
def test_weights_and_scores_hear_what_autograd_says():
    q, f, *rest = (torch.tensor(x, requires_grad=True) for x in given())
    dz = draw(9, C)
    W_q, W_k, b, v = rest
    e = torch.tanh(W_q @ q + f @ W_k.T + b) @ v
    e.retain_grad()
    alpha = torch.softmax(e, 0)
    alpha.retain_grad()
    (alpha @ f @ dz).backward()
    dalpha = f.detach() @ dz
    assert_close(dalpha, alpha.grad)
    a = alpha.detach()
    de = a * (dalpha - (a * dalpha).sum())
    assert_close(de, e.grad)
    assert_close((a * dalpha).sum(), dz @ (a @ f.detach()), name="what it has already")
    assert_close(e.grad.sum(), 0.0, atol=1e-14)


@pytest.mark.equation("eq-13-dadditive")
@pytest.mark.equation("eq-13-dfeature")
def test_looks_at_the_same_features_add_their_gradients():
    _, *values = given()
    qs, dz = draw(20, T, Q), draw(21, T, C)
    leaves = [torch.tensor(x, requires_grad=True) for x in values]
    asked = qs.clone().requires_grad_()
    several(asked, *leaves, dz)[0].backward()
    back = functions()["look_back"]
    got = [back(dz[t].numpy(), qs[t].numpy(), *values) for t in range(T)]
    assert_close([g["q"] for g in got], asked.grad)
    for name, leaf in zip(NAMES[1:], leaves, strict=True):
        assert_close(sum(g[name] for g in got), leaf.grad, name=name)


@pytest.mark.parametrize("place", range(6))
def test_the_way_back_is_that_of_central_differences(place):
    values, dz = given(), draw(22, C).numpy()
    page = functions()

    def loss(x):
        return dz @ page["look"](*values[:place], x, *values[place + 1 :])[0]

    got = page["look_back"](dz, *values)[NAMES[place]]
    assert_close(got, numerical_gradient(loss, values[place]), atol=1e-8)


@pytest.mark.equation("eq-13-sure")
@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
def test_a_sure_look_passes_no_more_than_the_bound(scale):
    for seed in range(50):
        e = (scale * draw(seed, N)).requires_grad_()
        f, dz = draw(seed + 100, N, C), draw(seed + 200, C)
        alpha = torch.softmax(e, 0)
        (alpha @ f @ dz).backward()
        c, a = f @ dz, alpha.detach()
        bound = a * (1 - a) * (c[:, None] - c).abs().amax(1)
        assert (e.grad.abs() <= bound + 1e-15).all()
    e = draw(1, 2).requires_grad_()  # with two cells it is reached
    alpha = torch.softmax(e, 0)
    (alpha @ torch.tensor([3.0, -1.0]).double()).backward()
    assert_close(e.grad.abs(), (alpha * (1 - alpha) * 4).detach())


@pytest.mark.equation("eq-13-variance")
@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_variance_of_a_product_is_its_size(size):
    signs = torch.tensor(list(itertools.product((-1.0, 1.0), repeat=2 * size)))
    products = (signs[:, :size] * signs[:, size:]).sum(1)  # all draws, equally likely
    assert products.mean() == 0
    assert products.square().mean() == size


@pytest.mark.equation("eq-13-step")
def test_the_step_written_out_is_the_captioners():
    torch.manual_seed(0)
    cnn = models.SmallCNN((4, 6), 12, halvings=2)
    model = models.AttentiveCaptioner(9, 5, cnn=cnn, embedding_size=3, attention_size=4)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5)
    model, picture = model.double().eval(), draw(3, 3, 12, 12).abs()
    ids = torch.tensor([1, 4, 8, 4])
    got = functions()["by_hand"](model, picture, ids)
    want, maps = model(picture[None], ids[:, None])
    assert_close(got, want[:, 0].detach())
    assert maps.shape == (4, 1, 3, 3)
