"""Tasks of symbols: words, sums and sentences, read by another road."""

import math
import re
from collections import Counter

import pytest
import torch

from throughtime import tasks
from throughtime.text import END, START


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def texts(batch):
    """Return each row as a string, without marks."""
    words = []
    for b in range(batch.inputs.shape[1]):
        ids = [i for i in batch.inputs[batch.mask[:, b], b].tolist() if i != START]
        words.append(batch.vocabulary.decode(ids))
    return words


def sets(batch, b):
    """Return the sets of one row, the END mark as a dot."""
    names = ["_", "_", ".", "_", *batch.vocabulary.symbols[4:]]
    rows = batch.targets[batch.mask[:, b], b].tolist()
    return ["".join(n for n, on in zip(names, row, strict=True) if on) for row in rows]


def test_anbn_words_have_as_many_bs_as_as_and_their_sets_follow():
    batch = tasks.anbn(300, 6, seeded())
    for b, word in enumerate(texts(batch)):
        n = len(word) // 2
        assert word == "a" * n + "b" * n
        assert sets(batch, b) == ["a", *["ab"] * n, *["b"] * (n - 1), "."]
    counts = Counter(len(word) // 2 for word in texts(batch))
    assert set(counts) == set(range(1, 7))


def test_a_reader_of_the_last_symbol_has_only_one_word_length_of_anbn_right():
    batch = tasks.anbn(4000, 5, seeded())
    right = 0
    for b, word in enumerate(texts(batch)):
        said = ["a"] + [{"a": "ab", "b": "."}[symbol] for symbol in word]
        right += said == sets(batch, b)
    assert batch.baseline == 1 / 5
    assert right / 4000 == pytest.approx(1 / 5, abs=0.03)


def dyck_sets(word, pairs, depth):
    """Return what may follow each prefix, by deleting closed pairs from it."""
    out = []
    for t in range(len(word) + 1):
        left, before = word[:t], None
        while left != before:
            before, left = left, re.sub(r"\(\)|\[\]|\{\}|<>", "", left)
        may = "".join(p[0] for p in pairs) if len(left) < depth else ""
        may += {p[0]: p[1] for p in pairs}.get(left[-1:], "")
        out.append("".join(sorted(may + ("." if not left and t else ""))))
    return out


def test_dyck_words_are_well_nested_and_their_sets_follow():
    batch = tasks.dyck(300, 8, seeded(), kinds=3, depth=3)
    lengths, deepest = set(), 0
    for b, word in enumerate(texts(batch)):
        want = dyck_sets(word, ["()", "[]", "{}"], 3)
        assert ["".join(sorted(s)) for s in sets(batch, b)] == want
        assert want[-1].startswith("(.") or "." in want[-1]
        heights = [sum(1 if c in "([{" else -1 for c in word[:t]) for t in range(17)]
        deepest = max(deepest, *heights)
        lengths.add(len(word) // 2)
    assert deepest == 3
    assert lengths == set(range(1, 9))


def test_a_reader_that_knows_the_depth_guesses_the_kind_after_a_closing_bracket():
    batch = tasks.dyck(2000, 10, seeded(), kinds=4)
    kinds, last, asked = "()[]{}<>", "", Counter()
    for word in texts(batch):
        stack = []
        for symbol in word:
            if kinds.index(symbol) % 2 == 0:
                stack.append(symbol)
            else:
                stack.pop()
                if stack:
                    asked[stack[-1]] += 1
            last = symbol
    assert last in kinds
    total = sum(asked.values())
    assert batch.baseline == 1 / 4
    for opening in "([{<":
        assert asked[opening] / total == pytest.approx(1 / 4, abs=0.03)


def test_xml_tags_close_in_order_and_closing_letters_are_scored():
    batch = tasks.xml(301, 20, seeded(), longest=4, depth=3)
    deepest, letters = 0, Counter()
    for b in range(20):
        ids = torch.cat([batch.inputs[:, b], batch.targets[-1:, b]])
        text = batch.vocabulary.decode(ids)
        assert batch.vocabulary.decode(batch.targets[:, b]) == text[1:]
        stack, closing = [], set()
        for tag in re.finditer(r"<(/?)([a-z]+)>?", text):
            name = tag.group(2)
            if tag.group(1):
                assert stack.pop().startswith(name)
                closing |= set(range(tag.start(2), tag.end(2)))
                letters.update(name)
            else:
                stack.append(name)
                assert len(stack) <= 3
                deepest = max(deepest, len(stack))
        scored = {t + 1 for t in range(301) if batch.scored[t, b]}
        assert scored == closing
    assert deepest == 3
    assert batch.baseline == pytest.approx(math.log(26))
    total = sum(letters.values())
    entropy = -sum(n / total * math.log(n / total) for n in letters.values())
    assert entropy == pytest.approx(batch.baseline, abs=0.05)


def test_sums_are_right_and_only_their_answers_are_scored():
    batch = tasks.arithmetic(400, 3, seeded(), distractors=4)
    for b, text in enumerate(texts(batch)):
        question, answer = text.split("=")
        assert sum(c.isalpha() for c in question) == 4
        a, sign, c = re.fullmatch(
            r"(\d+)([+-])(\d+)", re.sub("[a-z]", "", question)
        ).groups()
        assert int(answer) == (int(a) + int(c) if sign == "+" else int(a) - int(c))
        ids = batch.targets[batch.scored[:, b], b].tolist()
        assert ids[-1] == END
        assert batch.vocabulary.decode(ids[:-1]) == answer


def test_the_commonest_answer_is_as_common_as_stated():
    batch = tasks.arithmetic(20_000, 1, seeded())
    answers = Counter(text.split("=")[1] for text in texts(batch))
    assert batch.baseline == pytest.approx(0.055)
    assert answers["0"] / 20_000 == pytest.approx(0.055, abs=0.006)
    assert answers.most_common(1)[0][1] / 20_000 == pytest.approx(0.055, abs=0.008)


GOOD = {"great", "wonderful", "moving", "sharp", "charming", "funny"}
GOOD |= {"brilliant", "honest"}


def praises(text):
    """Find the clause that decides by cutting, and read it."""
    text = re.sub(r"although [^,]*? , ", "", text)
    text = text.split(" although ")[0]
    words = text.split(" but ")[-1].split(" and ")[0].split()
    negated = bool({"not", "never", "hardly", "far"} & set(words))
    return bool(GOOD & set(words)) != negated


@pytest.mark.parametrize("nested", [0, 1, 4])
def test_labels_are_those_of_the_clause_that_decides(nested):
    batch = tasks.sentiment(600, seeded(), nested=nested)
    rows = texts(batch)
    assert [praises(text) for text in rows] == batch.targets.bool().tolist()
    assert 0.42 < batch.targets.double().mean() < 0.58
    contrasts = [text.count(" but ") + text.count("although") for text in rows]
    assert {nested, nested + 1} == set(contrasts)


def test_both_sides_of_and_agree_and_all_forms_come():
    rows = texts(tasks.sentiment(500, seeded()))
    for text in rows:
        if " and " in text:
            assert praises(text.split(" and ")[0]) == praises(text.split(" and ")[1])
    forms = Counter(
        re.sub(r"(the|this) .*? is .*?(?=( but| and| ,|$))", "x", text) for text in rows
    )
    want = {"x": 0.3, "x but x": 0.35, "although x , x": 0.2, "x and x": 0.15}
    assert set(forms) == set(want)
    for form, share in want.items():
        assert forms[form] / 500 == pytest.approx(share, abs=0.06)


def test_no_sentence_is_in_two_splits_and_shares_are_as_stated():
    sentences = {
        split: set(texts(tasks.sentiment(1500, seeded(i), split)))
        for i, split in enumerate(("train", "val", "test"))
    }
    train, val, test = sentences.values()
    assert len(train | val | test) == len(train) + len(val) + len(test)


def test_a_distractor_adds_neutral_words_at_the_end():
    plain = texts(tasks.sentiment(50, seeded()))
    batch = tasks.sentiment(50, seeded(), distractor=9)
    neutral = "we saw it at noon in town with two friends on a rainy day of may"
    neutral = neutral.split(" ")
    for text, label in zip(texts(batch), batch.targets.tolist(), strict=True):
        assert set(text.split()[-9:]) <= set(neutral)
        assert praises(" ".join(text.split()[:-9])) == label
    assert not any(set(text.split()) & set(neutral) for text in plain)


def bag_of_words_accuracy(train, test, size):
    """Return the test accuracy of binary naive Bayes over single words."""

    def bags(batch):
        bag = torch.zeros(batch.inputs.shape[1], size)
        return bag.scatter_(1, batch.inputs.T, 1)[:, 4:]

    seen, labels = bags(train), train.targets.bool()
    good, bad = (seen[side].sum(0) + 1 for side in (labels, ~labels))
    weights = (good / good.sum()).log() - (bad / bad.sum()).log()
    prior = (labels.double().mean() / (~labels).double().mean()).log()
    said = bags(test) @ weights + prior > 0
    return (said == test.targets.bool()).double().mean().item()


@pytest.mark.parametrize("nested", [0, 2])
def test_a_bag_of_words_stays_near_chance(nested):
    train = tasks.sentiment(6000, seeded(1), nested=nested)
    test = tasks.sentiment(2000, seeded(2), "test", nested=nested)
    size = len(tasks.sentiment_vocabulary())
    assert bag_of_words_accuracy(train, test, size) == pytest.approx(0.5, abs=0.05)
    assert test.baseline == 0.5


def test_that_bag_of_words_learns_where_words_do_tell():
    train, test = (tasks.sentiment(1500, seeded(s)) for s in (1, 2))
    great = train.vocabulary.encode("great").item()
    told = [
        x._replace(targets=(x.inputs == great).any(0).long()) for x in (train, test)
    ]
    assert bag_of_words_accuracy(*told, len(train.vocabulary)) > 0.85
