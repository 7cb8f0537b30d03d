"""Checks of assignment a1, *Unroll*.

Sizes differ wherever two axes could be swapped. Points go by case: the plain case
earns most, and each thing that is easily overlooked has a case of its own, so that
one slip does not cost the whole question.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional

from examiner.ask import callback
from examiner.check import Case, check


@check(points=4)
def leaky_step(rng: np.random.Generator) -> Iterator[Case]:
    """`leaky_step` moves each state by the part alpha towards the Elman step.

    It keeps the part 1 - alpha of the old state, adds the part alpha of
    tanh(W_xh x_t + W_hh h_prev + b_h), in each row, and changes no argument.
    """
    D, H = 5, 4
    for name, B in (("one sequence (B = 1)", 1), ("a batch of three", 3)):
        arrays = {
            "x_t": rng.normal(size=(B, D)),
            "h_prev": rng.normal(size=(B, H)),
            "W_xh": rng.normal(size=(H, D)) / 2,
            "W_hh": rng.normal(size=(H, H)) / 2,
            "b_h": rng.uniform(0.5, 1, size=H),
        }
        alpha = float(rng.uniform(0.1, 0.4))
        x_t, h_prev, *weights = map(torch.tensor, arrays.values())
        elman = torch.rnn_tanh_cell(x_t, h_prev, *weights)
        yield Case(
            name=name,
            args={**arrays, "alpha": alpha},
            want=torch.lerp(h_prev, elman, alpha).numpy(),
            points=2,
        )


@check(points=6)
def unroll_ragged(rng: np.random.Generator) -> Iterator[Case]:
    """`unroll_ragged` applies the step to the real inputs of each sequence, from h_0.

    After a sequence's end `hs` holds zeros; `h_last` is the state after its last real
    step.
    """
    D, H = 2, 5
    for name, points, lengths in (
        ("sequences of full length", 2, [6, 6, 6]),
        ("sequences of different lengths", 3, [7, 5, 2, 3]),
        ("an empty sequence among others", 1, [6, 0, 3]),
    ):
        T, B = max(lengths), len(lengths)
        xs, h_0 = rng.normal(size=(T, B, D)), rng.normal(size=(B, H))
        lengths = rng.permutation(lengths)
        yield Case(
            name=name,
            args={
                "step": callback("delay_step"),
                "xs": xs,
                "lengths": lengths,
                "h_0": h_0,
            },
            want=delayed(xs, lengths, h_0),
            points=points,
            parts=("hs", "h_last"),
        )


def delayed(
    xs: np.ndarray, lengths: np.ndarray, h_0: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what the delay line holds, read off the sequence without any loop in time.

    Written backwards, a sequence and the start state are one long tape, and the state
    after n steps is a window of H numbers on it.
    """
    T, B, _ = xs.shape
    H = h_0.shape[1]
    hs, h_last = np.zeros((T, B, H)), np.zeros((B, H))
    for b, length in enumerate(lengths):
        tape = np.append(xs[:length, b][::-1], h_0[b])
        windows = np.lib.stride_tricks.sliding_window_view(tape, H)[:: xs.shape[2]]
        h_last[b] = windows[0]
        hs[:length, b] = windows[::-1][1:]
    return hs, h_last


@check(points=3)
def count_parameters(rng: np.random.Generator) -> Iterator[Case]:
    """`count_parameters` gives the shape of each array that the network learns.

    Each unit has an alpha of its own; the count is of the numbers in all arrays.
    """
    D, V, many = (int(n) for n in rng.permutation(np.arange(3, 12))[:3])
    for name, points, H in (("a single unit", 1, 1), ("several units", 2, many)):
        # On no device: shapes alone, and no random number is drawn.
        rnn = torch.nn.RNNCell(D, H, device="meta")
        readout = torch.nn.Linear(H, V, device="meta")
        arrays = {
            "W_xh": rnn.weight_ih,
            "W_hh": rnn.weight_hh,
            "b_h": rnn.bias_ih,  # torch's second bias does nothing that this cannot
            "alpha": torch.empty(H),
            "W_hy": readout.weight,
            "b_y": readout.bias,
        }
        shapes = {key: tuple(array.shape) for key, array in arrays.items()}
        count = sum(array.numel() for array in arrays.values())
        yield Case(
            name=name,
            args={"D": D, "H": H, "V": V},
            want=(shapes, count),
            points=points,
        )


