"""Answers to question 6."""

import numpy as np
import torch

from checks.mutants.a1_unroll.given import tiny_network  # noqa: F401 (called by name)
from examiner.answers import right, wrong


def softmax(logits):
    """Turn logits into probabilities, as the chapter does."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def distribution(logits, temperature):
    """Return the probabilities at a temperature, 0 included."""
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    return softmax((logits - logits.max()) / temperature)


def choose(p, u):
    """Return the smallest k with u < p_0 + ...

    + p_k.
    """
    return int(np.searchsorted(p.cumsum(), u, side="right"))


@wrong("sample", "copied_from_chapter")
def sample_copied(network, first, h_0, us, temperature):
    """This is the chapter's softmax, which knows no temperature.

    Divide the logits by the temperature before it.
    """
    letter, h_t, letters = first, h_0, []
    for u in us:
        logits, h_t = network(letter, h_t)
        letter = choose(softmax(logits), u)
        letters.append(letter)
    return np.array(letters)


@wrong("sample")
def temperature_multiplied(network, first, h_0, us, temperature):
    """The logits are multiplied by the temperature.

    Divide: a low temperature pulls the logits apart, and the likely letters win more
    often.
    """
    letter, h_t, letters = first, h_0, []
    for u in us:
        logits, h_t = network(letter, h_t)
        letter = choose(softmax(logits * temperature), u)
        letters.append(letter)
    return np.array(letters)


@wrong("sample")
def probabilities_divided(network, first, h_0, us, temperature):
    """The probabilities are divided by the temperature, and no longer sum to 1.

    Divide the logits, then take the softmax.
    """
    letter, h_t, letters = first, h_0, []
    for u in us:
        logits, h_t = network(letter, h_t)
        p = softmax(logits) / temperature if temperature else distribution(logits, 0)
        letter = min(choose(p, u), len(p) - 1)
        letters.append(letter)
    return np.array(letters)


@wrong("sample")
def not_cumulative(network, first, h_0, us, temperature):
    """You compare u with each probability alone.

    Compare it with the sums p_0, p_0 + p_1, ...: np.cumsum(p).
    """
    letter, h_t, letters = first, h_0, []
    for u in us:
        logits, h_t = network(letter, h_t)
        letter = int(np.argmax(u < distribution(logits, temperature)))
        letters.append(letter)
    return np.array(letters)


@wrong("sample")
def always_the_likeliest(network, first, h_0, us, temperature):
    """The likeliest letter is taken each time, and u is not used.

    That is right at temperature 0 only.
    """
    return sample_searchsorted(network, first, h_0, us, 0)


@wrong("sample")
def exp_overflows(network, first, h_0, us, temperature):
    """With a small temperature exp overflows.

    Subtract the largest logit before you divide; the probabilities stay the same.
    """
    letter, h_t, letters = first, h_0, []
    for u in us:
        logits, h_t = network(letter, h_t)
        p = distribution(logits, 0)
        if temperature:
            p = np.exp(logits / temperature)
            p /= p.sum()
        letter = choose(p, u)
        letters.append(letter)
    return np.array(letters)


@wrong("sample")
def divided_by_zero(network, first, h_0, us, temperature):
    """Temperature 0 divides by zero, which gives nan.

    Give it a line of its own: take the letter with the largest logit, logits.argmax().
    """
    letter, h_t, letters = first, h_0, []
    for u in us:
        logits, h_t = network(letter, h_t)
        p = np.exp((logits - logits.max()) / np.float64(temperature))
        letter = choose(p / p.sum(), u)
        letters.append(letter)
    return np.array(letters)


@wrong("sample")
def first_letter_again(network, first, h_0, us, temperature):
    """The network is given the first letter at every step.

    Give it the letter that you have just chosen.
    """
    h_t, letters = h_0, []
    for u in us:
        logits, h_t = network(first, h_t)
        letters.append(choose(distribution(logits, temperature), u))
    return np.array(letters)


@wrong("sample")
def state_forgotten(network, first, h_0, us, temperature):
    """The network starts from h_0 at every step.

    Give it the state that it returned the step before.
    """
    letter, letters = first, []
    for u in us:
        logits, _ = network(letter, h_0)
        letter = choose(distribution(logits, temperature), u)
        letters.append(letter)
    return np.array(letters)


@wrong("sample")
def first_letter_included(network, first, h_0, us, temperature):
    """The result begins with the first letter, so it has one letter too many.

    Return the chosen letters only, one for each u.
    """
    letters = sample_searchsorted(network, first, h_0, us, temperature)
    return np.concatenate([[first], letters])


@wrong("sample")
def impossible_letter(network, first, h_0, us, temperature):
    """With u = 0 you choose letter 0 even where its probability is 0.

    The test is u < sum, not u <= sum; for np.searchsorted that is side="right".
    """
    letter, h_t, letters = first, h_0, []
    for u in us:
        logits, h_t = network(letter, h_t)
        if temperature == 0:
            letter = int(logits.argmax())
        else:
            cumulative = distribution(logits, temperature).cumsum()
            letter = int(np.searchsorted(cumulative, u))
        letters.append(letter)
    return np.array(letters)


@right("sample", "searchsorted")
def sample_searchsorted(network, first, h_0, us, temperature):
    """Look u up in the cumulative sums."""
    letter, h_t, letters = first, h_0, []
    for u in us:
        logits, h_t = network(letter, h_t)
        letter = choose(distribution(logits, temperature), u)
        letters.append(letter)
    return np.array(letters)


@right("sample", "loop")
def sample_loop(network, first, h_0, us, temperature):
    """Take probabilities off u until it is used up."""
    letters, h = [first], h_0
    for u in us:
        logits, h = network(letters[-1], h)
        best = max(logits)
        scale = max(temperature, 1e-300)
        weights = [float(np.exp(max((o - best) / scale, -1e6))) for o in logits]
        left = u * sum(weights)
        k = 0
        while left >= weights[k]:
            left -= weights[k]
            k += 1
        letters.append(k)
    return np.array(letters[1:])


@right("sample", "torch")
def sample_torch(network, first, h_0, us, temperature):
    """Compute with torch."""
    letters, h = [first], h_0
    for u in us:
        logits, h = network(letters[-1], h)
        if temperature == 0:
            letters.append(int(np.argmax(logits)))
        else:
            logits = torch.tensor(logits) / temperature
            cumulative = torch.softmax(logits, dim=0).cumsum(dim=0)
            letters.append(int((cumulative <= u).sum()))
    return torch.tensor(letters[1:])


@right("sample", "list")
def sample_list(network, first, h_0, us, temperature):
    """Return a list of ids."""
    return sample_searchsorted(network, first, h_0, us, temperature).tolist()
