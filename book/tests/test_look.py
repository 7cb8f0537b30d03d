"""The caption of chapter 13 shows what the shipped network says, and where it looks."""

import base64
import io
import json
import re

import numpy as np
import pytest
import torch
from conftest import ROOT
from matplotlib.image import imread
from stage import on_the_site, plain, result, say

from throughtime import images, models
from throughtime.train import load as read_weights

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
DATA = json.loads((WIDGETS / "look.json").read_text(encoding="utf-8"))["scenes"]
SYMBOLS = images.caption_vocabulary().symbols
SHOWN = "rnn-look .look-stage .veil"
STEP = 1 / 4095  # a weight is one of 4096 levels


@pytest.fixture(scope="module")
def network():
    saved = read_weights(ROOT / "lib" / "throughtime" / "checkpoints" / "attention.npz")
    config = saved.about["config"]
    cnn = models.SmallCNN(config["channels"])
    model = models.AttentiveCaptioner(config["V"], config["H"], cnn=cnn).eval()
    model.load_state_dict(saved.weights)
    return model


@torch.no_grad()
def truth(network, scene, words):
    """Return a network's probabilities and maps as it reads some words."""
    file = io.BytesIO(base64.b64decode(scene["picture"]))
    picture = torch.tensor(imread(file, format="png")[..., :3]).permute(2, 0, 1)
    ids = [1, *(SYMBOLS.index(word) for word in words if word != "(end)")]
    logits, maps = network(picture[None], torch.tensor(ids)[:, None])
    return logits[:, 0].softmax(-1), maps[:, 0].flatten(1)


@pytest.fixture
def load(browser, address):
    with on_the_site(browser, f"{address}/13_attention.html", "look") as load:
        yield load


def press(page, name):
    page.locator("rnn-look").get_by_role("button", name=name, exact=True).click()


def choose(page, scene):
    page.locator("rnn-look .look-thumb").nth(scene).click()


def caption(page):
    return page.locator("rnn-look .look-word").all_inner_texts()


def veil(page):
    """Return how much of the picture each cell shows, from 0 to 1."""
    dark = page.locator(SHOWN).evaluate_all(
        "all => all.map(e => +e.getAttribute('fill-opacity'))"
    )
    return 1 - np.array(dark) / 0.75


def mass_of(scene, told, at, weights):
    """Return the mass and the even mass of a word; None where it names nothing."""
    thing = told["refers"][at] if at < len(told["refers"]) else -1
    if thing < 0:
        return None
    cells = torch.tensor([float(c) for c in scene["cells"][thing]])
    return (weights * cells).sum().item(), cells.mean().item()


def wrong(page, network, scene, told):
    """Say whether anything shown differs from the network, at any word."""
    words = [step["word"] for step in told["steps"]]
    p, maps = truth(network, scene, words)
    off = caption(page) != words
    press(page, "Start")
    for at, word in enumerate(words):
        found, k = result(page), 2 if word == "(end)" else SYMBOLS.index(word)
        off |= found["word"] != word or abs(found["p"] - p[at, k].item()) > 0.01
        off |= np.abs(np.array(found["map"]) - maps[at].numpy()).max() > 0.01
        shown = maps[at] / maps[at].max()
        off |= np.abs(veil(page) - shown.numpy()).max() > 0.05
        off |= f"probability {found['p']:.2f}" not in say(page)
        want = mass_of(scene, told, at, maps[at])
        off |= (want is None) != (found["mass"] is None)
        if want and found["mass"] is not None:
            off |= abs(found["mass"] - want[0]) > 0.02
            off |= abs(found["even"] - want[1]) > 1e-6
            off |= f"{found['mass']:.2f} of the attention" not in say(page)
        press(page, "Next")
    return bool(off)


@pytest.mark.parametrize("scene", range(len(DATA)))
def test_each_caption_and_each_look_is_the_shipped_networks(load, network, scene):
    page = load()
    choose(page, scene)
    assert not wrong(page, network, DATA[scene], DATA[scene]["path"])


def test_what_the_data_say_of_the_scenes_is_true():
    assert len({scene["name"] for scene in DATA}) == 4
    for scene in DATA:
        for told in (scene["path"], *scene["ways"]):
            words = [s["word"] for s in told["steps"] if s["word"] != "(end)"]
            assert len(told["refers"]) in (0, len(words))
            for word, thing in zip(words, told["refers"], strict=False):
                named = scene["things"][thing].split()
                places = {"top", "bottom", "left", "right", "middle"}
                assert thing < 0 or word in named or word in places
    assert any(not scene["path"]["true"] for scene in DATA)


