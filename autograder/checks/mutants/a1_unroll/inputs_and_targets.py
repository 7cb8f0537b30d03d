"""Answers to question 4."""

import numpy as np
import torch
from torch.nn import functional

from examiner.answers import right, wrong
from throughtime.text import Vocabulary, one_hot


@wrong("inputs_and_targets", "copied_from_chapter")
def inputs_and_targets_copied(word, alphabet):
    """The ids count the letters in sorted order, as the library's Vocabulary does.

    The alphabet keeps the order in which it is given: use alphabet.index(letter).
    """
    symbols = Vocabulary(alphabet)
    ids = symbols.encode(word)
    return one_hot(ids[:-1], len(symbols)), ids[1:]


@wrong("inputs_and_targets")
def alphabet_of_the_word(word, alphabet):
    """The ids count the letters in the order in which the word shows them.

    Use each letter's place in the alphabet: alphabet.index(letter).
    """
    xs, targets = inputs_and_targets_eye(word, "".join(dict.fromkeys(word)))
    return np.pad(xs, [(0, 0), (0, len(alphabet) - xs.shape[1])]), targets


@wrong("inputs_and_targets")
def not_shifted(word, alphabet):
    """The targets are the inputs themselves.

    The network is to predict the letter that follows, so the targets begin with the
    second letter.
    """
    ids = np.array([alphabet.index(letter) for letter in word[:-1]])
    return np.eye(len(alphabet))[ids], ids


@wrong("inputs_and_targets")
def shifted_backwards(word, alphabet):
    """The targets are the letters before the inputs.

    It is the other way round: the input word[t] has the target word[t + 1].
    """
    ids = np.array([alphabet.index(letter) for letter in word])
    return np.eye(len(alphabet))[ids[1:]], ids[:-1]


@wrong("inputs_and_targets")
def last_letter_wraps(word, alphabet):
    """The last letter is an input, too, and its target is the first letter.

    Nothing follows the last letter, so it is a target only: T is len(word) - 1.
    """
    ids = np.array([alphabet.index(letter) for letter in word])
    return np.eye(len(alphabet))[ids], np.roll(ids, -1)


@wrong("inputs_and_targets")
def last_input_kept(word, alphabet):
    """The last letter is an input, too, but has no target.

    Leave it out, so that each of the T inputs has its target.
    """
    ids = np.array([alphabet.index(letter) for letter in word])
    return np.eye(len(alphabet))[ids], ids[1:]


@wrong("inputs_and_targets")
def ids_as_inputs(word, alphabet):
    """The inputs are ids.

    A network would take id 3 for three times id 1, so make each a one-hot row: zeros,
    and a 1 at the place of the id.
    """
    ids = np.array([alphabet.index(letter) for letter in word])
    return ids[:-1].astype(float), ids[1:]


@wrong("inputs_and_targets")
def one_hot_columns(word, alphabet):
    """The one-hot vectors are columns of xs.

    Time comes first: xs[t] is the row of letter t, and xs has the shape (T, V).
    """
    xs, targets = inputs_and_targets_eye(word, alphabet)
    return xs.T, targets


@wrong("inputs_and_targets")
def one_hot_targets(word, alphabet):
    """The targets are one-hot rows.

    They are wanted as ids, shape (T,).
    """
    ids = np.array([alphabet.index(letter) for letter in word])
    rows = np.eye(len(alphabet))[ids]
    return rows[:-1], rows[1:]


@right("inputs_and_targets", "eye")
def inputs_and_targets_eye(word, alphabet):
    """Take rows of the unit matrix."""
    ids = np.array([alphabet.index(letter) for letter in word])
    return np.eye(len(alphabet))[ids[:-1]], ids[1:]


@right("inputs_and_targets", "loop")
def inputs_and_targets_loop(word, alphabet):
    """Set each 1 by itself."""
    T = len(word) - 1
    xs, targets = np.zeros((T, len(alphabet))), np.zeros(T, dtype=int)
    for t in range(T):
        xs[t, alphabet.index(word[t])] = 1
        targets[t] = alphabet.index(word[t + 1])
    return xs, targets


@right("inputs_and_targets", "torch")
def inputs_and_targets_torch(word, alphabet):
    """Compute with torch."""
    ids = torch.tensor([alphabet.find(letter) for letter in word])
    return functional.one_hot(ids[:-1], len(alphabet)).double(), ids[1:]


@right("inputs_and_targets", "lists")
def inputs_and_targets_lists(word, alphabet):
    """Build lists of whole numbers."""
    xs = [[int(a == letter) for a in alphabet] for letter in word[:-1]]
    return xs, [alphabet.index(letter) for letter in word[1:]]
