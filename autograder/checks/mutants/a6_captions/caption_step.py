"""Wrong answers to question 2."""

import numpy as np

from checks.mutants.a6_captions.caption_step_right import (
    NULL,
    START,
    log_softmax,
    said,
    state,
)
from examiner.answers import wrong


@wrong("caption_step", "copied_from_chapter")
def caption_step_copied(ids, h_prev, f, weights):
    """This is a way of the chapter: the picture at every step, and any word may come.

    Here it comes in where START is read, and NULL and START are never said.
    """
    h_t = state(ids, h_prev, f, weights, starts=np.ones_like(ids))
    return said(h_t, weights, banned=()), h_t


@wrong("caption_step")
def picture_at_every_step(ids, h_prev, f, weights):
    """The picture is added in every row; only rows that read START get it."""
    h_t = state(ids, h_prev, f, weights, starts=np.ones_like(ids))
    return said(h_t, weights), h_t


@wrong("caption_step")
def picture_never(ids, h_prev, f, weights):
    """The picture is nowhere in your state: add W_I f in rows that read START."""
    h_t = state(ids, h_prev, f, weights, starts=np.zeros_like(ids))
    return said(h_t, weights), h_t


@wrong("caption_step")
def picture_replaces_the_sum(ids, h_prev, f, weights):
    """Where START is read, your state is made from the picture alone.

    It is added to the sum: the vector of START, h_prev and the bias stay.
    """
    h_t = state(ids, h_prev, f, weights)
    starts = ids == START
    h_t[starts] = np.tanh(f @ weights["W_I"].T)[starts]
    return said(h_t, weights), h_t


@wrong("caption_step")
def state_forgotten_at_start(ids, h_prev, f, weights):
    """Where START is read, h_prev is taken for zeros; it comes in as it is."""
    recurrent = (ids != START)[:, None] * (h_prev @ weights["W_hh"].T)
    h_t = state(ids, h_prev, f, weights, recurrent=recurrent)
    return said(h_t, weights), h_t


@wrong("caption_step")
def picture_after_tanh(ids, h_prev, f, weights):
    """The picture is added after tanh; it belongs to the sum inside."""
    h_t = state(ids, h_prev, f, weights, starts=np.zeros_like(ids))
    h_t += (ids == START)[:, None] * (f @ weights["W_I"].T)
    return said(h_t, weights), h_t


@wrong("caption_step")
def tanh_missing(ids, h_prev, f, weights):
    """The state is the sum itself: tanh is missing."""
    w, starts = weights, (ids == START)[:, None]
    h_t = w["E"][ids] @ w["W_xh"].T + h_prev @ w["W_hh"].T + w["b_h"]
    h_t = h_t + starts * (f @ w["W_I"].T)
    return said(h_t, w), h_t


@wrong("caption_step")
def bias_missing(ids, h_prev, f, weights):
    """The bias b_h is missing."""
    h_t = state(ids, h_prev, f, weights, bias=0)
    return said(h_t, weights), h_t


@wrong("caption_step")
def state_not_used(ids, h_prev, f, weights):
    """The state h_prev is not used: the captioner forgets what it has said."""
    h_t = state(ids, h_prev, f, weights, recurrent=0)
    return said(h_t, weights), h_t


@wrong("caption_step")
def weights_not_transposed(ids, h_prev, f, weights):
    """You take h_prev @ W_hh; for rows it is h_prev @ W_hh.T."""
    h_t = state(ids, h_prev, f, weights, recurrent=h_prev @ weights["W_hh"])
    return said(h_t, weights), h_t


@wrong("caption_step")
def output_bias_missing(ids, h_prev, f, weights):
    """The state is right, but the logits lack b_y."""
    h_t = state(ids, h_prev, f, weights)
    return said(h_t, weights | {"b_y": 0}), h_t


@wrong("caption_step")
def anything_may_be_said(ids, h_prev, f, weights):
    """The state is right, but NULL and START may be said.

    Their logits become minus infinity, before the softmax.
    """
    h_t = state(ids, h_prev, f, weights)
    return said(h_t, weights, banned=()), h_t


@wrong("caption_step")
def start_may_be_said(ids, h_prev, f, weights):
    """The state is right, but START may be said: its probability is 0, as NULL's."""
    h_t = state(ids, h_prev, f, weights)
    return said(h_t, weights, banned=[NULL]), h_t


