"""The code of the long runs in book/07_gru: variants, words, shares and intervals."""

import math
import sys
from functools import partial
from pathlib import Path

import pytest
import torch

from throughtime import layers
from throughtime.gated import gru_step, lstm_step
from throughtime.testing import assert_close
from throughtime.unroll import unroll

sys.path.append(str(Path(__file__).resolve().parents[1] / "train"))
import measuring
import search
import variants

D, H, B, T = 5, 4, 3, 7


@pytest.fixture(autouse=True)
def _in_float64():
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(1)
    yield
    torch.set_default_dtype(usual)


@pytest.fixture
def xs():
    return torch.randn(T, B, D)


def _zeros(*parts):
    return tuple(torch.zeros(B, H) for _ in parts)


def test_gates_that_see_no_gates_are_the_lstm_with_diagonal_peepholes(xs):
    cell = variants.GatesSeeGates(D, H)
    weights = (cell.W_x, cell.W_h, cell.b, cell.W_c)
    step = partial(_lstm, weights)
    want, _ = unroll(step, xs, _zeros("h", "c"))
    assert (cell(xs)[0] - want).abs().max() > 1e-3, "with W_g they differ"
    torch.nn.init.zeros_(cell.W_g)
    assert_close(cell(xs)[0], want)


def _lstm(weights, x_t, state):
    return lstm_step(x_t, state, *weights, peephole="diagonal")


def test_each_gate_sees_each_gate_of_the_step_before(xs):
    cell = variants.GatesSeeGates(D, H)
    state = (torch.zeros(B, H), torch.zeros(B, H), torch.rand(B, 3 * H))
    state[2].requires_grad_()
    gates = cell.step(xs[0], state)[2]
    (seen,) = torch.autograd.grad(gates[0].sum(), state[2])
    assert (seen[0] != 0).all()
    assert (seen[1:] == 0).all(), "rows of a batch do not mix"


def test_a_variant_differs_from_vanilla_in_one_thing():
    usual = {"peephole": "diagonal"}
    for name, options in variants.VARIANTS.items():
        if options is not None:
            assert len(options) == (name != "vanilla")
            cell = variants.make(name, D, H)
            assert isinstance(cell, layers.LSTM)
            assert {k: v for k, v in (usual | options).items() if v is not None} == (
                cell.options
            )
    assert len(variants.VARIANTS) == 9


@pytest.mark.parametrize("name", variants.VARIANTS)
def test_a_forget_gate_begins_with_a_bias_of_one(name):
    cell = variants.make(name, D, H)
    if name == "gates see gates":
        assert (cell.b[H : 2 * H] == 1).all()
    elif "f" in cell.blocks:
        k = cell.blocks.index("f")
        assert (cell.b_l0[k * H : (k + 1) * H] == 1).all()
    else:
        assert name == "no forget gate"


def test_no_two_words_are_spelt_alike_and_the_known_cells_are_words():
    words = search.words()
    assert len(set(words)) == len(set(map(str, words))) == len(words)
    assert {search.GRU, search.LSTM, search.ELMAN} <= set(words)


def test_a_word_has_the_gates_that_it_names_and_writes_something():
    for word in search.words():
        used = {word.keep, word.write, word.inner[0], word.show[0]} & set("kwro")
        used |= {"k"} & set(word.write.split())
        assert {gate for gate, _ in word.gates} == used
        assert (word.keep, word.write) != ("1", "1 - k")


def _stacked(cell, order):
    names = {"W_x": cell.of_x, "W_h": cell.of_h, "b": cell.blocks}
    blocks = {
        part: dict(zip(names[part], getattr(cell, part).split(H), strict=True))
        for part in names
    }
    return {
        part: torch.cat([found[k] for k in order]) for part, found in blocks.items()
    }


def test_the_words_of_gru_and_lstm_are_the_librarys_cells(xs):
    gru, lstm = (search.Cell(word, D, H) for word in (search.GRU, search.LSTM))
    step = partial(gru_step, **_stacked(gru, "rkn"))
    assert_close(gru(xs)[0], unroll(step, xs, torch.zeros(B, H))[0])
    step = partial(lstm_step, **_stacked(lstm, "wkno"))
    assert_close(lstm(xs)[0], unroll(step, xs, _zeros("h", "c"))[0])
    after = search.Cell(search.GRU._replace(inner="r * Wh"), D, H)
    step = partial(gru_step, **_stacked(after, "rkn"), reset_after=True)
    assert_close(after(xs)[0], unroll(step, xs, torch.zeros(B, H))[0])


