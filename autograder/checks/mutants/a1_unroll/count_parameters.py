"""Answers to question 3."""

import math

import numpy as np
import torch

from examiner.answers import right, wrong


@wrong("count_parameters", "copied_from_chapter")
def count_parameters_copied(D, H, V):
    """This is the chapter's network, which has no alpha.

    Here each of the H units learns one, so alpha is an array, too, and it counts.
    """
    shapes = {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,), "W_hy": (V, H), "b_y": (V,)}
    return shapes, H * (D + H + 1) + V * (H + 1)


@wrong("count_parameters")
def count_without_alpha(D, H, V):
    """The shapes are right, but the count leaves out the H numbers of alpha."""
    shapes, count = count_parameters_loop(D, H, V)
    return shapes, count - H


@wrong("count_parameters")
def one_alpha(D, H, V):
    """Your alpha is one number for the whole network.

    Here each unit learns its own, so alpha has the shape (H,).
    """
    shapes, _ = count_parameters_loop(D, H, V)
    return total(shapes | {"alpha": (1,)})


@wrong("count_parameters")
def alpha_is_a_matrix(D, H, V):
    """Your alpha is an H x H matrix.

    Each unit has a single number, its own, so alpha has the shape (H,).
    """
    shapes, _ = count_parameters_loop(D, H, V)
    return total(shapes | {"alpha": (H, H)})


@wrong("count_parameters")
def two_biases(D, H, V):
    """A second bias is counted, as torch has.

    Only the sum of the two matters, so this network has one b_h.
    """
    shapes, count = count_parameters_loop(D, H, V)
    return shapes, count + H


@wrong("count_parameters")
def matrices_transposed(D, H, V):
    """W_xh and W_hy have their axes swapped.

    W_xh leads from D inputs to H units, so it has H rows: (H, D); likewise W_hy (V, H).
    """
    shapes, _ = count_parameters_loop(D, H, V)
    return total(shapes | {"W_xh": (D, H), "W_hy": (H, V)})


@wrong("count_parameters")
def input_as_wide_as_the_state(D, H, V):
    """W_xh is taken as H x H, which fits only where D equals H.

    It meets an input of D numbers: (H, D).
    """
    shapes, _ = count_parameters_loop(D, H, V)
    return total(shapes | {"W_xh": (H, H)})


@wrong("count_parameters")
def output_bias_missing(D, H, V):
    """The readout has a bias, too: b_y, with V numbers."""
    shapes, _ = count_parameters_loop(D, H, V)
    del shapes["b_y"]
    return total(shapes)


@wrong("count_parameters")
def comma_missing(D, H, V):
    """(H) is just the number H.

    A tuple with one member needs a comma: (H,).
    """
    shapes, count = count_parameters_loop(D, H, V)
    return shapes | {"b_h": H, "alpha": H, "b_y": V}, count


@wrong("count_parameters")
def biases_as_rows(D, H, V):
    """The biases and alpha are vectors with one axis: (H,), not (1, H)."""
    shapes, _ = count_parameters_loop(D, H, V)
    return total(shapes | {"b_h": (1, H), "alpha": (1, H), "b_y": (1, V)})


def total(shapes):
    """Return the shapes and how many numbers they hold."""
    return shapes, sum(math.prod(shape) for shape in shapes.values())


@right("count_parameters", "loop")
def count_parameters_loop(D, H, V):
    """Multiply and add in loops."""
    shapes = {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,), "alpha": (H,)}
    shapes |= {"W_hy": (V, H), "b_y": (V,)}
    count = 0
    for shape in shapes.values():
        size = 1
        for n in shape:
            size *= n
        count += size
    return shapes, count


@right("count_parameters", "formula")
def count_parameters_formula(D, H, V):
    """Count by one formula."""
    names = ["b_y", "W_hy", "alpha", "b_h", "W_hh", "W_xh"]  # the order is free
    sizes = [(V,), (V, H), (H,), (H,), (H, H), (H, D)]
    return dict(zip(names, sizes, strict=True)), H * (D + H + 2 + V) + V


@right("count_parameters", "arrays")
def count_parameters_arrays(D, H, V):
    """Make the arrays, and ask them."""
    arrays = {
        "W_xh": np.zeros((H, D)),
        "W_hh": np.zeros((H, H)),
        "W_hy": np.zeros((V, H)),
        **{"b_h": np.zeros(H), "alpha": np.zeros(H), "b_y": np.zeros(V)},
    }
    count = np.sum([array.size for array in arrays.values()])
    return {name: array.shape for name, array in arrays.items()}, count


@right("count_parameters", "torch")
def count_parameters_torch(D, H, V):
    """Make the parameters in torch, and ask them."""
    network = torch.nn.ParameterDict(
        {"W_xh": torch.zeros(H, D), "W_hh": torch.zeros(H, H), "b_h": torch.zeros(H)}
    )
    network["alpha"] = torch.zeros(H)
    network |= {"W_hy": torch.zeros(V, H), "b_y": torch.zeros(V)}
    shapes = {name: tuple(weight.shape) for name, weight in network.items()}
    return shapes, sum(weight.numel() for weight in network.values())
