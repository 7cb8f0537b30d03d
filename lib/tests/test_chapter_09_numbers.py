"""The numbers that book/09_words states in words: by hand, in tables, in answers."""

import json
import math
import re
from pathlib import Path

import pytest
import torch

from throughtime.testing import assert_close

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "09_words.md").read_text(encoding="utf-8")
WORDS = ["good", "bad", "but", "film"]
TABLE = [[2.0, -1], [-1, 2], [-3, -3], [1, 1]]


def _vectors(text):
    found = re.findall(r"\(([^()]*)\)", text.replace("\N{MINUS SIGN}", "-"))
    return [[float(part) for part in each.split(",")] for each in found]


def _read(sentence, y=None):
    """Return the states, the logit, and with a target the gradient of the table."""
    E = torch.tensor(TABLE, dtype=torch.float64, requires_grad=True)
    h, hs = torch.zeros(2, dtype=torch.float64), []
    for word in sentence.split():
        h = torch.relu(E[WORDS.index(word)] + h)
        hs.append(h.detach().tolist())
    o = h[0] - h[1]
    if y is None:
        return hs, o.item(), None
    loss = torch.nn.functional.softplus(o) - y * o
    return hs, o.item(), torch.autograd.grad(loss, E)[0]


def test_the_table_of_words_is_the_one_that_the_tests_use():
    row = re.search(r"^\| row of \$E\$ \|(.+)\|$", PAGE, re.M)[1]
    assert _vectors(row) == TABLE


def test_the_two_sentences_worked_by_hand():
    rows = re.findall(r"^\| \*(.+ but .+)\* \|(.+)\| (.+) \|$", PAGE, re.M)
    assert len(rows) == 2
    for sentence, states, o in rows:
        hs, logit, _ = _read(sentence)
        assert _vectors(states) == hs
        assert float(o.replace("\N{MINUS SIGN}", "-")) == logit
    sums = [
        torch.tensor([TABLE[WORDS.index(w)] for w in s.split()]).sum(0).tolist()
        for s, _, _ in rows
    ]
    assert sums == [[-2, -2], [-2, -2]]


def test_the_sentence_with_a_word_twice_backwards_by_hand():
    hs, o, dE = _read("good bad good", y=0)
    assert hs == [[2, 0], [1, 2], [3, 1]]
    assert o == 2
    delta = 1 / (1 + math.exp(-2))
    assert f"{delta:.3f}" == "0.881"
    want = torch.tensor([[2.0, -1], [1, -1], [0, 0], [0, 0]], dtype=torch.float64)
    assert_close(dE, delta * want)


def test_exercise_hand_has_the_states_and_gradients_of_its_answer():
    answer = PAGE.split("{solution} ex-09-hand")[1].split("```")[0]
    states = re.findall(r"h = ((?:\([^)]*\),? ?)+)", answer)
    first, o, dE = _read("good film bad", y=1)
    second, o_turned, _ = _read("bad film good")
    assert [_vectors(text) for text in states] == [first, second]
    assert (o, o_turned) == (-1, 1)
    delta = 1 / (1 + math.e) - 1
    assert f"{delta:.3f}" == "-0.731"
    want = torch.tensor([[1.0, 0], [1, -1], [0, 0], [1, -1]], dtype=torch.float64)
    assert_close(dE, delta * want)


def test_exercise_binding_two_scenes_have_the_same_shared_lights():
    V, H, R, E = torch.eye(4)
    assert torch.equal(V + R + H + E, V + E + H + R)
    VR, HR, VE, HE = torch.eye(4)
    assert not torch.equal(VR + HE, VE + HR)


def _load_data(reviews, num_words, skip_top=0, maxlen=None):
    """Do what Keras' source does, written apart from the page."""
    coded = [[1, *(rank + 3 for rank in ranks)] for ranks in reviews]
    if maxlen is not None:
        coded = list(filter(lambda row: len(row) < maxlen, coded))
    if num_words is None:
        num_words = max(map(max, coded))
    return [[c if skip_top <= c < num_words else 2 for c in row] for row in coded]


def test_exercise_codes_has_the_codes_of_its_answer():
    answer = PAGE.split("{solution} ex-09-codes")[1].split("```")[0]
    review = [[1, 4, 16, 17, 25_000]]
    shifted = "1, 4, 7, 19, 20, 25003"
    assert shifted in answer
    assert _load_data(review, 10**6) == [[int(c) for c in shifted.split(",")]]
    assert "2, 2, 2, 2, 20, 2" in answer
    assert _load_data(review, 20_000, skip_top=20) == [[2, 2, 2, 2, 20, 2]]
    assert _load_data(review, 20_000, maxlen=6) == []
    assert _load_data(review, None)[0][-1] == 2


def test_what_the_filters_keep_is_what_the_page_says():
    ranks = [list(range(1, 30_001))]
    kept = [c - 3 for c in _load_data(ranks, 20_000, skip_top=20)[0] if c > 2]
    assert kept[0] == 17
    assert kept[-1] == 19_996
    assert "drops the ranks 1 to 16 and the start mark" in PAGE
    assert "keeps the ranks to 19,996" in PAGE
    lengths = [[1] * n for n in (78, 79, 80)]
    assert len(_load_data(lengths, 10, maxlen=80)) == 1


