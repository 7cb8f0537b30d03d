"""The walk backwards of chapter 04 shows autograd's numbers, by mouse and by keys."""

import json
import re
from types import SimpleNamespace

import pytest
import torch
from conftest import ROOT
from stage import on_the_site

from throughtime.cells import rnn_step

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
NAMES = ("W_xh", "W_hh", "W_hy", "b_h", "b_y")
LAST = 19
# What each operation of a step makes known, in the order of the walk.
ORDER = (("do",), ("W_hy", "b_y"), ("dh",), ("da",), ("W_hh",), ("W_xh", "b_h"))


def truth():
    """Return autograd's numbers: {"dh_2": [..], "W_hh_2": [[..], ..], ...}."""
    numbers = json.loads((WIDGETS / "unroller.json").read_text())
    net = SimpleNamespace(**{k: torch.tensor(v).double() for k, v in numbers.items()})
    T = len(net.xs)
    copies = [
        {n: getattr(net, n).clone().requires_grad_() for n in NAMES} for _ in range(T)
    ]
    h_t, L, followed = net.h_0.clone().requires_grad_(), 0, {}
    followed["dh_0"] = h_t
    for t, (x_t, y_t, W) in enumerate(zip(net.xs, net.ys, copies, strict=True), 1):
        # A step that makes a_t and one that makes h_t, so that both can be asked for.
        weights = (W["W_xh"], W["W_hh"], W["b_h"])
        a_t = rnn_step(x_t[None], h_t[None], *weights, activation="identity")[0]
        h_t = torch.relu(a_t)
        o_t = W["W_hy"] @ h_t + W["b_y"]
        L = L + ((o_t - y_t) ** 2).sum() / 2
        followed |= {f"da_{t}": a_t, f"dh_{t}": h_t, f"do_{t}": o_t}
        followed |= {f"{name}_{t}": W[name] for name in NAMES}
    found = torch.autograd.grad(L, list(followed.values()))
    return dict(zip(followed, (g.tolist() for g in found), strict=True))


def known(at):
    """Return what is known after operation ``at``: names as in ``truth``."""
    walk = [[f"{part}_{t}" for part in parts] for t in (3, 2, 1) for parts in ORDER]
    return [name for names in [*walk, ["dh_0"]][:at] for name in names]


def entries(name, value):
    """Yield the places of a vector or matrix as the page names them."""
    for i, row in enumerate(value):
        if name[:2] in ("do", "dh", "da"):
            yield f"{name}[{i}]", row
        else:
            for j, entry in enumerate(row if isinstance(row, list) else [row]):
                yield f"{name}[{i}][{j}]", entry


def wanted(at):
    """Return what the page must show after operation ``at``: numbers, or None."""
    values, done = truth(), known(at)
    shown, sums = {}, {}
    for name, value in values.items():
        for place, entry in entries(name, value):
            shown[place] = entry if name in done else None
            if name[0] in "Wb":
                total = place.replace(name, f"{name[:-2]}_sum")
                sums[total] = sums.get(total, 0) + (entry if name in done else 0)
    return shown | sums


def plain(text):
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")


def wrong_entries(page, at):
    texts = page.locator("rnn-backwards [data-value]").evaluate_all(
        "all => Object.fromEntries(all.map(e => [e.dataset.value, e.textContent]))"
    )
    wrong = []
    for place, value in wanted(at).items():
        text = plain(texts.pop(place, "missing"))
        right = text == "·" if value is None else _equal(text, value)
        if not right:
            wrong.append((place, text, value))
    return wrong + [(place, "should not be there") for place in texts]


def _equal(text, value):
    return bool(re.fullmatch(r"-?[\d.]+", text)) and abs(float(text) - value) < 1e-9


@pytest.fixture
def load(browser, address):
    with on_the_site(browser, f"{address}/04_bptt.html", "backwards") as load:
        yield load


def press(page, name):
    widget = page.locator("rnn-backwards")
    widget.get_by_role("button", name=name, exact=True).click()


def say(page):
    return plain(page.locator("rnn-backwards [role=status]").inner_text())


@pytest.mark.parametrize("width", [1280, 390])
def test_each_press_shows_autograds_next_numbers(load, width):
    page = load(width)
    for at in range(LAST + 1):
        assert not wrong_entries(page, at), at
        press(page, "Next")
    assert not wrong_entries(page, LAST)


