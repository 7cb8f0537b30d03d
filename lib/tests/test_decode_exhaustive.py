"""What an exhaustive search need not try."""

import math

import torch

from throughtime import decode
from throughtime.testing import assert_close

START, END = 1, 2


class Chain:
    def __init__(self, p):
        self.p = p

    def step(self, ids, state):
        return self.p[ids].log(), state

    def select(self, state, rows):
        return state[rows]


def test_what_has_probability_0_is_not_tried_so_that_long_ones_can_be():
    p = torch.zeros(30, 30, dtype=torch.float64)
    p[START, 5], p[START, 6] = 0.25, 0.75
    p[[5, 6], 7] = 1
    p[7, 5], p[7, END] = 0.5, 0.5
    begin = torch.tensor([START])
    (found,) = decode.exhaustive(Chain(p), torch.zeros(1), begin, steps=9, n=100)
    assert_close(math.fsum(math.exp(h.score) for h in found), 1.0)
    assert found[0].ids == (6, 7, END)
    assert len(found) == 10  # eight that end, and two that are still open
    assert all(math.isfinite(h.score) for h in found)
