"""Answers to question 3."""

from functools import reduce

import numpy as np
import torch

from examiner.answers import right, wrong


def slope_of(a):
    """Return the slope of tanh."""
    return 1 - np.tanh(a) ** 2


def step(a_j, W_hh, alpha):
    """Return the Jacobian of one step."""
    return (1 - alpha) * np.eye(len(W_hh)) + alpha * slope_of(a_j)[:, None] * W_hh


def multiply(Js, H):
    """Multiply Jacobians, the latest at the left."""
    return reduce(lambda product, J: J @ product, Js, np.eye(H))


@wrong("jacobian_between", "copied_from_chapter")
def jacobian_between_copied(pre, W_hh, alpha, t, k):
    """This is the chapter's Jacobian, of a network without a leak.

    Here J_j is (1 - alpha) I + alpha diag(tanh'(a_j)) W_hh.
    """
    return multiply([slope_of(a)[:, None] * W_hh for a in pre[k:t]], len(W_hh))


@wrong("jacobian_between")
def order_reversed(pre, W_hh, alpha, t, k):
    """The product runs in the wrong order.

    The latest step stands at the left: J_t ... J_{k+1}.
    """
    return multiply([step(a, W_hh, alpha) for a in pre[k:t][::-1]], len(W_hh))


@wrong("jacobian_between")
def slope_on_the_right(pre, W_hh, alpha, t, k):
    """The slopes multiply the columns of W_hh.

    They belong to what comes out of tanh, the rows: diag(tanh') W_hh, in NumPy
    slope[:, np.newaxis] * W_hh.
    """
    identity = np.eye(len(W_hh))
    Js = [(1 - alpha) * identity + alpha * W_hh * slope_of(a) for a in pre[k:t]]
    return multiply(Js, len(W_hh))


@wrong("jacobian_between")
def weights_transposed(pre, W_hh, alpha, t, k):
    """Each step has W_hh transposed, with the slopes at its right.

    That is how a gradient goes back. The Jacobian itself is diag(tanh') W_hh.
    """
    return multiply([step(a, W_hh, alpha).T for a in pre[k:t]], len(W_hh))


@wrong("jacobian_between")
def product_transposed(pre, W_hh, alpha, t, k):
    """This is the transposed Jacobian, which takes a gradient back.

    Rows belong to h_t here, columns to h_k.
    """
    return jacobian_between_numpy(pre, W_hh, alpha, t, k).T


@wrong("jacobian_between")
def slope_of_the_step_before(pre, W_hh, alpha, t, k):
    """The slope is taken one step too early, at a_{j-1}.

    pre[t] is a_{t+1}, so a_j is pre[j - 1].
    """
    early = np.vstack([np.zeros_like(pre[:1]), pre[:-1]])
    return jacobian_between_numpy(early, W_hh, alpha, t, k)


@wrong("jacobian_between")
def slope_of_the_step_after(pre, W_hh, alpha, t, k):
    """The slope is taken one step too late, at a_{j+1}.

    pre[t] is a_{t+1}, so a_j is pre[j - 1].
    """
    late = np.vstack([pre[1:], pre[-1:]])
    return jacobian_between_numpy(late, W_hh, alpha, t, k)


@wrong("jacobian_between")
def one_step_too_many(pre, W_hh, alpha, t, k):
    """The product has one step too many, J_k.

    From h_k to h_t there are the steps k + 1 to t.
    """
    return jacobian_between_numpy(pre, W_hh, alpha, t, max(k - 1, 0))


@wrong("jacobian_between")
def one_step_too_few(pre, W_hh, alpha, t, k):
    """The product stops before step t.

    From h_k to h_t there are the steps k + 1 to t.
    """
    return jacobian_between_numpy(pre, W_hh, alpha, max(t - 1, k), k)


@wrong("jacobian_between")
def leak_forgotten(pre, W_hh, alpha, t, k):
    """The leak is missing: h_{t-1} also reaches h_t directly, times 1 - alpha."""
    Js = [alpha * slope_of(a)[:, None] * W_hh for a in pre[k:t]]
    return multiply(Js, len(W_hh))


@wrong("jacobian_between")
def leak_everywhere(pre, W_hh, alpha, t, k):
    """You add 1 - alpha to every entry.

    The leak goes from each unit to itself: (1 - alpha) times the identity.
    """
    Js = [1 - alpha + alpha * slope_of(a)[:, None] * W_hh for a in pre[k:t]]
    return multiply(Js, len(W_hh))