def test_elmans_word_is_torchs_rnn(xs):
    cell, rnn = search.Cell(search.ELMAN, D, H), torch.nn.RNN(D, H)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(cell.W_x)
        rnn.weight_hh_l0.copy_(cell.W_h)
        rnn.bias_ih_l0.copy_(cell.b)
        rnn.bias_hh_l0.zero_()
    assert_close(cell(xs)[0], rnn(xs)[0])


def test_every_gate_sees_only_what_its_word_says(xs):
    word = search.LSTM._replace(gates=(("k", "x"), ("o", "h"), ("w", "x+h")))
    cell = search.Cell(word, D, H)
    assert (cell.of_x, cell.of_h) == (["k", "w", "n"], ["o", "w", "n"])
    assert variants.count(cell) == 3 * H * D + 3 * H * H + 4 * H
    cell(xs)[0].sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in cell.parameters())


def test_every_word_runs_and_shows_a_state_of_its_size():
    xs = torch.randn(2, B, D)
    for word in search.words():
        hs, (h, s) = search.Cell(word, D, 2)(xs)
        assert hs.shape == (2, B, 2)
        assert torch.equal(hs[-1], h)
        shown = {"s": s, "tanh(s)": torch.tanh(s)}.get(word.show, h)
        assert torch.equal(h, shown)
        assert hs.isfinite().all()


@pytest.mark.parametrize("word", [search.GRU, search.LSTM, search.ELMAN])
def test_a_cell_is_as_large_as_the_budget_allows(word):
    H = search.within_budget(word, 2).hidden_size
    assert variants.count(search.Cell(word, 2, H)) <= search.BUDGET
    assert variants.count(search.Cell(word, 2, H + 1)) > search.BUDGET


def test_one_seed_gives_one_loss_and_another_seed_another():
    torch.set_default_dtype(torch.float32)

    def make(D):
        return layers.GRU(D, 4)

    runs = [measuring.measure(make, "recall", seed, 3) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("task", measuring.TASKS)
def test_no_constant_answer_costs_less_than_the_one_that_a_share_is_of(task):
    rows = measuring.TASKS[task](4000, torch.Generator().manual_seed(5))
    if rows.inputs.is_floating_point():
        costs = [(rows.targets - c).square().mean().item() for c in (0.95, 1, 1.05)]
        assert min(costs) == costs[1] == pytest.approx(1 / 6, rel=0.05)
    else:  # all symbols are as frequent, so the best guess is uniform
        scored = ... if rows.scored is None else rows.scored
        share = rows.targets[scored].bincount() / rows.targets[scored].numel()
        entropy = -(share * share.log()).sum().item()
        assert entropy == pytest.approx(measuring.constant_of(task, 0), rel=2e-3)


@pytest.mark.parametrize("task", measuring.TASKS)
def test_what_answers_the_constant_has_a_share_of_one_on_every_seeds_rows(task):
    torch.set_default_dtype(torch.float32)
    D, V = measuring.SIZES[task]
    model = measuring.Reader(layers.RNN(D, 3), 3, V, at_end=task != "recall")
    for weight in model.parameters():
        torch.nn.init.zeros_(weight)
    if task == "adding":
        torch.nn.init.ones_(model.write.bias)
    for seed in (0, 4):
        left = measuring.loss(model, measuring.new_rows(task, seed)).item()
        run = measuring.Run(left, measuring.constant_of(task, seed))
        assert run.share == pytest.approx(1, rel=1e-5)


def _inside(t, degrees, steps=20_000):
    """Integrate Student's density from -t to t, by the midpoint rule."""
    scale = math.gamma((degrees + 1) / 2) / math.gamma(degrees / 2)
    scale /= math.sqrt(degrees * math.pi)
    at = (torch.arange(steps) + 0.5) * (2 * t / steps) - t
    density = scale * (1 + at**2 / degrees) ** (-(degrees + 1) / 2)
    return (density.sum() * 2 * t / steps).item()


@pytest.mark.equation("eq-07-interval")
@pytest.mark.parametrize(("runs", "t"), measuring.T_95.items())
def test_ninety_five_of_a_hundred_intervals_hold_the_mean(runs, t):
    assert _inside(t, runs - 1) == pytest.approx(0.95, abs=1e-4)
    values = torch.randn(4000, runs) * 3 + 7
    mean, s = values.mean(1), values.std(1)
    half = t * s / math.sqrt(runs)
    assert ((mean - half < 7) & (mean + half > 7)).double().mean() == pytest.approx(
        0.95, abs=0.02
    )
    low, high = measuring.interval(values[0].tolist())
    assert_close([low, high], [mean[0] - half[0], mean[0] + half[0]])
