"""The numbers that book/05_gradients states in words: by hand, in claims, answers."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from throughtime import spectrum
from throughtime.testing import assert_close, numerical_gradient

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "05_gradients.md").read_text(encoding="utf-8")
W = np.array([[1.5, 2.5], [-1.0, -1.5]])


def _numbers(text):
    """Return the numbers of a text with the page's minus signs."""
    text = text.replace("\N{MINUS SIGN}", "-")
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def _answer(name):
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def _run(h, steps, relu):
    for _ in range(steps):
        h = torch.tensor(W) @ h
        h = torch.relu(h) if relu else h
    return h


def _back(start, relu):
    """Return g_3 to g_0 as autograd finds them, whose slope at 0 is 0."""
    gradients = []
    for steps in range(4):
        h = _run(torch.tensor(start).double(), 3 - steps, relu).requires_grad_()
        gradients.append(torch.autograd.grad(_run(h, steps, relu)[0], h)[0])
    return torch.stack(gradients)


@pytest.mark.parametrize(
    ("row", "start", "relu"),
    [
        ("no $f$", (1.0, 0.5), False),
        ("ReLU from (1, 0)", (1.0, 0.0), True),
        ("ReLU from (1.6, \N{MINUS SIGN}1)", (1.6, -1.0), True),
    ],
)
def test_the_table_of_three_fates_is_what_differences_find(row, start, relu):
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {row} |")]
    cells = [_numbers(cell) for cell in line.split("|")[2:-1]]
    assert_close(cells, _back(start, relu))
    h_0 = torch.tensor(start).double()
    differences = numerical_gradient(lambda h: _run(h, 3, relu)[0], h_0)
    assert_close(cells[-1], differences, atol=1e-8)  # no slope at 0 is asked for here


def test_the_matrix_of_the_first_section_has_the_sizes_that_are_said():
    assert r"\begin{pmatrix} 1.5 & 2.5 \\ -1 & -1.5 \end{pmatrix}" in PAGE
    assert_close(np.linalg.eigvals(W).real, [0, 0])
    assert_close(np.sort(np.linalg.eigvals(W).imag), [-0.5, 0.5])
    assert round(np.linalg.norm(W, 2), 1) == 3.4
    assert r"$\rho = 0.5$ and $\sigma_{\max} = 3.4$" in PAGE
    state, states = np.array([1.0, 0.0]), []
    for _ in range(3):
        state = np.maximum(W @ state, 0)
        states.append(tuple(state))
    assert states == [(1.5, 0), (2.25, 0), (3.375, 0)]
    assert "$(1.5, 0)$, $(2.25, 0)$ and $(3.375, 0)$" in PAGE
    assert_close(W @ [1.6, -1], [-0.1, -0.1])


def test_the_table_of_copies_is_what_autograd_gives():
    (line,) = [line for line in PAGE.splitlines() if line.startswith("| gradient |")]
    *parts, total = _numbers(line)
    copies = torch.full((6,), 0.5, dtype=torch.float64, requires_grad=True)
    h = torch.zeros(())
    for w_t in copies:
        h = w_t * h + 1
    want = torch.autograd.grad(h, copies)[0]
    assert_close(parts, want)
    assert_close(total, want.sum())


def test_the_counterexamples_in_words_are_right():
    nilpotent, turn = (
        torch.tensor([[0.0, 10], [0, 0]]),
        torch.tensor([[0.0, -2], [2, 0]]),
    )
    assert (nilpotent @ nilpotent == 0).all()
    assert spectrum.spectral_norm(nilpotent) == 10
    assert_close(torch.linalg.eigvals(turn.double()).abs(), [2, 2])
    assert_close(torch.linalg.eigvals(turn.double()).real, [0, 0])


def test_a_range_inside_the_circle_keeps_all_powers_below_two():
    for seed in range(5):
        chance = torch.Generator().manual_seed(seed)
        W = torch.triu(torch.randn(6, 6, generator=chance, dtype=torch.float64))
        W = W / spectrum.numerical_radius(W)
        assert spectrum.power_norms(W, 50).max() <= 2


