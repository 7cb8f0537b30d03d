"""Answers to question 1."""

import torch

from examiner.answers import right, wrong

BLOCKS = {"rnn": 1, "gru": 3, "lstm": 4}


def total(shapes, ways, biases=1):
    """Return the shapes, and how many numbers there are."""
    return shapes, ways * sum(m * (n + biases) for m, n in shapes)


def stack(D, H, L, both_ways, cell, **changed):
    """Do everything right but what is changed: ``first`` and ``higher`` columns."""
    ways = 1 + both_ways
    rows = changed.get("blocks", BLOCKS)[cell] * H
    first = changed.get("first", H + D)
    higher = changed.get("higher", H + ways * H + D)
    return [(rows, first)] + [(rows, higher)] * (L - 1), ways


@wrong("stack_sizes", "copied_from_chapter")
def stack_sizes_copied(D, H, L, both_ways, cell):
    """This is the chapter's stack, whose higher layers read the layer below only.

    Here they read the input, too: D columns more.
    """
    return total(*stack(D, H, L, both_ways, cell, higher=H + (1 + both_ways) * H))


@wrong("stack_sizes")
def square_blocks(D, H, L, both_ways, cell):
    """Every layer has 2H columns, as if its input had H numbers.

    The first layer reads D numbers, and higher ones all that lies below, and the input.
    """
    return total(*stack(D, H, L, both_ways, cell, first=2 * H, higher=2 * H))


@wrong("stack_sizes")
def one_half_below(D, H, L, both_ways, cell):
    """The higher layers read only one half of the layer below.

    With two directions there lie 2H numbers below.
    """
    return total(*stack(D, H, L, both_ways, cell, higher=H + H + D))


@wrong("stack_sizes")
def state_of_both_directions(D, H, L, both_ways, cell):
    """A network reads its own state and that of the other direction.

    The two do not hear each other: each has H numbers of its own.
    """
    ways = 1 + both_ways
    sizes = {"first": ways * H + D, "higher": 2 * ways * H + D}
    return total(*stack(D, H, L, both_ways, cell, **sizes))


@wrong("stack_sizes")
def own_state_forgotten(D, H, L, both_ways, cell):
    """W lacks the columns for the network's own state, H of them."""
    sizes = {"first": D, "higher": (1 + both_ways) * H + D}
    return total(*stack(D, H, L, both_ways, cell, **sizes))


@wrong("stack_sizes")
def input_forgotten(D, H, L, both_ways, cell):
    """W lacks the columns for the input, D of them in every layer."""
    sizes = {"first": H, "higher": H + (1 + both_ways) * H}
    return total(*stack(D, H, L, both_ways, cell, **sizes))


@wrong("stack_sizes")
def one_direction_counted(D, H, L, both_ways, cell):
    """The count is of one direction; each has weights of its own."""
    shapes, _ = stack(D, H, L, both_ways, cell)
    return total(shapes, 1)


@wrong("stack_sizes")
def biases_forgotten(D, H, L, both_ways, cell):
    """The shapes are right, but the count leaves out the biases, one a row."""
    return total(*stack(D, H, L, both_ways, cell), biases=0)


@wrong("stack_sizes")
def two_biases(D, H, L, both_ways, cell):
    """A second bias is counted, as torch has; each row has one here."""
    return total(*stack(D, H, L, both_ways, cell), biases=2)


@wrong("stack_sizes")
def gates_forgotten(D, H, L, both_ways, cell):
    """W has H rows, whatever the cell: a GRU has three blocks of them, an LSTM four."""
    return total(*stack(D, H, L, both_ways, cell, blocks=dict.fromkeys(BLOCKS, 1)))


@wrong("stack_sizes")
def candidate_forgotten(D, H, L, both_ways, cell):
    """A GRU has three blocks: two gates, and the candidate with weights of its own."""
    blocks = {"rnn": 1, "gru": 2, "lstm": 4}
    return total(*stack(D, H, L, both_ways, cell, blocks=blocks))


@wrong("stack_sizes")
def gru_for_an_lstm(D, H, L, both_ways, cell):
    """The blocks of the GRU and the LSTM are swapped: a GRU has three, an LSTM four."""
    blocks = {"rnn": 1, "gru": 4, "lstm": 3}
    return total(*stack(D, H, L, both_ways, cell, blocks=blocks))


@wrong("stack_sizes")
def rows_for_columns(D, H, L, both_ways, cell):
    """The shapes are turned round: rows first, one for each thing that is computed."""
    shapes, ways = stack(D, H, L, both_ways, cell)
    return [(n, m) for m, n in shapes], total(shapes, ways)[1]


@wrong("stack_sizes")
def input_twice_in_the_first(D, H, L, both_ways, cell):
    """The first layer has columns for something below, and for the input.

    What lies below the first layer is the input itself.
    """
    return total(*stack(D, H, L, both_ways, cell, first=H + D + D))


@right("stack_sizes", "formula")
def stack_sizes_formula(D, H, L, both_ways, cell):
    """Follow the page."""
    return total(*stack(D, H, L, both_ways, cell))


@right("stack_sizes", "loop")
def stack_sizes_loop(D, H, L, both_ways, cell):
    """Go up layer by layer, and return lists."""
    shapes, count, below = [], 0, 0
    for _ in range(L):
        rows, columns = BLOCKS[cell] * H, H + below + D
        shapes.append([rows, columns])
        below = 2 * H if both_ways else H
        for _way in "><" if both_ways else ">":
            count += rows * columns + rows
    return shapes, count


@right("stack_sizes", "torch")
def stack_sizes_torch(D, H, L, both_ways, cell):
    """Make the weights, and ask them."""
    shapes, weights = [], torch.nn.ParameterList()
    for layer in range(L):
        columns = H + D + (layer > 0) * H * (2 if both_ways else 1)
        for _ in range(2 if both_ways else 1):
            W = torch.zeros(BLOCKS[cell] * H, columns)
            weights += [W, W[:, 0]]
        shapes.append(tuple(W.shape))
    return shapes, sum(weight.numel() for weight in weights)
