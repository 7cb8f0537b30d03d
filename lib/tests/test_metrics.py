"""Metrics against hand-computed values, torch.nn.functional and brute force."""

import math

import pytest
import torch
from torch.nn import functional

from throughtime import images, metrics
from throughtime.errors import KindError, ShapeError, ThroughTimeError, VocabularyError
from throughtime.testing import assert_close

T, B, V, G = 7, 3, 11, 4


def drawn(seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(T, B, V, generator=generator, dtype=torch.float64)
    targets = torch.randint(V, (T, B), generator=generator)
    mask = torch.arange(T)[:, None] < torch.tensor([7, 2, 5])
    return logits, targets, mask


def test_cross_entropy_is_torchs_where_everything_counts():
    logits, targets, _ = drawn()
    wanted = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    assert_close(metrics.cross_entropy(logits, targets), wanted)


def test_every_real_token_counts_the_same_whatever_the_length_of_its_row():
    logits, targets, mask = drawn()
    p = logits.softmax(-1)
    total = 0.0
    for t in range(T):
        for b in range(B):
            if mask[t, b]:
                total -= math.log(p[t, b, targets[t, b]])
    found = metrics.cross_entropy(logits, targets, mask)
    assert_close(found.item(), total / (7 + 2 + 5))
    rows = [
        metrics.cross_entropy(logits[:n, b], targets[:n, b]).item()
        for b, n in enumerate((7, 2, 5))
    ]
    assert abs(found.item() - sum(rows) / 3) > 1e-3  # it is no mean of rows' means


def test_what_the_mask_leaves_out_changes_nothing_and_gets_no_gradient():
    logits, targets, mask = drawn()
    wanted = metrics.cross_entropy(logits, targets, mask)
    logits[~mask], targets[~mask] = math.nan, -100
    logits.requires_grad_()
    found = metrics.cross_entropy(logits, targets, mask)
    assert found == wanted
    found.backward()
    assert (logits.grad[~mask] == 0).all()
    p = logits.detach()[mask].softmax(-1)
    gradient = (p - functional.one_hot(targets[mask], V)) / mask.sum()
    assert_close(logits.grad[mask], gradient)


def test_an_even_guess_costs_log_v_and_has_perplexity_v():
    nats = metrics.cross_entropy(torch.zeros(T, V), torch.zeros(T, dtype=torch.int64))
    assert_close(metrics.perplexity(nats.item()), V, rtol=1e-6)
    assert_close(metrics.bits(nats.item()), math.log2(V), rtol=1e-6)


def test_perplexity_is_2_to_the_bits_and_one_over_the_geometric_mean():
    p = [0.5, 0.1, 0.9, 0.25]
    nats = -sum(map(math.log, p)) / 4
    assert_close(metrics.perplexity(nats), 1 / math.prod(p) ** 0.25)
    assert_close(metrics.perplexity(nats), 2 ** metrics.bits(nats))


def test_perplexity_and_bits_take_tensors_too():
    nats = torch.tensor([0.0, math.log(2)], dtype=torch.float64)
    assert_close(metrics.perplexity(nats), torch.tensor([1.0, 2.0]).double())
    assert_close(metrics.bits(nats), torch.tensor([0.0, 1.0]).double())


def test_accuracy_counts_real_tokens_only():
    logits = torch.zeros(3, 2, 4)
    logits[0, 0, 3] = logits[1, 0, 2] = logits[2, 1, 1] = 5.0
    targets = torch.tensor([[3, 0], [1, 1], [2, 1]])  # right, tie; wrong, wrong; ...
    mask = torch.tensor([[True, True], [True, False], [False, True]])
    assert metrics.accuracy(logits, targets, mask) == 3 / 4
    assert metrics.accuracy(logits, targets) == 3 / 6


def test_accuracy_may_leave_out_answers_by_minus_infinity():
    logits = torch.tensor([[3.0, -math.inf, 1.0]])
    assert metrics.accuracy(logits, torch.tensor([0])) == 1


@pytest.mark.parametrize("score", [metrics.cross_entropy, metrics.accuracy])
def test_wrong_arguments_are_refused(score):
    logits, targets, mask = drawn()
    with pytest.raises(ShapeError, match=r"targets has shape \(3, 7\).*wanted \(7, 3"):
        score(logits, targets.T)
    with pytest.raises(ShapeError, match=r"mask has shape \(7,\)"):
        score(logits, targets, mask[:, 0])
    with pytest.raises(KindError, match=r"targets holds torch.float32; wanted"):
        score(logits, targets.float())
    with pytest.raises(KindError, match=r"mask holds torch.int64; wanted"):
        score(logits, targets, mask.long())
    with pytest.raises(KindError, match=r"logits holds torch.int64; wanted"):
        score(logits.long(), targets)
    with pytest.raises(ThroughTimeError, match="no token counts of 21; wanted"):
        score(logits, targets, torch.zeros_like(mask))
    with pytest.raises(VocabularyError, match=r"targets run from .* to 11; wanted 0"):
        score(logits, torch.where(mask, targets, V))


def test_the_truth_rate_is_the_judges():
    scenes = images.scenes("test", 30)
    true = [images.captions(scene)[0].words for scene in scenes]
    assert metrics.truth_rate(true, scenes, images.is_true) == 1
    assert metrics.truth_rate(true[:1] * 30, scenes, images.is_true) < 0.3
    half = [words if k % 2 else ("a",) for k, words in enumerate(true)]
    assert metrics.truth_rate(half, scenes, images.is_true) == 0.5
    with pytest.raises(ShapeError, match="30 captions and 29 scenes; wanted"):
        metrics.truth_rate(true, scenes[1:], images.is_true)


def looking():
    """Three words; the second names thing 1, the third thing 0."""
    maps = torch.zeros(3, G, G)
    maps[0, 3, 3] = 1
    maps[1] = 1 / 16
    maps[2, 0, 0], maps[2, 0, 1], maps[2, 2, 2] = 0.5, 0.2, 0.3
    masks = torch.zeros(2, G, G, dtype=torch.bool)
    masks[0, 0, 1] = masks[0, 2, 2] = True
    masks[1, 1] = True
    return maps, masks, (-1, 1, 0)


def test_attention_mass_is_what_lies_on_the_thing_that_each_word_names():
    assert_close(metrics.attention_mass(*looking()), torch.tensor([4 / 16, 0.5]), 1e-6)


def test_masks_may_be_shares():
    maps, masks, refers = looking()
    found = metrics.attention_mass(maps, masks * 0.5, refers)
    assert_close(found, torch.tensor([2 / 16, 0.25]), 1e-6)


def test_pointing_asks_for_the_cell_looked_at_most():
    maps, masks, refers = looking()
    assert metrics.pointing(maps, masks, refers).tolist() == [False, False]
    maps[1, 1, 2], maps[2, 0, 1] = 0.07, 0.6
    assert metrics.pointing(maps, masks, refers).tolist() == [True, True]


def test_words_that_name_nothing_give_no_numbers():
    maps, masks, _ = looking()
    for score in (metrics.attention_mass, metrics.pointing):
        assert score(maps, masks, (-1, -1, -1)).shape == (0,)


@pytest.mark.parametrize("score", [metrics.attention_mass, metrics.pointing])
def test_sizes_that_disagree_are_refused(score):
    maps, masks, refers = looking()
    with pytest.raises(ShapeError, match="maps has shape"):
        score(maps, masks, refers[1:])
    with pytest.raises(ShapeError, match="masks has shape"):
        score(maps, masks[:, 1:], refers)
    with pytest.raises(ShapeError, match="refers runs from -1 to 2; wanted -1 to 1"):
        score(maps, masks, (-1, 2, 0))
    with pytest.raises(ShapeError, match="refers runs from -2"):
        score(maps, masks, (-2, 1, 0))
    with pytest.raises(KindError, match="maps holds"):
        score(maps.long(), masks, refers)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_gpu_scores_as_the_cpu_does():
    for score in (metrics.cross_entropy, metrics.accuracy):
        wanted = score(*drawn())
        assert_close(score(*(x.cuda() for x in drawn())), wanted)
    maps, masks, refers = looking()
    for score in (metrics.attention_mass, metrics.pointing):
        found = score(maps.cuda(), masks.cuda(), refers)
        assert torch.equal(found.cpu(), score(maps, masks, refers))