def test_clipping_a_mixed_gradient_loses_its_near_part():
    g = torch.zeros(2, requires_grad=True)
    g.grad = torch.tensor([1e6, 1.0])
    torch.nn.utils.clip_grad_norm_([g], 5.0)
    stated = _numbers(re.search(r"clipped at 5 it is \$\((.+?)\)\$", PAGE)[1])
    assert_close(stated, g.grad, rtol=1e-5)


def test_clipping_by_value_turns_as_far_as_is_said():
    a, b = np.array([100.0, 1]), np.array([5.0, 1])
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert round(math.degrees(math.acos(cosine)), 1) == 10.7
    assert "(5, 1), which points 10.7 degrees away" in PAGE


def _without_root(norm, threshold):
    return threshold / norm if norm**2 > threshold else norm


def test_the_story_of_the_root_has_its_numbers():
    assert round(_without_root(3, 5), 2) == 1.67
    assert "3 is cut to 1.67 although 5 is allowed" in PAGE


def test_exercise_root():
    got = [_without_root(norm, 0.25) for norm in (0.3, 0.5, 0.8, 2.0)]
    stated = re.search(r"returns (.+); all four should be 0\.25", _answer("ex-05-root"))
    assert_close(_numbers(stated[1]), got)
    assert _without_root(1.0, 0.25) == 0.25  # right at norm 1, if that is above lambda
    assert _without_root(1.0, 5.0) == 1.0


def test_exercise_sizes():
    A = np.array([[0.5, 3], [0, 0.5]])
    both = A @ A.T
    answer = _answer("ex-05-sizes")
    assert_close(both, [[9.25, 1.5], [1.5, 0.25]])
    assert f"$\\rho(AB) = {np.linalg.eigvals(both).max():.4f}$" in answer
    assert f"$\\sigma_{{\\max}}(A) = {np.linalg.norm(A, 2):.4f}$" in answer
    assert_close(np.linalg.det(both), 0.0625)


def test_exercise_order():
    W_hh, a_1, a_2 = torch.tensor([[0.0, 1], [1, 1]]), [1.0, -1], [-1.0, 1]
    K_2, K_3 = (
        spectrum.pascanu_jacobian(torch.tensor([a]), W_hh, "relu") for a in (a_1, a_2)
    )
    answer = _answer("ex-05-order")
    pairs = [(K_2, "0 & 0 \\\\ 1 & 0"), (K_3, "0 & 1 \\\\ 0 & 1")]
    pairs += [(K_3 @ K_2, "1 & 0 \\\\ 1 & 0"), (K_2 @ K_3, "0 & 0 \\\\ 0 & 1")]
    for matrix, text in pairs:
        assert _numbers(text) == matrix.flatten().tolist()
        assert f"\\begin{{pmatrix}} {text} \\end{{pmatrix}}" in answer
    assert ((K_3 @ K_2).T @ torch.tensor([1.0, 0])).tolist() == [1, 0]
    assert ((K_2 @ K_3).T @ torch.tensor([1.0, 0])).tolist() == [0, 0]


def test_exercise_rise():
    n = np.arange(1, 1000)
    corner = n * 0.99 ** (n - 1.0)
    assert n[corner.argmax()] in (99, 100)
    assert_close(corner[98], corner[99])
    assert f"= {corner.max():.2f}$" in _answer("ex-05-rise")
    norms = spectrum.power_norms(torch.tensor([[0.99, 1.0], [0, 0.99]]).double(), 700)
    assert (norms[:100].diff() > 0).all()
    assert abs((norms > 1).nonzero().max().item() - 650) < 10


def test_exercise_scale():
    assert_close(0.95 / math.sqrt(400), 0.0475)
    chance = torch.Generator().manual_seed(5)
    W = 0.0475 * torch.randn(400, 400, generator=chance, dtype=torch.float64)
    assert spectrum.spectral_radius(W) == pytest.approx(0.95, rel=0.1)
    assert spectrum.spectral_norm(W) == pytest.approx(1.9, rel=0.05)
    Q = 0.95 * spectrum.orthogonal(10, chance, torch.float64)
    assert_close(spectrum.spectral_norm(Q), 0.95)
    assert_close(spectrum.spectral_radius(Q), 0.95)
