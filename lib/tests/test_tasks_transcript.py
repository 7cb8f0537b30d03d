"""The transcript: its answers by reading it line by line, its baselines measured."""

import pytest
import torch

from throughtime import tasks
from throughtime.errors import ThroughTimeError

S, W = 6, 3


def drawn(T=5, B=400, seed=0, **form):
    generator = torch.Generator().manual_seed(seed)
    return tasks.transcript(T, B, generator, speakers=S, words=W, **form)


def lines_of(batch, row):
    """Return a row's lines as (speaker, word), and its question, by plain search."""
    lines, question = [], None
    for step in batch.inputs[:, row].tolist():
        who = [n for n in range(S) if step[n] == 1]
        said = [n for n in range(W) if step[S + n] == 1]
        assert len(who) + len(said) == sum(step[:-1])
        if step[-1] == 1:
            assert question is None
            question = (who, said)
        else:
            lines.append((who, said))
    return lines, question


@pytest.mark.parametrize("asked", ["last", "first"])
def test_recall_asks_for_the_word_of_a_speaker_who_spoke_once(asked):
    batch = drawn(question="recall", asked=asked)
    assert (batch.inputs[-1 if asked == "last" else 0, :, -1] == 1).all()
    for row in range(50):
        lines, ((speaker,), no_word) = lines_of(batch, row)
        assert no_word == []
        spoken = [who[0] for who, _ in lines]
        assert len(set(spoken)) == len(lines) == 5
        (word,) = lines[spoken.index(speaker)][1]
        assert batch.targets[row] == word


def test_count_asks_how_often_a_word_was_said():
    batch = drawn(question="count")
    for row in range(50):
        lines, (nobody, (word,)) = lines_of(batch, row)
        assert nobody == []
        assert batch.targets[row] == sum(said == [word] for _, said in lines)


def test_a_pause_is_words_without_a_speaker_after_the_lines_and_changes_no_answer():
    batch, short = drawn(pause=4), drawn()
    assert batch.inputs.shape == (10, 400, S + W + 1)
    for row in range(20):
        lines, _ = lines_of(batch, row)
        assert [len(who) for who, _ in lines] == [1] * 5 + [0] * 4
    assert torch.equal(batch.targets, short.targets)
    assert torch.equal(batch.inputs[:5], short.inputs[:5])


def test_every_speaker_line_and_word_is_asked_for_about_equally_often():
    batch = drawn(B=6000)
    asked = batch.inputs[-1, :, :S].mean(0)
    assert ((asked - 1 / S).abs() < 0.03).all()
    assert ((torch.bincount(batch.targets) / 6000 - 1 / W).abs() < 0.03).all()


@pytest.mark.parametrize("question", ["recall", "count"])
def test_the_baseline_is_what_the_best_constant_answer_reaches(question):
    batch = drawn(B=20_000, question=question)
    best = torch.bincount(batch.targets).max().item() / 20_000
    assert best == pytest.approx(batch.baseline, abs=0.02)
    assert (batch.scored, batch.measure) == (None, "accuracy")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"T": 7}, "speakers is 6; wanted 7 or more"),
        ({"T": 0}, "T is 0"),
        ({"question": "who"}, "question is 'who'; wanted one of recall, count"),
        ({"asked": "never"}, "asked is 'never'"),
        ({"pause": -1}, "pause is -1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong, message):
    with pytest.raises(ThroughTimeError, match=message):
        drawn(**{"B": 3} | wrong)
