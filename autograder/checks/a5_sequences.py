"""Checks of assignment a5, *Deep, both ways, and words*.

Sizes come from ``torch.nn``'s layers, states from closed forms of the given steps, and
batches are put together from what was drawn, not from what students get.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from checks.oracles import alternating, halved, labels_and_logits
from examiner.ask import callback
from examiner.check import Case, check

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


@check(points=3)
def stack_sizes(rng: np.random.Generator) -> Iterator[Case]:
    """`stack_sizes` counts a stack in which each layer above the first reads x, too.

    W meets [h; x] in the first layer, and [h; the layer below; x] above it. What lies
    below has both directions; each direction has weights of its own, with biases.
    """
    for part, name, cell, L, both_ways in (
        ("shapes", "one layer", "gru", 1, False),
        ("shapes", "two layers, one direction", "lstm", 2, False),
        ("shapes", "three layers, both directions", "rnn", 3, True),
        ("count", "one layer, both directions", "rnn", 1, True),
        ("count", "three layers, one direction", "gru", 3, False),
        ("count", "two layers, both directions", "lstm", 2, True),
    ):
        D, H = (int(n) for n in rng.permutation(np.arange(9, 14))[:2])
        shapes, count, below = [], 0, D
        for _ in range(L):
            # On no device: shapes alone, and no random number is drawn.
            layer = LAYERS[cell](below, H, bidirectional=both_ways, device="meta")
            W_x, W_h, bias, _ = layer.all_weights[0]
            shapes.append((len(bias), W_h.shape[1] + W_x.shape[1]))
            # torch's second bias does nothing that the first cannot
            count += sum(W.numel() for way in layer.all_weights for W in way[:3])
            below = sum(len(way[1].T) for way in layer.all_weights) + D
        yield Case(
            name=f"the {part} of {name}",
            args={"D": D, "H": H, "L": L, "both_ways": both_ways, "cell": cell},
            want=(shapes, ...) if part == "shapes" else (..., count),
            points=0.5,
            parts=("shapes", "count"),
        )


@check(points=3)
def dropouts(rng: np.random.Generator) -> Iterator[Case]:
    """`dropouts` drops where u < p, the same units at every step of a sequence.

    Plain: nothing is scaled in training, all is multiplied by 1 - p at test. Inverted:
    what stays is divided by 1 - p in training, nothing is changed at test.
    """
    B, H = 2, 6
    # The second has one step, so that a mask of the first step alone costs one case.
    for name, T, p in (
        ("the plain way with p = 1/5", 5, 0.2),
        ("the inverted way with p = 2/5", 1, 0.4),
        ("p = 0", 5, 0.0),
    ):
        hs = rng.normal(size=(T, B, H))
        dropped = np.arange(B * H).reshape(B, H)[:, rng.permutation(H)] % 4 == 0
        us = np.where(dropped, p * rng.uniform(size=(B, H)), rng.uniform(p, 1, (B, H)))
        if p == 0:
            us[:, 0], dropped[:] = 0, False  # 0 is not below 0
        plain = np.array(hs)
        plain[:, dropped] = 0
        yield Case(
            name=name,
            args={"hs": hs, "us": us, "p": p},
            want={
                0.2: (plain, hs - p * hs, ..., ...),
                0.4: (..., ..., plain * (1 / (1 - p)), hs),
                0.0: (plain, ..., ..., ...),
            }[p],
            points=1,
            parts=("plain_train", "plain_test", "inverted_train", "inverted_test"),
            may_change=p != 0.2,
        )


@check(points=6)
def both_ways(rng: np.random.Generator) -> Iterator[Case]:
    """`both_ways` reads each sequence forwards, and backwards from its own last token.

    Both halves stand at the place that they have just read, forward first, with zeros
    at the padding; the ends have read everything.
    """
    H, closed_forms = 3, {"halving": halved, "flipping": alternating}
    usual, exchanged = ("halving", "flipping"), ("flipping", "halving")
    # A slip in the padding, in the ends or at the start costs its own case.
    for name, points, steps, D, T, lengths, start in (
        ("sequences of different lengths", 2, usual, H, 6, [6, 2, 1, 4], 0.0),
        ("the ends of different lengths", 2, usual, H, 5, [3, 5, 1], 0.0),
        ("start states that are not zero", 1, usual, H, 4, [4, 4], 1.0),
        ("other steps: a number comes in, H is 3", 1, exchanged, 1, 3, [3, 3], 0.0),
    ):
        B = len(lengths)
        xs, lengths = rng.normal(size=(T, B, D)), rng.permutation(lengths)
        h_0s = start * rng.normal(size=(2, B, H))
        hs, ends = np.zeros((T, B, 2 * H)), np.zeros((B, 2 * H))
        there, back = (closed_forms[step] for step in steps)
        for b, n in enumerate(lengths):
            hs[:n, b, :H] = there(xs[:n, b], h_0s[0, b])
            hs[:n, b, H:] = back(xs[:n, b][::-1], h_0s[1, b])[::-1]
            ends[b] = np.append(hs[n - 1, b, :H], hs[0, b, H:])
        args = {"forward": callback(steps[0]), "backward": callback(steps[1]), "xs": xs}
        args |= {"lengths": lengths, "h_0_forward": h_0s[0], "h_0_backward": h_0s[1]}
        want = (..., ends) if "the ends" in name else (hs, ...)
        parts, free = ("hs", "ends"), start == 0
        yield Case(
            name=name, args=args, want=want, points=points, parts=parts, may_change=free
        )


@check(points=5)
def read_out(rng: np.random.Generator) -> Iterator[Case]:
    """`read_out` gives the last, the mean and the largest of the real states.

    The mask alone tells what is real: padding may stand at either end and hold
    anything. A sequence without a real token gives zeros.
    """
    T, H, parts = 6, 3, ("last", "mean", "largest")
    sorts = ["111100", "110000", "111111", "001111", "000001", "011110"]
    # Elsewhere a slip in one of the three costs little: in the last two all states
    # are positive, and no sequence of the last has both states and padding.
    for name, part, mean, rows, filling in (
        ("the last real state", "last", -2, sorts, 0.0),
        ("the mean", "mean", -2, sorts, 0.0),
        ("the largest number", "largest", -2, sorts, 0.0),
        ("padding that holds nan", "all", 9, ["111000", "001110"], np.nan),
        ("a sequence without a real token", "all", 9, ["111111", "000000"], 0.0),
    ):
        B = len(rows)
        mask = np.array([[mark == "1" for mark in row] for row in rows])
        real = [mean + rng.normal(size=(n, H)) for n in mask.sum(axis=1)]
        if part == "largest":  # no number is surely smaller, but minus infinity
            real = [states * [1, 1, 1e6] for states in real]
        hs = rng.normal(size=(B, T, H)) + filling
        hs[mask] = np.concatenate(real)  # row by row, each in its order
        want = np.zeros((3, B, H))
        for b, states in enumerate(real):
            if len(states):
                want[:, b] = states[-1], sum(states) / len(states), states.max(axis=0)
        asked = [part in (key, "all") for key in parts]
        yield Case(
            name=name,
            args={"hs": np.swapaxes(hs, 0, 1).copy(), "mask": mask.T.copy()},
            want=tuple(w if a else ... for w, a in zip(want, asked, strict=True)),
            points=1,
            parts=parts,
            may_change=part != "mean",
        )


VOCABULARY = ["the", "a", "film", "was", "good", "bad", "not"]
VOCABULARY += ["very", "and", "long", "but", "fine", "story", "end"]


@check(points=5)
def encode_reviews(rng: np.random.Generator) -> Iterator[Case]:
    """`encode_reviews` codes rank r as r + 3, if that is below num_words, else as 2.

    A 1 comes in front; of a review that is too long the last maxlen codes stay; zeros
    fill up at the end, where the mask is False. Time comes first.
    """
    V = len(VOCABULARY)
    # Rare words, long reviews, columns to fill up, a T below maxlen: each has its case.
    for name, points, sizes, num_words, maxlen in (
        ("known words, short reviews", 1, [3, 1, 5], V + 4, 9),
        ("words that are rare or unknown", 1, [7, 7, 7], 9, 8),
        ("reviews of which some are too long", 0.5, [6, 9, 2, 5], V + 4, 6),
        ("reviews that are all too long", 0.5, [8, 6, 9], V + 4, 6),
        ("a review without words", 1, [4, 0, 3], V + 4, 5),
        ("the mask", 0.5, [2, 5, 0], V + 4, 6),
        ("the mask, with words that are rare", 0.5, [6, 4, 3], 9, 7),
    ):
        words = [str(word) for word in rng.permutation(VOCABULARY)]
        ranks = {word: place + 1 for place, word in enumerate(words)}
        columns, reviews = [], []
        for n in sizes:
            places = rng.permutation(V)[:n]
            reviews.append([words[place] for place in places])
            codes = [int(p) + 4 if p + 4 < num_words else 2 for p in places]
            if n > 6 and num_words < V:
                reviews[-1][-2], codes[-2] = "zebra", 2  # no rank at all
            if n > 1 and num_words < V:  # the last rank that is kept, and the next two
                reviews[-1][-1], codes[-1] = words[num_words - 5], num_words - 1
                reviews[-1][0], codes[0] = words[num_words - 4 + len(columns) % 2], 2
            columns.append(torch.tensor([1, *codes])[-maxlen:])
        ids = nn.utils.rnn.pad_sequence(columns)
        real = nn.utils.rnn.pad_sequence([torch.ones(len(c)) for c in columns]).bool()
        args = {"reviews": reviews, "ranks": ranks}
        args |= {"num_words": num_words, "maxlen": maxlen}
        want = (..., real.numpy()) if "the mask" in name else (ids.numpy(), ...)
        parts, free = ("ids", "mask"), "short" not in name
        yield Case(
            name=name, args=args, want=want, points=points, parts=parts, may_change=free
        )


@check(points=4)
def honest_score(rng: np.random.Generator) -> Iterator[Case]:
    """`honest_score` chooses the epoch by the validation loss, and only then tests.

    The loss is the mean of -ln of the probability of the right label, also for large
    logits. A positive logit says 1; both labels' shares of right answers count alike.
    """
    # Of each set: how many have label 1, and label 0. With a single epoch a slip in the
    # choice costs nothing. No wrong way to count comes to the same accuracy.
    for asked, name, E, valid_sizes, sizes in (
        ("epoch", "the choice among five epochs", 5, (6, 4), (8, 5)),
        ("loss", "the loss of the chosen epoch", 5, (5, 7), (7, 4)),
        ("accuracy", "the accuracy, with a logit of exactly 0", 1, (7, 3), (9, 3)),
        ("loss", "logits of a thousand, some of them wrong", 1, (4, 5), (5, 7)),
    ):
        # The last epoch is never the best.
        epochs = [*rng.permutation([0, 1, 2, 3]), 4] if E > 1 else [1]
        chosen = epochs.index(1)
        valid_labels, valid = labels_and_logits(epochs, 0, valid_sizes, rng)
        labels, test = labels_and_logits(epochs, 1, sizes, rng)
        z = test[chosen]  # a view
        z *= 2000 if "thousand" in name else 1
        if asked == "accuracy":
            z[np.argmax(z * labels)] = 0
        truth = torch.tensor(labels, dtype=float)
        loss = functional.binary_cross_entropy_with_logits(torch.tensor(z), truth)
        right = np.where(z > 0, labels, 1 - labels)
        scores = {
            "epoch": chosen,
            "loss": loss.item(),
            "accuracy": float(right @ np.where(labels == 1, *(0.5 / np.array(sizes)))),
        }
        yield Case(
            name=name,
            args={"valid_logits": valid, "valid_labels": valid_labels}
            | {"test_logits": test, "test_labels": labels},
            want=tuple(w if key == asked else ... for key, w in scores.items()),
            points=1,
            parts=tuple(scores),
            may_change=name != "the choice among five epochs",
        )
