"""The reach of chapter 08 lights what a state of throughtime's networks depends on."""

import re
from functools import cache, partial

import pytest
import stage
import torch

from throughtime.cells import rnn_step
from throughtime.spectrum import Recorder
from throughtime.unroll import unroll_backward, unroll_bidirectional, unroll_stack

pytestmark = pytest.mark.browser

T = 5
KINDS = {"forwards": "forwards only", "both": "both ways", "apart": "two stacks"}
CASES = [(kind, L) for kind in KINDS for L in (1, 2, 3)]


def recorder(D, generator):
    """Return a random tanh step of two units that keeps its states."""

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    weights = {"W_xh": draw(2, D), "W_hh": draw(2, 2) / 2, "b_h": draw(2)}
    return Recorder(partial(rnn_step, **weights))


def kept(steps, layer, way):
    """Return a layer's states by name; the backward ones were made last first."""
    hs = steps.hs if way == "f" else steps.hs[::-1]
    return {f"{layer},{t},{way}": h for t, h in enumerate(hs, start=1)}


def run(kind, L, xs, generator):
    """Run a network of throughtime; return its states by name, and its outputs."""
    zero, D = torch.zeros(1, 2).double(), 2
    if kind == "both":
        states, below = {}, xs
        for layer in range(1, L + 1):
            f, b = (
                recorder(below.shape[2], generator),
                recorder(below.shape[2], generator),
            )
            below, _ = unroll_bidirectional(f, b, below, zero, zero)
            states |= kept(f, layer, "f") | kept(b, layer, "b")
        return states, below
    fs, bs = ([recorder(D, generator) for _ in range(L)] for _ in range(2))
    outputs, _ = unroll_stack(fs, xs, [zero] * L)
    states = {k: h for i, f in enumerate(fs, 1) for k, h in kept(f, i, "f").items()}
    if kind == "apart":
        below = xs
        for layer, b in enumerate(bs, 1):
            below, _ = unroll_backward(b, below, zero)
            states |= kept(b, layer, "b")
        outputs = torch.cat([outputs, below], dim=2)
    return states, outputs


@cache
def truth(kind, L):
    """Return, for each state and output, the names of all that it depends on."""
    generator = torch.Generator().manual_seed(8)
    xs = [
        torch.randn(1, 2, generator=generator).double().requires_grad_()
        for _ in range(T)
    ]
    states, outputs = run(kind, L, torch.stack(xs), generator)
    states |= {f"0,{t},": x_t for t, x_t in enumerate(xs, start=1)}
    states |= {f"{L + 1},{t},": o_t for t, o_t in enumerate(outputs, start=1)}
    return {name: depends(h, states) for name, h in states.items()}


def depends(h, states):
    found = set()
    for name, other in states.items():
        if other is h:
            found.add(name)
        elif h.grad_fn is not None:
            (slope,) = torch.autograd.grad(
                h.sum(), other, retain_graph=True, allow_unused=True
            )
            if slope is not None and slope.any():
                found.add(name)
    return found


@pytest.fixture(scope="module")
def load(browser, tmp_path_factory):
    with stage.stage(browser, tmp_path_factory.mktemp("reach"), "reach") as load:
        yield load


@pytest.fixture(scope="module")
def page(load):
    return load()


def choose(page, kind, L):
    page.get_by_role("radio", name=KINDS[kind]).check()
    page.get_by_role("radio", name=str(L), exact=True).check()


def lit(page):
    return set(
        page.locator("rnn-reach .node.lit").evaluate_all(
            "all => all.map(e => e.dataset.node)"
        )
    )


def tour(page, kind, L):
    """Click on every state and output; yield its name, what is lit, and the words."""
    choose(page, kind, L)
    found = page.locator("rnn-reach").evaluate(
        """widget => [...widget.querySelectorAll("[data-node]")]
        .map(e => e.dataset.node).filter(name => name[0] !== "0").map(name => {
            const place = widget.querySelector(`[data-node="${name}"]`);
            place.dispatchEvent(new MouseEvent("click", { bubbles: true }));
            const lit = [...widget.querySelectorAll(".lit[data-node]")];
            const words = widget.querySelector("[role=status]").textContent;
            return [name, lit.map(e => e.dataset.node), words];
        })"""
    )
    return [(name, set(lit), words) for name, lit, words in found]


