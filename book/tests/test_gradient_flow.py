"""The gradient flow computes and shows autograd's norms in stacked tanh cells."""

import re
from functools import cache, partial

import draws
import pytest
import stage
import torch

from throughtime.cells import rnn_step
from throughtime.spectrum import Recorder, step_gradient_norms
from throughtime.unroll import unroll

pytestmark = pytest.mark.browser

H, LAYERS, T = 8, 4, 12
NAMES = {
    "small": "0.01 randn",
    "unit": "randn",
    "root": "randn / √H",
    "orthogonal": "orthogonal",
    "identity": "identity",
}
CASES = [
    {"start": "root", "scale": 0.5, "seed": 1, "loss": "last"},
    {"start": "small", "scale": 1.0, "seed": 2, "loss": "last"},
    {"start": "unit", "scale": 2.0, "seed": 3, "loss": "each"},
    {"start": "orthogonal", "scale": 1.0, "seed": 4, "loss": "each"},
    {"start": "orthogonal", "scale": 1.35, "seed": 5, "loss": "last"},
    {"start": "identity", "scale": 0.7, "seed": 6, "loss": "last"},
]


def draw_weights(start, scale, draw):
    if start == "identity":
        return scale * torch.eye(H, dtype=torch.float64)
    if start == "orthogonal":
        return scale * draws.orthogonal(H, draw)
    return scale * draw(H, H) * {"small": 0.01, "unit": 1, "root": H**-0.5}[start]


@cache
def truth(start, scale, seed, loss):
    """Return the norms, a row a layer, the lowest first."""
    draw = draws.normals(seed)
    xs = draw(T, 1, H)
    us = [u / u.norm() for u in (draw(H) for _ in range(T))]
    below, states = xs.requires_grad_(), []
    for _ in range(LAYERS):
        weights = {name: draw_weights(start, scale, draw) for name in ("W_xh", "W_hh")}
        step = partial(rnn_step, **weights, b_h=torch.zeros(H).double())
        recorder = Recorder(step)
        unroll(recorder, below, torch.zeros(1, H).double())
        states.append(recorder.hs)
        below = torch.stack(recorder.hs)
    terms = [h @ u for h, u in zip(states[-1], us, strict=True)]
    total = sum(terms) if loss == "each" else terms[-1]
    return [step_gradient_norms(total.sum(), hs).tolist() for hs in states]


@pytest.fixture(scope="module")
def load(browser, tmp_path_factory):
    with stage.stage(browser, tmp_path_factory.mktemp("flow"), "gradient-flow") as load:
        yield load


@pytest.fixture(scope="module")
def page(load):
    return load()


def set_up(page, start, scale, seed, loss):
    page.get_by_role("radio", name=NAMES[start], exact=True).check()
    page.get_by_role(
        "radio", name=f"at {'the last' if loss == 'last' else 'each'}"
    ).check()
    stage.slide(page, "Scale of all weights", scale)
    page.get_by_role("spinbutton", name="Seed").fill(str(seed))
    page.keyboard.press("Enter")


def equal(page, case):
    rows = zip(stage.result(page), truth(**case), strict=True)
    return all(found == pytest.approx(want, rel=1e-9, abs=0) for found, want in rows)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_norms_are_autograds(page, case):
    set_up(page, **case)
    assert equal(page, case)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("width", [800, 390])
def test_each_state_shows_the_logarithm_of_its_norm(page, case, width):
    page.set_viewport_size({"width": width, "height": 900})
    set_up(page, **case)
    page.wait_for_function(
        "() => document.querySelector('.panel-stage svg').viewBox.baseVal.width"
        " === Math.max(240, document.querySelector('.panel-stage').clientWidth)"
    )
    shown = dict(
        page.locator("[data-norm]").evaluate_all(
            "all => all.map(e => [e.dataset.norm, e.textContent])"
        )
    )
    slack = 0.0501 if width == 800 else 0.501
    for layer, row in enumerate(truth(**case), start=1):
        for t, norm in enumerate(row, start=1):
            seen = float(stage.plain(shown.pop(f"{layer},{t}")))
            assert seen == pytest.approx(torch.tensor(norm).log10().item(), abs=slack)
    assert shown == {}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_colour_is_the_stronger_the_larger_the_norm(page, case):
    set_up(page, **case)
    cells = page.locator(".flow-cell").evaluate_all(
        "all => all.map(e => [e.classList.contains('large'), parseFloat("
        "e.style.getPropertyValue('--part')), +e.getAttribute('y'),"
        " +e.getAttribute('x')])"
    )
    cells.sort(key=lambda cell: (-cell[2], cell[3]))  # the lowest layer, from the left
    norms = [norm for row in truth(**case) for norm in row]
    for large in (False, True):
        chosen = [(n, c[1]) for n, c in zip(norms, cells, strict=True) if c[0] == large]
        assert [part for _, part in sorted(chosen)] == sorted(
            part for _, part in chosen
        )
        assert all((norm > 1) == large or abs(norm - 1) < 0.02 for norm, _ in chosen)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_words_and_the_table_have_the_numbers(page, case):
    set_up(page, **case)
    want, words = truth(**case), stage.say(page)
    found = re.search(
        r"norm is (.+?) at .* 4, (.+?) at .* and (.+?) at", words
    ).groups()
    corners = [want[-1][-1], want[-1][0], want[0][0]]
    assert [stage.number(text) for text in found] == pytest.approx(corners, rel=0.006)
    ratio = want[0][0] / want[-1][-1]
    assert ("vanishes" in words) == (ratio < 0.01)
    assert ("explodes" in words) == (ratio > 100)
    for t, row in enumerate(stage.rows(page)):
        assert row[0] == str(t + 1)
        shown = [stage.number(text) for text in row[1:]]
        assert shown == pytest.approx([layer[t] for layer in want], rel=0.006)


def test_the_cases_vanish_and_stay_and_explode():
    ratios = [truth(**case)[0][0] / truth(**case)[-1][-1] for case in CASES]
    assert min(ratios) < 0.01
    assert max(ratios) > 1


@pytest.mark.parametrize(
    ("right", "wrong", "case"),
    [
        ("x * (1 - h[i] ** 2)", "x * (1 - h[i])", 0),
        ("later = M.times(M.transpose(W_hh), da)", "later = M.times(W_hh, da)", 0),
        ("M.times(M.transpose(W_xh), da)", "M.times(W_xh, da)", 0),
        ("sum(above[t], later)", "above[t]", 0),
        ("M.times(M.transpose(W_hh), da)", "M.times(M.transpose(W_hh), g)", 3),
        ("1 / Math.sqrt(H)", "1 / H", 0),
        ('loss === "each" || t === T - 1 ? u', "true ? u", 4),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong, case):
    assert right in (stage.FOLDER / "gradient-flow.js").read_text()
    page = load(faults=((right, wrong),))
    set_up(page, **CASES[case])
    assert not equal(page, CASES[case])
    page.close()
