"""What holds for assignment a3 alone."""

from functools import partial

import numpy as np
import pytest
import torch
from questions import copied, run

from checks import a3_gradients, oracles
from throughtime import spectrum, unroll
from throughtime.cells import rnn_step

H, D = 4, 3
SOLUTION, _ = run("a3_gradients")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_copied_demonstration_is_still_the_librarys(rng):
    W_hh, h_0, dh_T = rng.normal(size=(H, H)), rng.normal(size=H), rng.normal(size=H)
    zeros = partial(torch.zeros, dtype=torch.float64)
    step = partial(
        rnn_step,
        W_xh=zeros(H, 1),
        W_hh=torch.tensor(W_hh),
        b_h=zeros(H),
        activation="relu",
    )
    recorder = spectrum.Recorder(step)
    start = torch.tensor(h_0)[None].requires_grad_(True)
    _, h_T = unroll.unroll(recorder, zeros(9, 1, 1), start)
    loss = (h_T[0] * torch.tensor(dh_T)).sum()
    want = spectrum.step_gradient_norms(loss, [start, *recorder.hs])
    got = copied(a3_gradients.demo_norms)(W_hh, h_0, dh_T, 9, 0.3)
    np.testing.assert_allclose(got, want)


def test_the_copied_rule_is_still_the_librarys_radius_and_a_ratio_of_one(rng):
    Ws, starts, ends = rng.normal(size=(50, H, H)) / 2, *rng.uniform(1, 3, size=(2, 50))
    above = np.array([spectrum.spectral_radius(torch.tensor(W)) > 1 for W in Ws])
    counts, wrong = copied(a3_gradients.judge_rule)(Ws, starts, ends)
    grew = starts > ends
    assert counts["above"] == ((grew & above).sum(), 0, (~grew & above).sum(), 0)
    assert counts["below"] == ((grew & ~above).sum(), 0, (~grew & ~above).sum(), 0)
    assert np.isclose(wrong, (grew != above).mean())


def test_the_copied_jacobian_is_still_the_librarys(rng):
    pre, W_hh = rng.normal(size=(6, H)), rng.normal(size=(H, H))
    W = torch.tensor(W_hh)
    Js = [spectrum.elman_jacobian(torch.tensor(a)[None], W) for a in pre]
    got = copied(a3_gradients.jacobian_between)(pre, W_hh, 0.3, 5, 2)
    np.testing.assert_allclose(got, spectrum.jacobian_product(Js, 5, 2))


def test_the_copied_bound_is_still_the_librarys(rng):
    W_hh = rng.normal(size=(H, H))
    norm = spectrum.spectral_norm(torch.tensor(W_hh))
    bound, _, _ = copied(a3_gradients.what_is_certain)(W_hh, 0.3, 0.25, 5)
    assert np.isclose(bound, spectrum.gradient_bound(norm, 0.25, 5))


def test_the_copied_clipping_is_still_the_librarys(rng):
    weights = {"W": rng.normal(size=(H, D)), "b": rng.normal(size=H)}
    grads = {name: 10 * rng.normal(size=W.shape) for name, W in weights.items()}
    parameters = [torch.nn.Parameter(torch.tensor(W)) for W in weights.values()]
    for parameter, grad in zip(parameters, grads.values(), strict=True):
        parameter.grad = torch.tensor(grad)
    want = spectrum.clip_norm_(parameters, 2.0)
    torch.optim.SGD(parameters, lr=0.1).step()
    moved, norm = copied(a3_gradients.clipped_step)(weights, grads, 7, 2.0, 0.1)
    assert np.isclose(norm, want)
    for W, parameter in zip(moved.values(), parameters, strict=True):
        np.testing.assert_allclose(W, parameter.detach())


def test_the_copied_start_is_still_the_librarys(rng):
    G = rng.normal(size=(H, H))
    want = spectrum.with_radius(torch.tensor(G), 0.9)
    got = copied(a3_gradients.start_weights)(G, 0.9, "logistic")
    np.testing.assert_allclose(got, want)


@pytest.mark.parametrize("angle", [0.0, 1.2, np.pi])
@pytest.mark.parametrize("shear", [0.01, 3.0])
def test_a_matrix_has_the_spectrum_that_it_was_built_from(rng, angle, shear):
    W = oracles.with_spectrum(5, 1.7, angle, rng, shear)
    found = np.linalg.eigvals(W)
    leading = found[np.abs(found).argmax()]
    assert np.isclose(abs(leading), 1.7)
    assert np.isclose(abs(np.angle(leading)), angle)
    others = np.sort(np.abs(found))[: 3 if 0 < angle < np.pi else 4]
    assert others.max() <= 1.7 / 2 + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_holds_for_real_networks(seed):
    rng = np.random.default_rng(seed)
    for case in a3_gradients.what_is_certain.draw(seed):
        W_hh, alpha, _, gap = case.args.values()
        bound, _, _ = SOLUTION["what_is_certain"](W_hh, alpha, 1.0, gap)
        pre = rng.normal(size=(gap, len(W_hh)))
        J = SOLUTION["jacobian_between"](pre, W_hh, alpha, gap, 0)
        assert np.linalg.norm(J, ord=2) <= bound * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_powers_of_the_linear_network_do_what_the_verdict_says(seed):
    for case in a3_gradients.what_is_certain.draw(seed):
        W_hh, alpha, _, _ = case.args.values()
        M = (1 - alpha) * np.eye(len(W_hh)) + alpha * W_hh
        size = np.linalg.norm(np.linalg.matrix_power(M, 512), ord=2)
        assert case.want[2] == ("vanishes" if size < 1 else "explodes")


def test_each_verdict_is_wanted_somewhere():
    wants = {case.want[1:] for case in a3_gradients.what_is_certain.draw(1)}
    open_cases = {("open", "vanishes"), ("open", "explodes")}
    assert wants == {("vanishes", "vanishes"), *open_cases}


def test_the_example_of_question_1_grows_by_a_half_more_at_each_step():
    W_hh, first_unit = np.array([[1.5, 2.5], [-1.0, -1.5]]), np.array([1.0, 0.0])
    assert np.isclose(np.abs(np.linalg.eigvals(W_hh)).max(), 0.5)
    norms = SOLUTION["demo_norms"](W_hh, first_unit, first_unit, 30, 0)
    np.testing.assert_allclose(norms[:-2] / norms[1:-1], 1.5)


@pytest.mark.parametrize("seed", range(20))
def test_three_steps_of_the_blogs_network_lose_every_gradient(seed):
    rng = np.random.default_rng(seed)
    W = np.diag([10.0, 10.0], 1)
    assert np.isclose(np.linalg.norm(W, ord=2), 10)
    Js = [np.diag(1 - np.tanh(rng.normal(size=3)) ** 2) @ W for _ in range(3)]
    assert 0 < np.linalg.norm(Js[1] @ Js[0], ord=2) <= 100
    assert not (Js[2] @ Js[1] @ Js[0]).any()


def test_the_open_case_of_question_4_is_open_indeed():
    # With slopes of f between 0 and 1/2 the product may vanish, and it may not.
    W = np.array([[2.0, 2.0], [-2.0, -2.0]])
    assert np.isclose(np.linalg.norm(W, ord=2), 4)
    Js = [np.eye(2) / 2 + np.diag(slopes) @ W / 2 for slopes in ((0, 0), (0.5, 0))]
    assert np.linalg.matrix_power(Js[0], 100).max() < 1e-9
    np.testing.assert_allclose(np.linalg.matrix_power(Js[1], 100)[:, 0], [1, 0])
