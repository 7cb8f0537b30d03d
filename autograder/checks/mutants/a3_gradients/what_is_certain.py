"""Answers to question 4."""

import numpy as np
import torch

from examiner.answers import right, wrong


def radius(M):
    """Return the spectral radius."""
    return np.abs(np.linalg.eigvals(M)).max()


def norm(W):
    """Return the largest singular value."""
    return np.linalg.norm(W, ord=2)


def step(W_hh, alpha):
    """Return the Jacobian of a step of the linear network."""
    return (1 - alpha) * np.eye(len(W_hh)) + alpha * W_hh


def below(number, otherwise):
    """Return the verdict that belongs to a number."""
    return "vanishes" if number < 1 else otherwise


def bounded(gamma, gap, W_hh, alpha):
    """Return everything that follows from some gamma."""
    linear = below(radius(step(W_hh, alpha)), "explodes")
    return gamma**gap, below(gamma, "open"), linear


@wrong("what_is_certain", "copied_from_chapter")
def what_is_certain_copied(W_hh, alpha, beta, gap):
    """This is the chapter's bound, for a network without a leak.

    Here a step has the factor (1 - alpha) + alpha beta |W_hh|, and the linear network
    has the matrix (1 - alpha) I + alpha W_hh.
    """
    return bounded(beta * norm(W_hh), gap, W_hh, 1)


@wrong("what_is_certain")
def explodes_above_one(W_hh, alpha, beta, gap):
    """You say that gradients explode where gamma is 1 or more.

    gamma is an upper bound, and a large upper bound proves nothing: the case is open.
    """
    bound, any_f, linear = what_is_certain_numpy(W_hh, alpha, beta, gap)
    return bound, any_f.replace("open", "explodes"), linear


@wrong("what_is_certain")
def eigenvalue_for_any_f(W_hh, alpha, beta, gap):
    """For any f you judge by eigenvalues.

    They rule powers of one matrix. Here each step has another one: only gamma tells.
    """
    bound, _, linear = what_is_certain_numpy(W_hh, alpha, beta, gap)
    return bound, below(radius(step(beta * W_hh, alpha)), "open"), linear


@wrong("what_is_certain")
def norm_for_linear(W_hh, alpha, beta, gap):
    """For the linear network you judge by singular values.

    They bound one step. In the long run the spectral radius of M decides.
    """
    bound, any_f, _ = what_is_certain_numpy(W_hh, alpha, beta, gap)
    return bound, any_f, below(norm(step(W_hh, alpha)), "explodes")


@wrong("what_is_certain")
def radius_without_the_leak(W_hh, alpha, beta, gap):
    """For the linear network you judge by the radius of W_hh.

    The matrix of a step is M = (1 - alpha) I + alpha W_hh.
    """
    bound, any_f, _ = what_is_certain_numpy(W_hh, alpha, beta, gap)
    return bound, any_f, below(radius(W_hh), "explodes")


@wrong("what_is_certain")
def real_parts(W_hh, alpha, beta, gap):
    """For the linear network you compare real parts of eigenvalues.

    Take absolute values: an eigenvalue of 2i stretches as much as one of 2.
    """
    bound, any_f, _ = what_is_certain_numpy(W_hh, alpha, beta, gap)
    real = np.linalg.eigvals(step(W_hh, alpha)).real.max()
    return bound, any_f, below(real, "explodes")


@wrong("what_is_certain")
def radius_in_the_bound(W_hh, alpha, beta, gap):
    """Gamma has the spectral radius of W_hh where its largest singular value belongs.

    One step may stretch a vector by more than the radius.
    """
    return bounded(1 - alpha + alpha * beta * radius(W_hh), gap, W_hh, alpha)


@wrong("what_is_certain")
def frobenius_norm(W_hh, alpha, beta, gap):
    """This is the Frobenius norm, which np.linalg.norm gives by default.

    The largest singular value is np.linalg.norm(W_hh, ord=2).
    """
    gamma = 1 - alpha + alpha * beta * np.linalg.norm(W_hh)
    return bounded(gamma, gap, W_hh, alpha)