@pytest.mark.parametrize("at", [0, 1])
def test_the_second_word_can_be_taken_and_taken_back(load, network, at):
    page, scene = load(), DATA[2]
    choose(page, 2)
    for _ in range(at):
        press(page, "Next")
    page.locator("rnn-look button.look-row").nth(1).click()
    assert not wrong(page, network, scene, scene["ways"][at])
    press(page, "Start")
    for _ in range(at):
        press(page, "Next")
    page.locator("rnn-look button.look-row").nth(0).click()
    assert not wrong(page, network, scene, scene["path"])


def test_beyond_another_word_no_further_one_can_be_taken(load):
    page = load()
    choose(page, 2)
    page.locator("rnn-look button.look-row").nth(1).click()
    press(page, "Next")
    assert page.locator("rnn-look button.look-row").count() == 0
    assert page.locator("rnn-look .look-row").count() == 3


def test_it_works_by_keys_and_a_word_can_be_pressed(load):
    page = load()
    choose(page, 0)
    words = [step["word"] for step in DATA[0]["path"]["steps"]]
    page.locator("rnn-look .look-thumb").first.focus()
    for key, at in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert result(page)["word"] == words[at]
    page.keyboard.press("End")
    assert result(page)["word"] == "(end)"
    page.keyboard.press("Home")
    assert result(page)["word"] == words[0]
    page.locator("rnn-look .look-word").nth(3).click()
    assert result(page)["word"] == words[3]
    assert page.locator("rnn-look [aria-current=step]").inner_text() == words[3]
    focus = page.evaluate("document.activeElement.textContent")
    assert focus == words[3]


def test_the_words_name_the_place_of_the_largest_weight(load):
    page = load()
    for _ in range(3):
        weights = np.array(result(page)["map"]).reshape(6, 6)
        row, column = np.unravel_index(weights.argmax(), (6, 6))
        assert f"is in row {row + 1}, column {column + 1}." in say(page)
        assert weights.sum() == pytest.approx(1, abs=40 * STEP)
        press(page, "Next")


def test_the_named_thing_is_outlined_where_it_lies(load):
    page = load()
    choose(page, 0)
    for _ in range(2):
        press(page, "Next")
    path = page.locator("rnn-look .named").get_attribute("d")
    cells = np.zeros((8, 8), int)  # with a border of cells that are not covered
    told = DATA[0]["cells"][DATA[0]["path"]["refers"][2]]
    cells[1:7, 1:7] = np.array([int(c) for c in told]).reshape(6, 6)
    for way, axis in (("h", 0), ("v", 1)):
        lines = re.findall(rf"M(\d+) (\d+){way}8", path)
        edges = np.argwhere(np.diff(cells, axis=axis))
        want = {
            (8 * (c - 1), 8 * r) if way == "h" else (8 * c, 8 * (r - 1))
            for r, c in edges
        }
        assert {(int(x), int(y)) for x, y in lines} == want
        assert len(lines) == len(want)


@pytest.mark.parametrize("width", [360, 390])
def test_it_fits_a_phone(load, width):
    page = load(width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for name in ("Start", "Back", "Next", "End"):
        box = (
            page.locator("rnn-look")
            .get_by_role("button", name=name, exact=True)
            .bounding_box()
        )
        assert box["height"] >= 38


def test_each_picture_has_a_name_and_says_which_is_chosen(load):
    page = load()
    names = page.locator("rnn-look .look-thumb").evaluate_all(
        "all => all.map(e => e.getAttribute('aria-label'))"
    )
    assert names == [f"Picture {i + 1}: {s['name']}" for i, s in enumerate(DATA)]
    choose(page, 4)
    pressed = page.locator("rnn-look .look-thumb[aria-pressed=true]")
    assert pressed.get_attribute("aria-label").startswith("Picture 5")


def test_without_script_a_figure_and_words_say_the_same(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/13_attention.html")
    fallback = plain(page.locator("rnn-look .widget-fallback").inner_text())
    assert "36 weights" in fallback
    assert re.search(r"second-best word", fallback)
    page.close()


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ("/ 4095", "/ 4096 * 2"),
        ("(1 - v / top)", "(v / top)"),
        ("v * covered[j]", "v"),
        ("word === step.word)[1]", "word !== step.word)[1]"),
        ("ways[this.way]", "ways[0]"),
    ],
)
def test_a_planted_fault_is_found(load, network, right, other):
    script = (WIDGETS / "look.js").read_text(encoding="utf-8")
    planted = script.replace(right, other)
    assert planted != script
    page, scene = load(script=planted), DATA[2]
    choose(page, 2)
    press(page, "Next")
    page.locator("rnn-look button.look-row").nth(1).click()
    assert wrong(page, network, scene, scene["ways"][1])
