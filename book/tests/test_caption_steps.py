"""The caption of chapter 12 shows the shipped captioner's numbers, and what is true."""

import json
import re
from importlib.resources import files

import pytest
import torch
from conftest import ROOT
from stage import on_the_site

from throughtime import images, models
from throughtime.train import load as load_weights

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
DATA = json.loads((WIDGETS / "caption-steps.json").read_text(encoding="utf-8"))
SCRIPT = (WIDGETS / "caption-steps.js").read_text(encoding="utf-8")
SCENES = [
    images.Scene(tuple(images.Thing(*thing) for thing in scene["things"]))
    for scene in DATA["scenes"]
]
SYMBOLS = images.caption_vocabulary().symbols
START, END = 1, 2
ROOM = 6e-4  # of a probability with three digits, and of another machine's float32


def ids_of(words):
    return [END if word == "END" else SYMBOLS.index(word) for word in words]


@pytest.fixture(scope="module")
def model():
    saved = load_weights(files("throughtime") / "checkpoints" / "captioner.npz")
    cnn = models.SmallCNN(saved.about["channels"])
    model = models.Captioner(**saved.about["config"], cnn=cnn).eval()
    model.load_state_dict(saved.weights)
    return model


@torch.no_grad()
def expected(model, scene, words):
    """Return the probability of each word after some words: {word: p}."""
    read = torch.tensor([START, *ids_of(words)])[:, None]
    p = model(images.render(scene)[None], read)[-1, 0].softmax(-1)
    names = ["END" if i == END else word for i, word in enumerate(SYMBOLS)]
    return dict(zip(names, p.tolist(), strict=True))


def true_words(scene, words):
    """Return the words with which some true caption goes on."""
    true = {(*c.words, "END") for c in images.captions(scene)}
    n = len(words)
    return {c[n] for c in true if c[:n] == tuple(words) and len(c) > n}


def shown(page):
    """Return {word: (text of its probability, marked as true, can be chosen)}."""
    rows = page.locator("rnn-caption-steps .caption-row").evaluate_all(
        "all => all.map(row => [row.querySelector('button').textContent,"
        " row.querySelector('.caption-p').textContent,"
        " row.querySelector('.caption-mark').textContent,"
        " !row.querySelector('button').disabled])"
    )
    return {word: (p, mark == "✓", free) for word, p, mark, free in rows}


def wrong(page, model, scene, words):
    """Return what differs from the model and from the world."""
    want, true, seen = (
        expected(model, scene, words),
        true_words(scene, words),
        shown(page),
    )
    likeliest = sorted(want, key=want.get, reverse=True)[:5]
    faults = [word for word in {*likeliest, *true} if word not in seen]
    for word, (p, mark, free) in seen.items():
        value = 0.0005 if p.startswith("<") else float(p)
        if abs(value - want[word]) > ROOM or mark != (word in true):
            faults.append((word, p, mark))
        if mark and not free:
            faults.append((word, "a true word cannot be chosen"))
    return faults


@pytest.fixture
def load(browser, address):
    with on_the_site(browser, f"{address}/12_captioning.html", "caption-steps") as load:
        yield load


def choose(page, place):
    page.locator("rnn-caption-steps select").select_option(str(place))


def press(page, name):
    page.locator("rnn-caption-steps").get_by_role("button", name=name).first.click()


def say(page):
    return page.locator("rnn-caption-steps [role=status]").inner_text()


@pytest.mark.parametrize("place", range(len(SCENES)))
def test_the_networks_own_caption_has_its_probabilities_at_every_word(
    load, model, place
):
    page, words, scene = load(), [], SCENES[place]
    choose(page, place)
    while not words or words[-1] != "END":
        assert wrong(page, model, scene, words) == []
        want = expected(model, scene, words)
        words.append(max(want, key=want.get))
        press(page, "Likeliest word")
    true = images.is_true(words[:-1], scene)
    assert ("the caption is true" in say(page)) == true
    assert ("the caption is false" in say(page)) == (not true)
    assert shown(page) == {}


@pytest.mark.parametrize("place", range(len(SCENES)))
def test_every_true_caption_can_be_made_and_is_called_true(load, model, place):
    page, scene = load(), SCENES[place]
    choose(page, place)
    captions = sorted({c.words for c in images.captions(scene)})
    for words in captions[:: max(1, len(captions) // 3)]:
        press(page, "From the start") if captions[0] != words else None
        for k, word in enumerate((*words, "END")):
            assert wrong(page, model, scene, words[:k]) == []
            page.locator("rnn-caption-steps .caption-row button").get_by_text(
                word, exact=True
            ).click()
        assert f"“{' '.join(words)} END”: the caption is true" in say(page)


def test_arrow_keys_take_the_likeliest_word_and_go_back(load, model):
    page = load()
    page.locator("rnn-caption-steps .caption-row button:enabled").first.focus()
    page.keyboard.press("ArrowRight")
    want = expected(model, SCENES[0], [])
    assert f"After “{max(want, key=want.get)}”" in say(page)
    press(page, "Back")
    assert "Before the first word" in say(page)


def test_the_words_say_how_much_probability_is_on_true_words(load, model):
    page = load()
    (number, share) = re.search(
        r"(\d+) words? can be true, and have ([\d.]+) of", say(page)
    ).groups()
    want, true = expected(model, SCENES[0], []), true_words(SCENES[0], [])
    assert int(number) == len(true)
    assert float(share) == pytest.approx(sum(want[w] for w in true), abs=ROOM * 4)


def test_the_things_are_drawn_where_they_are(load):
    page = load()
    for place, scene in enumerate(SCENES):
        choose(page, place)
        boxes = page.locator("rnn-caption-steps svg > :not(rect)").evaluate_all(
            "all => all.map(e => { const b = e.getBBox();"
            " return [b.x, b.y, b.x + b.width, b.y + b.height]; })"
        )
        assert len(boxes) == len(scene.things)
        for thing, mask, box in zip(
            scene.things, images.object_masks(scene), boxes, strict=True
        ):
            rows, columns = torch.where(mask > 0.5)
            seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            assert box == pytest.approx([v.item() for v in seen], abs=1.1), thing


def test_a_wrong_probability_would_be_seen(load, model):
    page = load(script=SCRIPT.replace("v.toFixed(3)", "(v * 0.9).toFixed(3)"))
    assert wrong(page, model, SCENES[0], []) != []


def test_a_mark_at_a_false_word_would_be_seen(load, model):
    page = load(script=SCRIPT.replace('isTrue ? "✓" : ""', '"✓"'))
    press(page, "Likeliest word")
    words = say(page).split("”")[0].split("“")[1].split()
    assert wrong(page, model, SCENES[0], words) != []


def test_it_fits_a_phone(load):
    page = load(width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