def test_exercise_two_logits_are_one_and_move_at_twice_the_rate():
    draw = torch.Generator().manual_seed(0)
    h, two = (torch.randn(n, 4, generator=draw).double() for n in (1, 2))
    two.requires_grad_()
    o = two @ h[0]
    p = torch.softmax(o, 0)[1]
    assert_close(p.detach(), torch.sigmoid(o[1] - o[0]).detach())
    (dW,) = torch.autograd.grad(-torch.log(p), two)
    single = (p.detach() - 1) * h[0]  # the gradient of the single row
    assert_close(dW[1] - dW[0], 2 * single)


@pytest.mark.parametrize(("degrees", "wins"), [(59, True), (61, False)])
def test_exercise_angle_sixty_degrees_is_where_c_begins_to_win(degrees, wins):
    angle = math.radians(degrees)
    way, delta = (
        torch.tensor(v, dtype=torch.float64)
        for v in ([0.6, 0.0], [0.6 * math.cos(angle), 0.6 * math.sin(angle)])
    )
    assert bool(delta @ way > way @ way / 2) == wins


def test_probabilities_taken_for_logits_leave_the_floor_that_the_page_computes():
    floor = (math.log1p(math.exp(-1)) + math.log(2)) / 2
    o = torch.tensor([1.0, 0.0])
    loss = torch.nn.functional.binary_cross_entropy_with_logits(o, o)
    assert_close(loss, floor, rtol=1e-6)


@pytest.mark.parametrize("name", ["sentences", "snippets"])
def test_a_record_says_how_it_came_about_and_its_means_are_those_of_its_values(name):
    record = json.loads((BOOK / "records" / f"{name}.json").read_text("utf-8"))
    assert {"command", "seed", "date", "versions", "sha256"} <= set(record)
    groups = ["padding", "cut", "start"] if name == "sentences" else ["lstm"]
    for group in groups:
        for each in record[group].values():
            values = torch.tensor(each["values"], dtype=torch.float64)
            count = 5 if name == "sentences" else 3
            assert len(values) == count
            assert_close(each["mean"], values.mean())
            # Student's t for 95 %, with four and with two degrees of freedom.
            t = {5: 2.776, 3: 4.303}[count]
            assert_close(each["half"], t * values.std() / count**0.5)


def test_what_the_page_says_of_the_runs_is_in_the_records():
    ours, snippets = (
        json.loads((BOOK / "records" / f"{name}.json").read_text("utf-8"))
        for name in ("sentences", "snippets")
    )
    start = {name: each["values"] for name, each in ours["start"].items()}
    assert min(start["256, word vectors, trained"]) == 1, "no error in any run"
    assert sorted(start["256, random, trained"])[1] > 0.98, "four runs come near that"
    for way in ("random, trained", "random, frozen", "word vectors, trained"):
        assert min(start[f"1024, {way}"]) == 1, "all others are perfect"
    means = {name: sum(values) / 5 for name, values in start.items()}
    assert max(v for name, v in means.items() if name.startswith("64,")) < 0.55
    for few in (256, 1024):
        of_few = {name: v for name, v in means.items() if name.startswith(f"{few},")}
        assert min(of_few, key=of_few.get) == f"{few}, word vectors, frozen"
    assert max(ours["padding"]["behind, no mask"]["values"]) < 0.55
    lstm = {name: each["values"] for name, each in snippets["lstm"].items()}
    assert all(
        ahead > behind
        for ahead, behind in zip(
            lstm["word vectors, trained"], lstm["random, trained"], strict=True
        )
    )
    for start_at in ("random", "word vectors"):
        assert min(lstm[f"{start_at}, trained"]) > max(lstm[f"{start_at}, frozen"])
    assert snippets["bags"]["tf-idf"] > max(max(v) for v in lstm.values()), (
        "hard to beat"
    )
    ahead = snippets["lstm"]["word vectors, trained"]
    gap = snippets["bags"]["tf-idf"] - ahead["mean"]
    assert 0 < gap < ahead["half"], "the bag is within its interval"


def _ends(entry):
    return entry["mean"] - entry["half"], entry["mean"] + entry["half"]


def test_what_the_page_says_of_frozen_vectors_holds_for_the_intervals():
    ours, snippets = (
        json.loads((BOOK / "records" / f"{name}.json").read_text("utf-8"))
        for name in ("sentences", "snippets")
    )
    ends = {name: _ends(entry) for name, entry in ours["start"].items()}
    lowest, next_one = (ends[f"256, {k}, frozen"] for k in ("word vectors", "random"))
    assert lowest[1] > next_one[0], "by less than the intervals"
    assert ends["1024, word vectors, frozen"][1] < 1, "where all others are perfect"
    assert max(high for _, high in ends.values()) > 1, "and reach beyond 100"
    real = snippets["lstm"]
    for start in ("random", "word vectors"):
        trained, frozen = (_ends(real[f"{start}, {k}"]) for k in ("trained", "frozen"))
        assert trained[0] > frozen[1], "trained on beats frozen from either start"
    low, _ = _ends(real["word vectors, frozen"])
    _, high = _ends(real["random, frozen"])
    assert low > high, "of the frozen ones the word vectors are ahead there"
