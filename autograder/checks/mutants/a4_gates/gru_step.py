"""Wrong answers to question 5."""

import numpy as np

from checks.mutants.a4_gates.gru_step_right import candidate, mix, parts, step
from checks.mutants.a4_gates.logistic import logistic
from examiner.answers import wrong


@wrong("gru_step", "copied_from_chapter")
def gru_step_copied(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """This is the chapter's order of gates, r, z, n.

    Here the first block is z, the second r.
    """
    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z, order=(1, 0, 2))


@wrong("gru_step")
def reset_always_before(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The reset comes before the product in all four.

    With reset="after" it multiplies W_hn h_prev + b_hn.
    """
    return step(x_t, h_prev, W_x, W_h, b, b_hn, "before", z)


@wrong("gru_step")
def reset_always_after(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The reset comes after the product in all four.

    With reset="before" it multiplies h_prev, and there is no b_hn.
    """
    return step(x_t, h_prev, W_x, W_h, b, b_hn, "after", z)


@wrong("gru_step")
def always_keeps(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """In all four z is the share of the old state; if it "writes", of the new one."""
    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, "keeps")


@wrong("gru_step")
def keeps_and_writes_swapped(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The two meanings of z are swapped: if it "keeps", it multiplies h_prev."""
    other = "writes" if z == "keeps" else "keeps"
    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, other)


@wrong("gru_step")
def before_and_after_swapped(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The two places of the reset are swapped: "before" is before the product."""
    other = "after" if reset == "before" else "before"
    return step(x_t, h_prev, W_x, W_h, b, b_hn, other, z)


@wrong("gru_step")
def second_bias_outside(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The bias b_hn stands outside the reset.

    r multiplies the whole bracket, W_hn h_prev + b_hn.
    """

    def outside(x_n, h_prev, r_t, W_hn, b_hn, reset):
        x_n = x_n + b_hn * (reset == "after")
        return candidate(x_n, h_prev, r_t, W_hn, 0, reset)

    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z, candidate=outside)


@wrong("gru_step")
def second_bias_missing(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The bias b_hn is missing: if the reset comes after, r (W_hn h_prev + b_hn)."""
    return step(x_t, h_prev, W_x, W_h, b, 0 * b_hn, reset, z)


@wrong("gru_step")
def second_bias_always(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The bias b_hn is added with the reset before the product, too.

    It counts only where the reset comes after.
    """

    def always(x_n, h_prev, r_t, W_hn, b_hn, reset):
        x_n = x_n + b_hn * (reset == "before")
        return candidate(x_n, h_prev, r_t, W_hn, b_hn, reset)

    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z, candidate=always)


@wrong("gru_step")
def reset_forgets_for_good(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The old state is reset in the last line, too.

    The reset gate concerns the candidate alone: what z keeps is h_prev itself.
    """
    z_t, r_t, x_n, W_hn = parts(x_t, h_prev, W_x, W_h, b)
    n = candidate(x_n, h_prev, r_t, W_hn, b_hn, reset)
    return mix(z_t, r_t * h_prev, n, z)


@wrong("gru_step")
def reset_forgotten(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The reset gate is computed, but it multiplies nothing."""

    def open_wide(x_n, h_prev, r_t, W_hn, b_hn, reset):
        return candidate(x_n, h_prev, 1 + 0 * r_t, W_hn, b_hn, reset)

    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z, candidate=open_wide)


@wrong("gru_step")
def input_reset_too(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """With the reset after, r multiplies the input's part as well.

    It multiplies W_hn h_prev + b_hn only.
    """

    def everything(x_n, h_prev, r_t, W_hn, b_hn, reset):
        x_n = r_t * x_n if reset == "after" else x_n
        return candidate(x_n, h_prev, r_t, W_hn, b_hn, reset)

    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z, candidate=everything)


@wrong("gru_step")
def candidate_is_logistic(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The candidate went through the logistic function; it is a tanh."""

    def as_a_gate(*args):
        return logistic(np.arctanh(candidate(*args)))

    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z, candidate=as_a_gate)


@wrong("gru_step")
def no_trade(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The candidate is added whole: what is kept and what is written add up to 1."""

    def greedy(z_t, h_prev, n, z):
        return (z_t if z == "keeps" else 1 - z_t) * h_prev + n

    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z, mix=greedy)


@wrong("gru_step")
def weights_not_transposed(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The recurrent weights are transposed.

    Row i of W_hn leads to unit i; with rows as sequences that is h_prev @ W_hn.T.
    """
    turned = np.concatenate([W.T for W in np.split(W_h, 3)])
    return step(x_t, h_prev, W_x, turned, b, b_hn, reset, z)


@wrong("gru_step")
def candidate_not_transposed(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """W_hn is transposed; those of z and r are not.

    Row i of W_hn leads to unit i; with rows as sequences that is ... @ W_hn.T.
    """
    turned = np.concatenate([*np.split(W_h, 3)[:2], np.split(W_h, 3)[2].T])
    return step(x_t, h_prev, W_x, turned, b, b_hn, reset, z)


@wrong("gru_step")
def state_edited_in_place(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """The numbers are right, but h_prev was overwritten.

    h_prev *= z and h_prev[:] = ... change the array that came in: make a new one.
    """
    h_prev[:] = step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z)
    return h_prev
