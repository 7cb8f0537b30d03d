"""The beam-search explorer of chapter 11 searches as throughtime.decode does."""

import json
import math
from itertools import combinations, pairwise

import pytest
import torch
from conftest import ROOT
from stage import on_the_site, plain, slide

from throughtime import decode
from throughtime.text import START

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
DATA = json.loads((WIDGETS / "beam.json").read_text(encoding="utf-8"))
END, STEPS, WORDS = DATA["end"], DATA["steps"], DATA["words"]
WISHES = [  # groups, width, penalty, length norm
    (1, 1, 0.0, 0.0),
    (1, 3, 0.0, 0.0),
    (1, 6, 0.0, 1.2),
    (2, 1, 1.0, 0.0),
    (3, 3, 0.4, 0.0),
    (4, 2, 4.0, 0.7),
]


class Table:
    """Look the probabilities of a scene up; a state is a beginning's number."""

    def __init__(self, nodes):
        self.nodes = nodes

    def step(self, ids, state):
        after = [
            0 if word == START else self.after(node, word)
            for word, node in zip(ids.tolist(), state.tolist(), strict=True)
        ]
        logits = torch.full((len(after), len(WORDS)), -torch.inf, dtype=torch.float64)
        for row, node in enumerate(after):
            for word, log_p, _ in self.nodes[node]:
                logits[row, word] = log_p
        return logits, torch.tensor(after)

    def after(self, node, word):
        return max(0, next((to for i, _, to in self.nodes[node] if i == word), 0))

    def select(self, state, rows):
        return state[rows]


def truth(scene, groups, width, penalty, norm):
    """Return for each group (ids, log-probability, rank) of what the library finds."""
    table, state = Table(DATA["scenes"][scene]["nodes"]), torch.zeros(1).long()
    how = {"steps": STEPS, "width": width, "length_norm": norm}
    begin = torch.tensor([START])
    if groups == 1:
        found = decode.beam(table, state, begin, **how)
    else:
        how |= {"groups": groups, "penalty": penalty}
        (found,) = decode.diverse_beam(table, state, begin, **how)
    return [[(list(h.ids), h.score, h.rank) for h in group] for group in found]


@pytest.fixture
def load(browser, address):
    with on_the_site(browser, f"{address}/11_decoding.html", "beam") as load:
        yield load


def wish(page, scene, groups, width, penalty, norm):
    page.get_by_role("radio", name=str(scene + 1), exact=True).check()
    page.get_by_role("radio", name="diverse" if groups > 1 else "plain").check()
    if groups > 1:
        slide(page, "Groups", groups)
        slide(page, "Penalty", penalty)
    slide(page, "Width", width)
    slide(page, "Length norm", norm)


def found(page):
    result = page.locator("rnn-beam").evaluate("e => e.result.found")
    return [[(h["ids"], h["score"], h["rank"]) for h in group] for group in result]


def wrong(page, scene, each):
    """Return whether the widget's lists differ from the library's."""
    ours, theirs = truth(scene, *each), found(page)
    if [[ids for ids, _, _ in g] for g in ours] != [
        [i for i, _, _ in g] for g in theirs
    ]:
        return True
    return any(
        not math.isclose(a, b, abs_tol=1e-4)
        for one, two in zip(ours, theirs, strict=True)
        for mine, yours in zip(one, two, strict=True)
        for a, b in zip(mine[1:], yours[1:], strict=True)
    )


def said(ids):
    return " ".join(WORDS[i] for i in ids if i != END)


@pytest.mark.parametrize("scene", range(len(DATA["scenes"])))
def test_every_search_finds_what_the_library_finds(load, scene):
    page = load()
    for each in WISHES:
        wish(page, scene, *each)
        assert not wrong(page, scene, each), each


def test_the_list_shows_the_words_ranks_and_truth_of_what_was_found(load):
    page = load()
    for scene, each in ((0, WISHES[2]), (1, WISHES[4])):
        wish(page, scene, *each)
        rows = page.locator("rnn-beam .beam-lists li").evaluate_all(
            "all => all.map(e => [[...e.querySelectorAll('.beam-word')]"
            ".map(w => w.textContent).join(' '), +e.dataset.rank,"
            " e.querySelector('.beam-numbers').textContent])"
        )
        want = [h for group in truth(scene, *each) for h in group]
        assert len(rows) == len(want)
        for (text, rank, numbers), (ids, score, true_rank) in zip(
            rows, want, strict=True
        ):
            ended = " end" if ids[-1] == END else ""
            assert text == said(ids) + ended
            assert math.isclose(rank, true_rank, abs_tol=1e-4)
            parts = plain(numbers).replace(",", "").replace(";", "").split()
            assert float(parts[2]) == pytest.approx(score, abs=6e-3)
            is_true = said(ids) in DATA["scenes"][scene]["captions"]
            assert numbers.endswith("; true" if is_true else "; not true")