@wrong("jacobian_between")
def alpha_forgotten(pre, W_hh, alpha, t, k):
    """The factor alpha in front of tanh is missing."""
    identity = np.eye(len(W_hh))
    Js = [(1 - alpha) * identity + slope_of(a)[:, None] * W_hh for a in pre[k:t]]
    return multiply(Js, len(W_hh))


@wrong("jacobian_between")
def slope_forgotten(pre, W_hh, alpha, t, k):
    """The slopes of tanh are missing: diag(tanh'(a_j)) stands before W_hh."""
    return jacobian_between_numpy(0 * pre, W_hh, alpha, t, k)


@wrong("jacobian_between")
def tanh_for_its_slope(pre, W_hh, alpha, t, k):
    """You multiply by tanh(a_j) where its slope belongs, 1 - tanh(a_j)²."""
    identity = np.eye(len(W_hh))
    Js = [(1 - alpha) * identity + alpha * np.tanh(a)[:, None] * W_hh for a in pre[k:t]]
    return multiply(Js, len(W_hh))


@wrong("jacobian_between")
def slope_without_tanh(pre, W_hh, alpha, t, k):
    """The slope is taken as 1 - a².

    It is 1 - tanh(a)².
    """
    identity = np.eye(len(W_hh))
    Js = [(1 - alpha) * identity + alpha * (1 - a**2)[:, None] * W_hh for a in pre[k:t]]
    return multiply(Js, len(W_hh))


@wrong("jacobian_between")
def power_of_one_jacobian(pre, W_hh, alpha, t, k):
    """One Jacobian is raised to a power.

    Each step has slopes of its own: multiply t - k different matrices.
    """
    return np.linalg.matrix_power(step(pre[t - 1], W_hh, alpha), t - k)


@wrong("jacobian_between")
def multiplied_by_entries(pre, W_hh, alpha, t, k):
    """The Jacobians are multiplied entry by entry.

    Matrices are multiplied with @.
    """
    product = np.ones_like(W_hh)
    for a in pre[k:t]:
        product = product * step(a, W_hh, alpha)
    return product


@right("jacobian_between", "numpy")
def jacobian_between_numpy(pre, W_hh, alpha, t, k):
    """Multiply step by step."""
    return multiply([step(a, W_hh, alpha) for a in pre[k:t]], len(W_hh))


@right("jacobian_between", "columns")
def jacobian_between_columns(pre, W_hh, alpha, t, k):
    """Push the columns of the identity forward, in a loop."""
    H = len(W_hh)
    J = np.zeros((H, H))
    for j in range(H):
        v = np.eye(H)[j]
        for a in pre[k:t]:
            v = v + alpha * (W_hh @ v / np.cosh(a) ** 2 - v)
        J[:, j] = v
    return J


@right("jacobian_between", "einsum")
def jacobian_between_einsum(pre, W_hh, alpha, t, k):
    """Build all Jacobians at once, and multiply from the left."""
    Js = alpha * np.einsum("ti,ij->tij", slope_of(pre), W_hh)
    Js += (1 - alpha) * np.eye(len(W_hh))
    product = np.eye(len(W_hh))
    for j in range(t, k, -1):
        product = np.einsum("ij,jl->il", product, Js[j - 1])
    return product.tolist()


@right("jacobian_between", "torch")
def jacobian_between_torch(pre, W_hh, alpha, t, k):
    """Let autograd differentiate steps whose a_j moves with the state."""
    W, base = torch.tensor(W_hh), torch.tensor(pre)
    start = torch.zeros(len(W_hh), dtype=torch.float64)

    def run(h):
        for a in base[k:t]:
            moved = a + W @ (h - h.detach())
            h = (1 - alpha) * h + alpha * torch.tanh(moved)
        return h

    return torch.autograd.functional.jacobian(run, start)


@wrong("jacobian_between")
def alpha_exchanged(pre, W_hh, alpha, t, k):
    """You have exchanged alpha and 1 - alpha: the leak has the factor 1 - alpha."""
    return jacobian_between_numpy(pre, W_hh, 1 - alpha, t, k)


@wrong("jacobian_between")
def jacobians_added(pre, W_hh, alpha, t, k):
    """The Jacobians are added.

    Steps follow one another, so theirs are multiplied.
    """
    return sum((step(a, W_hh, alpha) for a in pre[k:t]), np.zeros(W_hh.shape))
