"""The taxonomy of chapter 01 lights what a network of throughtime depends on."""

import json
import re

import pytest
import torch
from conftest import ROOT
from stage import on_the_site

from throughtime.cells import rnn_step

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
TASKS = json.loads((WIDGETS / "taxonomy.json").read_text(encoding="utf-8"))["tasks"]
KINDS = [(T, U, k) for T in (1, 2, 4, 5) for U in (1, 3, 5) for k in range(1, T + 1)]


def truth(T, U, k):
    """Return for each output the inputs, states and outputs it depends on.

    Which they are is told by autograd, from a random network with this graph.
    """
    generator = torch.Generator().manual_seed(5)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    W_xh, W_hh, b_h, W_hy = draw(4, 2), draw(4, 4), draw(4), draw(2, 4)
    parts, h_t, o_t = {}, draw(1, 4), None
    for s in range(1, max(T, k + U - 1) + 1):
        x_t = draw(1, 2).requires_grad_() if s <= T else o_t
        if s <= T:
            parts[f"x{s}"] = x_t
        h_t = parts[f"h{s}"] = rnn_step(x_t, h_t, W_xh, W_hh, b_h)
        o_t = h_t @ W_hy.T
        if k <= s < k + U:
            parts[f"o{s - k + 1}"] = o_t
    found = []
    for u in range(1, U + 1):
        slopes = torch.autograd.grad(
            parts[f"o{u}"].sum(),
            list(parts.values()),
            retain_graph=True,
            allow_unused=True,
            materialize_grads=True,
        )
        pairs = zip(parts, slopes, strict=True)
        found.append({name for name, slope in pairs if slope.any()})
    return found


@pytest.fixture
def load(browser, address):
    with on_the_site(browser, f"{address}/01_sequences.html", "taxonomy") as load:
        yield load


def lit(page):
    """Return the names of the lit nodes that are not made by the network."""
    nodes = page.locator("rnn-taxonomy .node.lit:not(.made)")
    return set(
        nodes.evaluate_all(
            "all => all.map(({dataset: d}) => d.output ? 'o' + d.output"
            " : d.x ? 'x' + d.x : 'h' + d.h)"
        )
    )


def say(page):
    return page.locator("rnn-taxonomy [role=status]").inner_text()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def slide(page, T, U, k):
    """Move the sliders by the keyboard's means."""
    for name, value in (("inputs T", T), ("outputs U", U), ("wait k", k)):
        page.get_by_role("slider", name=name).fill(str(value))


def wrong_outputs(page, kind):
    """Step through the outputs; return those that light something else."""
    wrong = []
    for u, want in enumerate(truth(*kind), start=1):
        if lit(page) != want:
            wrong.append((kind, u, lit(page) ^ want))
        press(page, "Next output")
    return wrong


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task["name"])
@pytest.mark.parametrize("width", [1280, 390])
def test_each_output_of_a_task_lights_what_it_depends_on(load, task, width):
    page = load(width)
    page.get_by_role("radio", name=task["name"]).check()
    assert not wrong_outputs(page, task["kind"])
    T, U, _ = task["kind"]
    assert (len(task["xs"]), len(task["ys"])) == (T, U)
    words = page.locator("rnn-taxonomy .word").all_text_contents()
    assert sorted(words) == sorted(task["xs"] + task["ys"])


def test_each_place_of_the_sliders_lights_what_an_output_depends_on(load):
    page = load()
    for kind in KINDS:
        slide(page, *kind)
        assert not wrong_outputs(page, kind)
        assert page.locator("rnn-taxonomy .word").count() == 0


def test_the_words_say_the_step_and_the_last_input_seen(load):
    page = load()
    for T, U, k in KINDS:
        slide(page, T, U, k)
        for u, want in enumerate(truth(T, U, k), start=1):
            last = max(int(name[1:]) for name in want if name[0] == "x")
            step = max(int(name[1:]) for name in want if name[0] == "h")
            inputs = "input 1" if last == 1 else f"inputs 1 to {last}"
            pattern = rf"Output {u} of {U} comes at step {step} and can see {inputs}\b"
            assert re.search(pattern, say(page))
            press(page, "Next output")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ((1, 1, 1), "1-1:"),
        ((1, 3, 1), "1-N:"),
        ((4, 1, 4), "N-1:"),
        ((4, 1, 2), "N-1, answered before the end"),
        ((4, 4, 1), "N-N:"),
        ((4, 2, 1), "many to many, begun"),
        ((4, 4, 2), "in between: writes 1 step behind"),
        ((4, 4, 3), "in between: writes 2 steps behind"),
        ((4, 2, 4), "N-M:"),
    ],
)
def test_each_kind_has_its_name(load, kind, name):
    page = load()
    slide(page, *kind)
    assert say(page).startswith(name)


def test_the_arrow_keys_step_through_the_outputs_and_stop_at_the_ends(load):
    page = load()
    page.get_by_role("button", name="Next output").focus()
    for key, u in [("ArrowRight", u) for u in (2, 3, 4, 4)] + [("ArrowLeft", 3)]:
        page.keyboard.press(key)
        assert f"Output {u} of 4" in say(page)
    press(page, "Output before")
    assert "Output 2 of 4" in say(page)


def test_a_click_on_an_output_chooses_it(load):
    page = load(390)
    page.locator('rnn-taxonomy [data-output="3"]').click()
    assert "Output 3 of 4" in say(page)


def test_the_wait_is_never_longer_than_the_input(load):
    page = load()
    slide(page, 5, 2, 5)
    page.get_by_role("slider", name="inputs T").fill("2")
    wait = page.get_by_role("slider", name="wait k")
    assert wait.input_value() == "2"
    assert wait.get_attribute("max") == "2"
    assert say(page).startswith("N-M:")


def test_a_moved_slider_leaves_no_task_chosen(load):
    page = load()
    assert page.locator("rnn-taxonomy input:checked").count() == 1
    page.get_by_role("slider", name="outputs U").fill("2")
    assert page.locator("rnn-taxonomy input:checked").count() == 0


def test_its_smallest_letters_are_readable_on_a_phone_and_it_fits(load):
    page = load(360)
    slide(page, 5, 5, 5)  # the widest
    sizes = page.locator("rnn-taxonomy svg text").evaluate_all(
        "all => all.flatMap(e => [e, ...e.children]).map(e =>"
        " parseFloat(getComputedStyle(e).fontSize)"
        " * e.ownerSVGElement.getBoundingClientRect().width"
        " / e.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(sizes) >= 10
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_script_a_graph_and_the_rule_stand_in_words(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/01_sequences.html")
    assert page.locator("rnn-taxonomy img").is_visible()
    words = page.locator("rnn-taxonomy .widget-fallback").inner_text()
    assert "output 1 sees input 1 alone, output 2 the first two" in words
    page.close()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("k + u - 1;", "k + u;"),
        ("s <= now, s - k", "s < now, s - k"),
        ("(s < now && s >= T)", "(s < now)"),
        ("s < now && s >= T", "s < now && s > T"),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong):
    script = (WIDGETS / "taxonomy.js").read_text(encoding="utf-8")
    assert right in script
    page = load(script=script.replace(right, wrong))
    slide(page, 2, 5, 1)
    assert wrong_outputs(page, (2, 5, 1))