@wrong("what_is_certain")
def beta_forgotten(W_hh, alpha, beta, gap):
    """Gamma has no beta: the slopes of f are at most beta."""
    return bounded(1 - alpha + alpha * norm(W_hh), gap, W_hh, alpha)


@wrong("what_is_certain")
def beta_on_the_leak(W_hh, alpha, beta, gap):
    """Beta multiplies the leak, too.

    The leak does not pass through f.
    """
    return bounded(beta * (1 - alpha + alpha * norm(W_hh)), gap, W_hh, alpha)


@wrong("what_is_certain")
def leak_left_out_of_the_bound(W_hh, alpha, beta, gap):
    """Gamma lacks the leak: add 1 - alpha."""
    return bounded(alpha * beta * norm(W_hh), gap, W_hh, alpha)


@wrong("what_is_certain")
def times_the_gap(W_hh, alpha, beta, gap):
    """Gamma is multiplied by the gap.

    Each step multiplies once more: take the power.
    """
    _, any_f, linear = what_is_certain_numpy(W_hh, alpha, beta, gap)
    return (1 - alpha + alpha * beta * norm(W_hh)) * gap, any_f, linear


@wrong("what_is_certain")
def bound_for_one_step(W_hh, alpha, beta, gap):
    """This bound is that of a single step.

    Over a gap of t - k steps it is gamma to that power.
    """
    _, any_f, linear = what_is_certain_numpy(W_hh, alpha, beta, gap)
    return 1 - alpha + alpha * beta * norm(W_hh), any_f, linear


@right("what_is_certain", "numpy")
def what_is_certain_numpy(W_hh, alpha, beta, gap):
    """Write gamma as on the page."""
    return bounded(1 - alpha + alpha * beta * norm(W_hh), gap, W_hh, alpha)


@right("what_is_certain", "svd")
def what_is_certain_svd(W_hh, alpha, beta, gap):
    """Take singular values, and move the eigenvalues of W_hh instead of W_hh."""
    gamma = 1 - alpha + alpha * beta * np.linalg.svd(W_hh, compute_uv=False)[0]
    rho = max(abs(1 - alpha + alpha * x) for x in np.linalg.eigvals(W_hh))
    bound = 1.0
    for _ in range(gap):
        bound *= gamma
    linear = "explodes" if rho > 1 else "vanishes"
    return bound, "open" if gamma >= 1 else "vanishes", linear


@right("what_is_certain", "torch")
def what_is_certain_torch(W_hh, alpha, beta, gap):
    """Compute with torch, and try the powers of M themselves."""
    W = torch.tensor(W_hh)
    gamma = torch.lerp(
        torch.tensor(1.0).double(), beta * torch.linalg.norm(W, 2), alpha
    )
    power = torch.lerp(torch.eye(len(W)).double(), W, alpha)
    for _ in range(9):
        power = power @ power
    linear = "vanishes" if power.abs().max() < 1 else "explodes"
    return gamma**gap, "vanishes" if gamma < 1 else "open", linear


@wrong("what_is_certain")
def row_sums(W_hh, alpha, beta, gap):
    """Gamma has the largest sum of a row, np.linalg.norm(W_hh, ord=np.inf).

    The largest singular value is np.linalg.norm(W_hh, ord=2).
    """
    gamma = 1 - alpha + alpha * beta * np.linalg.norm(W_hh, ord=np.inf)
    return bounded(gamma, gap, W_hh, alpha)


@wrong("what_is_certain")
def always_vanishes(W_hh, alpha, beta, gap):
    """You say that the linear network always vanishes.

    Look at the eigenvalues of M = (1 - alpha) I + alpha W_hh: if one of them is larger
    than 1 in absolute value, it explodes.
    """
    bound, any_f, _ = what_is_certain_numpy(W_hh, alpha, beta, gap)
    return bound, any_f, "vanishes"


@wrong("what_is_certain")
def always_open(W_hh, alpha, beta, gap):
    """For any f you always say "open".

    Where gamma is below 1 it is certain that the gradient vanishes.
    """
    bound, _, linear = what_is_certain_numpy(W_hh, alpha, beta, gap)
    return bound, "open", linear
