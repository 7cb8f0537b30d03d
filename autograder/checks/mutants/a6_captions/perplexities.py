"""Wrong answers to question 6."""

import numpy as np

from checks.mutants.a6_captions.perplexities_right import squares, three
from examiner.answers import wrong


def bits_a_token(ppl, n):
    """Return the mean of log2 over all tokens."""
    return n @ np.log2(ppl) / n.sum()


def from_bits(bits, theta, lam):
    """Return what follows from another number of bits a token, but for the words."""
    return {"perplexity": 2**bits, "cost": bits + lam * squares(theta)}


@wrong("perplexities", "copied_from_chapter")
def perplexities_copied(ppl, n, theta, lam):
    """This is the chapter's cell, which leaves the weights out of the cost.

    And its perplexity is for each token; here the words have one of their own, too.
    """
    bits = bits_a_token(ppl, n)
    return three(ppl, n, theta, lam, by_word=2**bits, cost=bits)


@wrong("perplexities")
def mean_of_perplexities(ppl, n, theta, lam):
    """You take the mean of the perplexities; it is the logarithms that add up."""
    return three(ppl, n, theta, lam, perplexity=ppl.mean())


@wrong("perplexities")
def weighted_mean_of_perplexities(ppl, n, theta, lam):
    """You weigh by the lengths, but it is perplexities that you add.

    Take the mean of their logarithms, and then the exponential.
    """
    return three(ppl, n, theta, lam, perplexity=n @ ppl / n.sum())


@wrong("perplexities")
def captions_alike(ppl, n, theta, lam):
    """All captions count alike, short and long: weigh each by its own n."""
    bits = np.log2(ppl).mean()
    words = 2 ** (bits * n.sum() / (n - 1).sum())
    return three(ppl, n, theta, lam, **from_bits(bits, theta, lam), by_word=words)


@wrong("perplexities")
def one_length_for_all(ppl, n, theta, lam):
    """In the cost one length stands for all captions; each has its own."""
    bits = n.max() * np.log2(ppl).sum() / n.sum()
    return three(ppl, n, theta, lam, cost=bits + lam * squares(theta))


@wrong("perplexities")
def divided_by_captions(ppl, n, theta, lam):
    """You divide by the number of captions; N is that of the tokens."""
    bits = n @ np.log2(ppl) / len(n)
    return three(ppl, n, theta, lam, **from_bits(bits, theta, lam))


@wrong("perplexities")
def e_to_the_bits(ppl, n, theta, lam):
    """You take e to the power of bits: with bits it is 2, with nats e."""
    bits = bits_a_token(ppl, n)
    words = np.exp(n @ np.log2(ppl) / (n - 1).sum())
    return three(ppl, n, theta, lam, perplexity=np.exp(bits), by_word=words)


@wrong("perplexities")
def two_to_the_nats(ppl, n, theta, lam):
    """You take 2 to the power of nats: with nats it is e, with bits 2."""
    words = 2 ** (n @ np.log(ppl) / (n - 1).sum())
    nats = n @ np.log(ppl) / n.sum()
    return three(ppl, n, theta, lam, perplexity=2**nats, by_word=words)


@wrong("perplexities")
def probability_for_perplexity(ppl, n, theta, lam):
    """You return the mean probability, the reciprocal of the perplexity."""
    perplexity, by_word, cost = three(ppl, n, theta, lam)
    return 1 / perplexity, 1 / by_word, cost


@wrong("perplexities")
def product_overflows(ppl, n, theta, lam):
    """The product over all captions overflows: add up logarithms instead."""
    with np.errstate(over="ignore"):
        product = np.prod(ppl**n)
    words = product ** (1 / (n - 1).sum())
    return three(ppl, n, theta, lam, perplexity=product ** (1 / n.sum()), by_word=words)


@wrong("perplexities")
def end_not_counted(ppl, n, theta, lam):
    """For each word you count END as one: n has it, so there are n - 1 words."""
    return three(ppl, n, theta, lam, by_word=2 ** bits_a_token(ppl, n))