@wrong("caption_step")
def unknown_banned(ids, h_prev, f, weights):
    """The state is right, but UNK cannot be said; only NULL and START cannot."""
    h_t = state(ids, h_prev, f, weights)
    return said(h_t, weights, banned=[NULL, START, 3]), h_t


@wrong("caption_step")
def banned_after_the_softmax(ids, h_prev, f, weights):
    """The state is right, but you set NULL and START to minus infinity too late.

    Do it before the softmax: then what may be said has the sum 1.
    """
    h_t = state(ids, h_prev, f, weights)
    log_p = said(h_t, weights, banned=())
    log_p[:, :2] = -np.inf
    return log_p, h_t


@wrong("caption_step")
def a_billion_for_infinity(ids, h_prev, f, weights):
    """The state is right, but NULL and START get a large negative number.

    Minus infinity is wanted: np.exp of it is exactly 0.
    """
    h_t = state(ids, h_prev, f, weights)
    return said(h_t, weights, nothing=-1e9), h_t


@wrong("caption_step")
def logit_of_zero(ids, h_prev, f, weights):
    """The state is right, but the logits of NULL and START are set to 0.

    Then each has e^0 in the softmax: minus infinity is the logit of what cannot be.
    """
    h_t = state(ids, h_prev, f, weights)
    return said(h_t, weights, nothing=0.0), h_t


@wrong("caption_step")
def logits_returned(ids, h_prev, f, weights):
    """The state is right, but you return logits: take the log-softmax."""
    h_t = state(ids, h_prev, f, weights)
    logits = h_t @ weights["W_hy"].T + weights["b_y"]
    logits[:, :2] = -np.inf
    return logits, h_t


@wrong("caption_step")
def probabilities_returned(ids, h_prev, f, weights):
    """The state is right, but you return probabilities: take their logarithm."""
    h_t = state(ids, h_prev, f, weights)
    return np.exp(said(h_t, weights)), h_t


@wrong("caption_step")
def softmax_over_the_batch(ids, h_prev, f, weights):
    """The state is right, but the softmax runs over the batch: it is axis 1."""
    h_t = state(ids, h_prev, f, weights)
    log_p = log_softmax(h_t @ weights["W_hy"].T + weights["b_y"], axis=0)
    log_p[:, :2] = -np.inf
    return log_p, h_t


@wrong("caption_step")
def exponential_overflows(ids, h_prev, f, weights):
    """The state is right, but for large logits e^o overflows.

    Subtract the largest one first, and take the logarithm of the sum alone.
    """
    h_t = state(ids, h_prev, f, weights)
    logits = h_t @ weights["W_hy"].T + weights["b_y"]
    logits[:, :2] = -np.inf
    with np.errstate(all="ignore"):
        p = np.exp(logits)
        return np.log(p / p.sum(axis=1, keepdims=True)), h_t


@wrong("caption_step")
def log_of_zero(ids, h_prev, f, weights):
    """The state is right, but p rounds to 0, and its logarithm is infinite.

    Take the logarithm before: o - max - ln of the sum of e^(o - max).
    """
    h_t = state(ids, h_prev, f, weights)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(said(h_t, weights))), h_t


@wrong("caption_step")
def results_swapped(ids, h_prev, f, weights):
    """The two results are swapped: the log-probabilities come first, then h_t."""
    h_t = state(ids, h_prev, f, weights)
    return h_t, said(h_t, weights)


@wrong("caption_step")
def state_written_over(ids, h_prev, f, weights):
    """The numbers are right, but h_prev was written over: make a new array."""
    h_prev[:] = state(ids, h_prev, f, weights)
    return said(h_prev, weights), h_prev


@wrong("caption_step")
def begins_where_the_state_is_zero(ids, h_prev, f, weights):
    """The picture is added where h_prev is 0; add it where START is read."""
    h_t = state(ids, h_prev, f, weights, starts=~h_prev.any(axis=1))
    return said(h_t, weights), h_t


@wrong("caption_step")
def never_ends_at_once(ids, h_prev, f, weights):
    """The state is right, but END cannot be said after START; it can, everywhere."""
    h_t = state(ids, h_prev, f, weights)
    log_p = said(h_t, weights)
    log_p[ids == START, 2] = -np.inf
    return log_softmax(log_p), h_t