@check(points=4)
def inputs_and_targets(rng: np.random.Generator) -> Iterator[Case]:
    """`inputs_and_targets` turns all letters but the last into one-hot rows.

    The targets are the ids of the letters after them; an id is a place in the alphabet
    as it is given.
    """
    alphabet = "".join(rng.permutation(list("bcdefgh"))) + "a"  # never sorted
    # Each letter once, so that every id counts, and some again, as in hello.
    word = "".join([*rng.permutation(list(alphabet)), *rng.choice(list(alphabet), 3)])
    for name, points, word_, alphabet_ in (
        ('"hello" and "helo"', 1, "hello", "helo"),
        ("an alphabet in no order", 2, word, alphabet),
        ("a word of two letters", 1, alphabet[1::-1], alphabet),
    ):
        table = np.array(list(word_))[:, None] == np.array(list(alphabet_))
        yield Case(
            name=name,
            args={"word": word_, "alphabet": alphabet_},
            want=(table[:-1].astype(float), table[1:].argmax(axis=1)),
            points=points,
            parts=("xs", "targets"),
        )


@check(points=4)
def bits_per_letter(rng: np.random.Generator) -> Iterator[Case]:
    """`bits_per_letter` gives the mean of -log2 p_t[y_t] over all letters.

    The logits are W_hy h_t + b_y, and may be large.
    """
    T, H, V = 7, 4, 6
    hs, W_hy = rng.uniform(-1, 1, size=(T, H)), rng.normal(size=(V, H))
    b_y, targets = rng.normal(size=V), rng.permutation(np.arange(T) % V)
    unlikely = np.where(np.arange(V) == targets[0], -3000.0, 0.0)
    for name, points, shift in (
        ("logits of usual size", 2, 0.0),
        ("logits near 2000", 1, 2000.0),
        ("a letter that the network holds for impossible", 1, unlikely),
    ):
        logits = functional.linear(*map(torch.tensor, (hs, W_hy, b_y + shift)))
        nats = functional.cross_entropy(logits, torch.tensor(targets))
        yield Case(
            name=name,
            args={"hs": hs, "W_hy": W_hy, "b_y": b_y + shift, "targets": targets},
            want=nats.item() / math.log(2),
            points=points,
        )


@check(points=5)
def sample(rng: np.random.Generator) -> Iterator[Case]:
    """`sample` feeds each letter that it chose back to the network.

    It chooses the smallest k with u < p_0 + ... + p_k, where p is
    softmax(logits / temperature), and the largest logit at temperature 0.
    """
    V = 6
    for name, points, temperature in (
        ("temperature 1", 2, 1.0),
        ("a low temperature", 1, 0.4),
        ("a temperature close to 0", 1, 1e-4),
        ("temperature 0", 1, 0.0),
    ):
        # So many that two ways to choose agree on all of them about never.
        us = rng.uniform(size=80)
        us[1] = 0.0  # not below p_0 where p_0 is 0
        first = int(rng.integers(1, 4))
        # The first logit is positive, so exp(logit / 1e-4) overflows there too.
        h_0 = rng.uniform(0, 0.2, size=V) + 0.7 * (np.arange(V) == V - 1)
        yield Case(
            name=name,
            args={
                "network": callback("tiny_network"),
                "first": first,
                "h_0": h_0,
                "us": us,
                "temperature": temperature,
            },
            want=sampled(first, h_0, us, temperature),
            points=points,
        )


def sampled(
    first: int, h_0: np.ndarray, us: np.ndarray, temperature: float
) -> np.ndarray:
    """Run the tiny network as matrices, and choose by counting in its distribution."""
    letters, h_t = [first], torch.tensor(h_0)
    one_hot = torch.eye(len(h_0), dtype=torch.float64)
    readout = 3 * one_hot.roll(1, dims=0) - 2 * one_hot
    for u in us:
        h_t = one_hot[letters[-1]] + h_t / 2
        logits = readout @ h_t
        if temperature:
            below = torch.softmax(logits / temperature, dim=0).cumsum(dim=0) <= u
            letters.append(int(below.sum()))
        else:
            letters.append(int(logits.argmax()))
    return np.array(letters[1:])