def test_the_keys_go_on_and_back_and_to_the_ends(load):
    page = load()
    page.locator("rnn-backwards button").first.focus()
    walk = [("ArrowRight", at) for at in range(1, 4)]
    walk += [("End", LAST), ("ArrowRight", LAST), ("ArrowLeft", LAST - 1)]
    for key, at in [*walk, ("Home", 0), ("ArrowLeft", 0)]:
        page.keyboard.press(key)
        assert not wrong_entries(page, at), (key, at)


def test_the_sums_at_the_end_are_those_of_shared_weights(load):
    page = load()
    press(page, "End")
    cell = page.locator('[data-value="W_hh_sum[1][1]"]')
    assert plain(cell.text_content()) == "-1.5"
    assert not wrong_entries(page, LAST)


def test_the_words_name_the_operation_its_time_and_its_numbers(load):
    page, values = load(), truth()
    assert "begins at the last step" in say(page)
    for at in range(1, LAST + 1):
        press(page, "Next")
        (name, *_) = set(known(at)) - set(known(at - 1))
        words = say(page)
        assert words.startswith(f"Operation {at} of {LAST}. Time t = {name[-1]}.")
        if name[0] == "d":
            found = re.search(r"= \(?([^()=]*?)\)?\.$", words)
            numbers = [float(part) for part in found[1].split(",")]
            assert numbers == pytest.approx(values[name])


def test_the_arithmetic_below_the_graph_is_right(load):
    page, sums = load(), 0
    for _ in range(LAST):
        press(page, "Next")
        for line in page.locator(".backwards-sums > div").all_inner_texts():
            left, right = plain(line).split(": ")[-1].split(" = ")
            if "(" in left:  # a number times a vector
                factor, vector = left.split("·(")
                got = [float(factor) * float(v) for v in vector[:-1].split(",")]
                want = [float(v) for v in right.strip("()").split(",")]
            elif re.fullmatch(r"[-+·. \d]+", left):
                left = re.sub(r" - ", " + -", left)
                terms = [part.split("·") for part in left.split(" + ")]
                products = [
                    float(a) * float(b[0]) if b else float(a) for a, *b in terms
                ]
                got, want = [sum(products)], [float(right)]
            else:
                continue
            assert got == pytest.approx(want)
            sums += 1
    # do, W_hy, dh, da, W_hh, W_xh at three steps, and dh_0.
    assert sums == 3 * (1 + 1 + 2 + 2 + 2 + 2) + 2


def test_its_smallest_letters_are_readable_on_a_phone_and_nothing_is_cut(load):
    page = load(360)
    stage = "rnn-backwards .backwards-stage"
    sizes = page.locator(f"{stage} svg text").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize)"
        " * e.ownerSVGElement.getBoundingClientRect().width"
        " / e.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(sizes) >= 11
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    outside = page.locator(f"{stage} svg text").evaluate_all(
        "all => all.filter(e => { const b = e.getBBox();"
        " return b.x < 0 || b.x + b.width > e.ownerSVGElement.viewBox.baseVal.width })"
        ".map(e => e.textContent)"
    )
    assert outside == []


def test_without_script_the_page_has_the_same_numbers_in_a_table(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/04_bptt.html")
    assert page.locator("rnn-backwards img").is_visible()
    rows = page.locator("rnn-backwards .widget-fallback tbody tr").all_inner_texts()
    order = ("W_hy", "b_y", "W_hh", "W_xh", "b_h")
    for name, row in zip(order, rows, strict=True):
        cells = plain(row).split("\t")[1:]
        for t, cell in zip((1, 2, 3), cells, strict=False):
            flat = [
                entry for _, entry in entries(f"{name}_{t}", truth()[f"{name}_{t}"])
            ]
            assert [float(v) for v in re.findall(r"-?[\d.]+", cell)] == flat
    words = plain(page.locator("rnn-backwards .widget-fallback").inner_text())
    assert "(-0.125, 0.25)" in words
    page.close()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "W_hhT.map((row) => dot(row, later))",
            "net.W_hh.map((row) => dot(row, later))",
        ),
        ("(v > 0 ? 1 : 0)", "1"),
        ("outer(da, before)", "outer(da, h)"),
        ("dot(row, dO) + returns[i]", "dot(row, dO)"),
        ("v - y[i]", "v"),
        ("s + (copy ? copy[i][j] : 0)", "copy ? copy[i][j] : s"),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong):
    script = (WIDGETS / "backwards.js").read_text()
    assert right in script
    page = load(script=script.replace(right, wrong))
    press(page, "End")
    assert wrong_entries(page, LAST)
