"""Wrong answers to question 6."""

import numpy as np

from checks.mutants.a4_gates.remember_right import blocks, convert, forget_bias, run
from examiner.answers import wrong


@wrong("remember", "copied_from_chapter")
def remember_copied(W, b, xs, half_lives):
    """This is the chapter's start, a forget bias of 1 for all units.

    Here each unit has its own, which gives it its half-life.
    """
    state = convert(W, b, np.ones(len(half_lives)))
    return state, run(state, xs)


@wrong("remember")
def order_kept(W, b, xs, half_lives):
    """The blocks still have the compact order, i, f, o, g.

    torch wants i, f, g, o: swap the last two, of W and of b.
    """
    state = convert(W, b, forget_bias(half_lives), (0, 1, 2, 3))
    return state, run(state, xs)


@wrong("remember")
def bias_order_kept(W, b, xs, half_lives):
    """The blocks of W are in torch's order, those of b are not: swap its last two."""
    state = convert(W, blocks(b, 0, 1, 3, 2), forget_bias(half_lives))
    return state, run(state, xs)


@wrong("remember")
def weights_order_kept(W, b, xs, half_lives):
    """The blocks of b are in torch's order, those of W are not: swap its last two."""
    state = convert(blocks(W, 0, 1, 3, 2), b, forget_bias(half_lives))
    return state, run(state, xs)


@wrong("remember")
def columns_swapped(W, b, xs, half_lives):
    """The first columns of W went to the input.

    They belong to h_prev: weight_hh_l0 is W[:, :H], weight_ih_l0 is W[:, H:].
    """
    H = len(half_lives)
    D = W.shape[1] - H
    swapped = np.hstack([W[:, D:], W[:, :D]])
    state = convert(swapped, b, forget_bias(half_lives))
    return state, run(state, xs)


@wrong("remember")
def both_biases(W, b, xs, half_lives):
    """The bias stands in both of torch's arrays, and torch adds them.

    So every gate has twice its bias: leave bias_hh_l0 at zeros.
    """
    state = convert(W, b, forget_bias(half_lives))
    state["bias_hh_l0"] = state["bias_ih_l0"]
    return state, run(state, xs)


@wrong("remember")
def forget_bias_twice(W, b, xs, half_lives):
    """The forget bias stands in both of torch's biases, and torch adds them.

    Set it in one of them, bias_ih_l0, and leave the other at zeros.
    """
    state = convert(W, b, forget_bias(half_lives))
    H = len(half_lives)
    state["bias_hh_l0"][H : 2 * H] = forget_bias(half_lives)
    return state, run(state, xs)


@wrong("remember")
def bias_halved(W, b, xs, half_lives):
    """Half of the bias stands in each of torch's arrays.

    That is the same cell, but the whole bias was asked for in the first.
    """
    state = convert(W, b, forget_bias(half_lives))
    state["bias_ih_l0"] = state["bias_hh_l0"] = state["bias_ih_l0"] / 2
    return state, run(state, xs)


@wrong("remember")
def bias_in_the_second(W, b, xs, half_lives):
    """The bias stands in bias_hh_l0; put it into bias_ih_l0."""
    state = convert(W, b, forget_bias(half_lives))
    first, second = state["bias_ih_l0"], state["bias_hh_l0"]
    state |= {"bias_ih_l0": second, "bias_hh_l0": first}
    return state, run(state, xs)


@wrong("remember")
def bias_added(W, b, xs, half_lives):
    """The forget bias is added to the one that was there; replace it."""
    old = np.split(b, 4)[1]
    state = convert(W, b, old + forget_bias(half_lives))
    return state, run(state, xs)


@wrong("remember")
def bias_not_changed(W, b, xs, half_lives):
    """The forget bias is still the old one: replace it by the one that is wanted."""
    state = convert(W, b, np.split(b, 4)[1])
    return state, run(state, xs)


@wrong("remember")
def wrong_block(W, b, xs, half_lives):
    """The half-lives are given to the input gate.

    The second block is the forget gate's, rows H to 2H.
    """
    state = convert(W, b, np.split(b, 4)[1])
    state["bias_ih_l0"][: len(half_lives)] = forget_bias(half_lives)
    return state, run(state, xs)


@wrong("remember")
def sign_turned(W, b, xs, half_lives):
    """The forget bias has the wrong sign: a unit with a long half-life forgets at once.

    A large positive bias opens the forget gate, and an open one keeps.
    """
    state = convert(W, b, -forget_bias(half_lives))
    return state, run(state, xs)


@wrong("remember")
def a_third_is_left(W, b, xs, half_lives):
    """After n steps 1/e is left, or nearly so.

    A half-life leaves one half: the gate is 2^(-1/n), not e^(-1/n).
    """
    state = convert(W, b, -np.log(np.exp(1 / half_lives) - 1))
    return state, run(state, xs)


@wrong("remember")
def one_minus_one_by_n(W, b, xs, half_lives):
    """The gate is 1 - 1/n, which leaves about 1/e after n steps.

    For one half it is 2^(-1/n).
    """
    with np.errstate(divide="ignore"):
        state = convert(W, b, np.log(np.maximum(half_lives - 1, 0)))
    return state, run(state, xs)


@wrong("remember")
def gate_for_its_bias(W, b, xs, half_lives):
    """The forget bias is the value that the gate shall have, 2^(-1/n).

    The logistic function comes in between: take its inverse, -ln(2^(1/n) - 1).
    """
    state = convert(W, b, 2 ** (-1 / half_lives))
    return state, run(state, xs)


@wrong("remember")
def left_by_the_biases_alone(W, b, xs, half_lives):
    """What you say is left is 2^(-T/n), which holds without weights only.

    Differentiate the real network.
    """
    state = convert(W, b, forget_bias(half_lives))
    return state, 2 ** (-len(xs) / half_lives)


@wrong("remember")
def left_by_the_direct_way(W, b, xs, half_lives):
    """What you say is left is the product of the forget gates, the direct way alone.

    By all ways together it is the gradient of the sum of c_T by c_0.
    """
    state = convert(W, b, forget_bias(half_lives))
    H, (W_x, W_h, bias, _) = len(half_lives), state.values()
    product, h, c = np.ones(H), np.zeros(H), np.zeros(H)
    for x_t in xs:
        a = W_x @ x_t + W_h @ h + bias
        i, f, o = 1 / (1 + np.exp(-np.delete(a, np.r_[2 * H : 3 * H]).reshape(3, H)))
        c = f * c + i * np.tanh(a[2 * H : 3 * H])
        product, h = product * f, o * np.tanh(c)
    return state, product


@wrong("remember")
def left_of_the_state(W, b, xs, half_lives):
    """You differentiate the sum of h_T; it is the sum of c_T."""
    state = convert(W, b, forget_bias(half_lives))
    return state, run(state, xs, of="h")


@wrong("remember")
def left_of_the_first_state(W, b, xs, half_lives):
    """You differentiate with respect to h_0; it is c_0 that shall be remembered."""
    state = convert(W, b, forget_bias(half_lives))
    return state, run(state, xs, by="h")


@wrong("remember")
def inputs_not_read(W, b, xs, half_lives):
    """The network reads zeros: let it run over xs."""
    state = convert(W, b, forget_bias(half_lives))
    return state, run(state, 0 * xs)


@wrong("remember")
def last_step_left_out(W, b, xs, half_lives):
    """The network runs one step too few: read all T inputs."""
    state = convert(W, b, forget_bias(half_lives))
    return state, run(state, xs[:-1])