@wrong("perplexities")
def nats_of_end_left_out(ppl, n, theta, lam):
    """For each word you leave out a share of the nats, as if END's were known.

    All nats stay; they are shared among fewer.
    """
    words = n - 1
    by_word = 2 ** (words @ np.log2(ppl) / words.sum())
    return three(ppl, n, theta, lam, by_word=by_word)


@wrong("perplexities")
def end_on_top(ppl, n, theta, lam):
    """You add END to n, which has it already."""
    bits = (n + 1) @ np.log2(ppl) / (n + 1).sum()
    words = 2 ** ((n + 1) @ np.log2(ppl) / n.sum())
    return three(ppl, n, theta, lam, **from_bits(bits, theta, lam), by_word=words)


@wrong("perplexities")
def penalty_missing(ppl, n, theta, lam):
    """The perplexities are right, but the cost lacks the weights."""
    return three(ppl, n, theta, lam, cost=bits_a_token(ppl, n))


@wrong("perplexities")
def lambda_missing(ppl, n, theta, lam):
    """The perplexities are right, but in the cost the squares need their factor lam."""
    return three(ppl, n, theta, lam, cost=bits_a_token(ppl, n) + squares(theta))


@wrong("perplexities")
def length_not_squared(ppl, n, theta, lam):
    """The perplexities are right, but in the cost you took a root: it is the square."""
    cost = bits_a_token(ppl, n) + lam * np.sqrt(squares(theta))
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def mean_of_squares(ppl, n, theta, lam):
    """The perplexities are right, but the cost averages the squares: add them up."""
    cost = bits_a_token(ppl, n) + lam * sum(np.mean(W**2) for W in theta.values())
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def first_array_alone(ppl, n, theta, lam):
    """The perplexities are right, but the cost looks at one array of weights.

    It is about all of them.
    """
    first = next(iter(theta.values()))
    cost = bits_a_token(ppl, n) + lam * np.sum(first**2)
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def penalty_divided(ppl, n, theta, lam):
    """The perplexities are right, but in the cost the weights are divided by N, too."""
    cost = bits_a_token(ppl, n) + lam * squares(theta) / n.sum()
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def cost_in_nats(ppl, n, theta, lam):
    """The perplexities are right, but the cost is in nats: it is log2."""
    cost = n @ np.log(ppl) / n.sum() + lam * squares(theta)
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def likelihood(ppl, n, theta, lam):
    """The perplexities are right, but the cost has the wrong sign.

    It is the negative log-likelihood, which falls as the model gets better.
    """
    cost = -bits_a_token(ppl, n) + lam * squares(theta)
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def biases_left_out(ppl, n, theta, lam):
    """The perplexities are right, but the cost lacks the biases: it has all weights."""
    matrices = {key: W for key, W in theta.items() if W.ndim > 1}
    cost = bits_a_token(ppl, n) + lam * squares(matrices)
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def half_of_the_squares(ppl, n, theta, lam):
    """The perplexities are right, but the cost has half of lam: there is no ½ here."""
    cost = bits_a_token(ppl, n) + lam / 2 * squares(theta)
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def cost_by_word(ppl, n, theta, lam):
    """The perplexities are right, but the cost is in bits a word: it is a token."""
    cost = n @ np.log2(ppl) / (n - 1).sum() + lam * squares(theta)
    return three(ppl, n, theta, lam, cost=cost)


@wrong("perplexities")
def perplexity_stretched(ppl, n, theta, lam):
    """By word you multiply the perplexity by tokens over words; multiply its logarithm.

    It is the nats that are shared among fewer.
    """
    by_word = 2 ** bits_a_token(ppl, n) * n.sum() / (n - 1).sum()
    return three(ppl, n, theta, lam, by_word=by_word)


@wrong("perplexities")
def end_taken_out(ppl, n, theta, lam):
    """You weigh by n - 1, which loses the nats of END: n tokens share them."""
    nats = (n - 1) @ np.log2(ppl)
    changed = from_bits(nats / n.sum(), theta, lam)
    words = 2 ** (nats / (n - 1).sum())
    return three(ppl, n, theta, lam, **changed, by_word=words)