def wrong(page, kind, L):
    """Return the states and outputs that light something else than the truth."""
    shown = {name: lit for name, lit, _ in tour(page, kind, L)}
    wants = {k: v for k, v in truth(kind, L).items() if k[0] != "0"}
    return [name for name, want in wants.items() if shown.get(name) != want]


@pytest.mark.parametrize(("kind", "L"), CASES)
def test_each_state_lights_what_it_depends_on(page, kind, L):
    assert not wrong(page, kind, L)


@pytest.mark.parametrize(("kind", "L"), CASES)
def test_the_words_name_the_state_and_the_inputs_that_it_sees(page, kind, L):
    for name, _, words in tour(page, kind, L):
        want = truth(kind, L)[name]
        inputs = sorted(int(n.split(",")[1]) for n in want if n[0] == "0")
        found = re.search(r"can see inputs? (\d)(?: to (\d))?", words)
        first, last = int(found[1]), int(found[2] or found[1])
        assert list(range(first, last + 1)) == inputs
        assert ("all there is" in words) == (len(inputs) == T)
        _, t, way = name.split(",")
        who = {"f": f"forward state at step {t}", "b": f"backward state at step {t}"}
        assert who.get(way, f"Output {t}") in words


def test_the_chapters_example_is_what_stands_there_first(load):
    page = load()
    assert lit(page) == truth("both", 2)["2,2,f"]
    assert stage.say(page) == (
        "Both ways, 2 layers. The forward state at step 2 of layer 2 can see inputs 1 "
        "to 5, which is all there is."
    )


def test_the_keys_walk_over_all_rows_and_stop_at_the_edges(load):
    page = load()
    page.get_by_role("button", name="Later").focus()
    for key in ["ArrowDown"] * 5 + ["ArrowLeft"] * 5:
        page.keyboard.press(key)
    assert lit(page) == {"1,1,f", "0,1,"}
    seen = []
    for _ in range(6):
        chosen = page.locator("rnn-reach .node.chosen")
        seen.append(chosen.get_attribute("data-node"))
        page.keyboard.press("ArrowUp")
    assert seen == ["1,1,f", "1,1,b", "2,1,f", "2,1,b", "3,1,", "3,1,"]
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert "Output 5 can see inputs 1 to 5" in stage.say(page)


def test_another_network_keeps_the_choice_where_it_can(load):
    page = load()
    page.locator('rnn-reach [data-node="2,4,b"]').click()
    choose(page, "forwards", 2)
    assert "forward state at step 4 of layer 2" in stage.say(page)
    choose(page, "forwards", 1)
    assert "Output 4 can see inputs 1 to 4 of 5." in stage.say(page)
    choose(page, "both", 3)
    assert "Output 4 can see inputs 1 to 5, which" in stage.say(page)


@pytest.mark.parametrize("width", [360, 800])
def test_its_letters_are_readable_and_it_fits(load, width):
    page = load(width)
    choose(page, "both", 3)
    sizes = page.locator("rnn-reach svg text").evaluate_all(
        "all => all.flatMap(e => [e, ...e.children]).map(e =>"
        " parseFloat(getComputedStyle(e).fontSize)"
        " * e.ownerSVGElement.getBoundingClientRect().width"
        " / e.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(sizes) >= 9.5
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_no_two_nodes_touch(load):
    page = load(360)
    for kind, L in CASES:
        choose(page, kind, L)
        places = page.locator("rnn-reach circle").evaluate_all(
            "all => all.map(e => [e.cx, e.cy, e.r].map(a => a.baseVal.value))"
        )
        for i, (x, y, r) in enumerate(places):
            for other_x, other_y, _ in places[i + 1 :]:
                assert (x - other_x) ** 2 + (y - other_y) ** 2 > (2 * r + 1) ** 2


@pytest.mark.parametrize(
    ("right", "wrong_code"),
    [
        ('way === "f" ? t - 1 : t + 1', "t - 1"),
        ('kind === "both" ? ways(kind) : [way]', "[way]"),
        ('kind === "both" ? ways(kind) : [way]', "ways(kind)"),
        ("ways(kind).map((below) => [L, t, below])", '[[L, t, "f"]]'),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong_code):
    page = load(faults=((right, wrong_code),))
    assert any(wrong(page, kind, 2) for kind in ("both", "apart"))