def test_the_words_of_the_summary_count_truth_and_difference(load):
    page = load()
    each = WISHES[4]
    wish(page, 2, *each)
    rows = [ids for group in truth(2, *each) for ids, _, _ in group]
    true = {said(ids) for ids in rows} & set(DATA["scenes"][2]["captions"])
    twos = [set(pairwise(i for i in ids if i != END)) for ids in rows]
    apart = [1 - len(a & b) / len(a | b) for a, b in combinations(twos, 2)]
    words = plain(page.locator("rnn-beam [role=status]").inner_text())
    assert words.startswith(
        f"{len(rows)} captions; {len(true)} different ones are true."
    )
    percent = int(words.split("differ in ")[1].split()[0])
    assert percent == pytest.approx(100 * sum(apart) / len(apart), abs=0.51)
    best = max((h for group in truth(2, *each) for h in group), key=lambda h: h[2])
    assert f"“{said(best[0])}”" in words


def test_steps_go_on_and_back_by_buttons_and_keys(load):
    page = load()
    wish(page, 0, 1, 3, 0.0, 0.0)
    status = page.locator("rnn-beam [role=status]")
    page.get_by_role("button", name="Start").click()
    assert status.inner_text().startswith("Before the first word")
    page.get_by_role("button", name="One step on").click()
    assert status.inner_text().startswith("Step 1: 3 open, 0 ended.") or (
        status.inner_text().startswith("Step 1: 2 open, 0 ended.")
    )
    page.keyboard.press("ArrowRight")
    table = Table(DATA["scenes"][0]["nodes"])
    (open_,) = decode.beam(
        table, torch.zeros(1).long(), torch.tensor([START]), steps=2, width=3, end=None
    )
    assert f"“{said(open_[0].ids)}”" in status.inner_text()
    rows = page.locator("rnn-beam .beam-lists li .beam-word:nth-child(2)")
    assert rows.all_inner_texts() == [WORDS[h.ids[1]] for h in open_]
    page.keyboard.press("ArrowLeft")
    assert status.inner_text().startswith("Step 1:")
    page.keyboard.press("End")
    assert "captions;" in status.inner_text()
    assert page.get_by_role("button", name="One step on").is_disabled()


def test_a_word_that_was_paid_for_is_marked_by_its_form(load):
    page = load()
    wish(page, 0, *WISHES[4])
    paid = page.locator("rnn-beam .is-paid")
    assert paid.count() > 0
    assert paid.first.evaluate("e => getComputedStyle(e).borderStyle") == "dashed"
    wish(page, 0, *WISHES[1])
    assert page.locator("rnn-beam .is-paid").count() == 0


@pytest.mark.parametrize("width", [360, 390])
def test_it_fits_a_phone(load, width):
    page = load(width)
    wish(page, 0, *WISHES[4])
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_script_a_figure_and_words_say_the_same(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/11_decoding.html")
    assert page.locator("rnn-beam img").is_visible()
    assert "width 3" in page.locator("rnn-beam .widget-fallback").inner_text()
    page.close()


def test_the_data_are_distributions_over_words_that_lead_somewhere():
    for scene in DATA["scenes"]:
        for ways in scene["nodes"]:
            assert math.fsum(math.exp(p) for _, p, _ in ways) == pytest.approx(
                1, abs=1e-4
            )
            assert all((to < 0) or to < len(scene["nodes"]) for _, _, to in ways)
            assert all(to < 0 for word, _, to in ways if word == END)


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ("penalty * (taken.get(id) ?? 0)", "penalty * Math.min(1, taken.get(id) ?? 0)"),
        ("one.rank + (logp - paid)", "one.score + (logp - paid)"),
        ("one.score + logp, rank", "one.score + logp - paid, rank"),
        ("one.rank / t ** norm", "one.rank * t ** norm"),
        (
            "grown.sort(byRank).slice(0, width)",
            "grown.sort(byRank).slice(0, width + 1)",
        ),
    ],
)
def test_a_planted_fault_is_found(load, right, other):
    script = (WIDGETS / "beam.js").read_text()
    assert right in script
    page = load(script=script.replace(right, other))
    faults = False
    for each in WISHES[2:]:
        wish(page, 0, *each)
        faults |= wrong(page, 0, each)
    assert faults
