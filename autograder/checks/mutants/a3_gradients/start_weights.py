"""Answers to question 6."""

import numpy as np
import torch

from examiner.answers import right, wrong

SLOPES = {"tanh": 1.0, "logistic": 0.25, "identity": 1.0}


def radius(G):
    """Return the spectral radius."""
    return np.abs(np.linalg.eigvals(G)).max()


@wrong("start_weights", "copied_from_chapter")
def start_weights_copied(G, rho, activation):
    """This gives W_hh itself the radius, as the chapter does.

    Here the Jacobian at 0 is to have it, f'(0) W_hh: for logistic units f'(0) is 1/4.
    """
    return G * (rho / radius(G))


@wrong("start_weights")
def slope_multiplied(G, rho, activation):
    """The slope multiplies the weights.

    If a step shrinks by 1/4, the weights must be 4 times as large: divide.
    """
    return G * (SLOPES[activation] * rho / radius(G))


@wrong("start_weights")
def slope_of_a_half(G, rho, activation):
    """For logistic units 1/2 is taken as the slope at 0.

    That is their value; the slope is 1/2 (1 - 1/2) = 1/4.
    """
    slope = 0.5 if activation == "logistic" else 1.0
    return G * (rho / (slope * radius(G)))


@wrong("start_weights")
def singular_value(G, rho, activation):
    """You divide by the largest singular value.

    The radius is the largest absolute value of an eigenvalue.
    """
    return G * (rho / (SLOPES[activation] * np.linalg.norm(G, ord=2)))


@wrong("start_weights")
def frobenius_norm(G, rho, activation):
    """You divide by np.linalg.norm(G), the root of the sum of all squares.

    The radius is the largest absolute value of an eigenvalue.
    """
    return G * (rho / (SLOPES[activation] * np.linalg.norm(G)))


@wrong("start_weights")
def real_parts(G, rho, activation):
    """You divide by the largest real part of an eigenvalue.

    An eigenvalue may be negative or complex: take absolute values.
    """
    real = np.linalg.eigvals(G).real.max()
    return G * (rho / (SLOPES[activation] * real))


@wrong("start_weights")
def symmetric_eigenvalues(G, rho, activation):
    """np.linalg.eigvalsh is for symmetric matrices; it reads only half of G.

    Use np.linalg.eigvals.
    """
    size = np.abs(np.linalg.eigvalsh(G)).max()
    return G * (rho / (SLOPES[activation] * size))


@wrong("start_weights")
def circular_law(G, rho, activation):
    """You divide by the root of H.

    That fits the radius of a large Gaussian matrix on average; here it must be exact.
    """
    return G * (rho / (SLOPES[activation] * len(G) ** 0.5))


@wrong("start_weights")
def old_radius_left(G, rho, activation):
    """G is multiplied by rho, but its own radius is still in it.

    Divide by the radius of G first.
    """
    return G * (rho / SLOPES[activation])


@wrong("start_weights")
def radius_of_one(G, rho, activation):
    """The radius is 1, whatever was wanted: multiply by rho."""
    return G / (SLOPES[activation] * radius(G))


@wrong("start_weights")
def changed_in_place(G, rho, activation):
    """The result is right, but G was overwritten.

    G *= c changes the caller's array; G * c makes a new one.
    """
    G *= rho / (SLOPES[activation] * radius(G))
    return G


@right("start_weights", "numpy")
def start_weights_numpy(G, rho, activation):
    """Scale by one factor."""
    return G * (rho / (SLOPES[activation] * radius(G)))


@right("start_weights", "loop")
def start_weights_loop(G, rho, activation):
    """Look at one eigenvalue after the other."""
    size = 0.0
    for x in np.linalg.eig(G)[0]:
        size = max(size, (x.real**2 + x.imag**2) ** 0.5)
    times = 4 if activation == "logistic" else 1
    return [[times * rho * g / size for g in row] for row in G]


@right("start_weights", "torch")
def start_weights_torch(G, rho, activation):
    """Let autograd find the slope."""
    f = {"tanh": torch.tanh, "logistic": torch.sigmoid}.get(activation)
    zero = torch.zeros((), dtype=torch.float64, requires_grad=True)
    slope = torch.autograd.grad(f(zero), zero)[0] if f else 1
    G = torch.tensor(G)
    return G * rho / (slope * torch.linalg.eigvals(G).abs().max())


@wrong("start_weights")
def transposed(G, rho, activation):
    """This is c times the transpose of G; c G is wanted."""
    return start_weights_numpy(G, rho, activation).T
