r"""Compare the LSTM with eight variants on three tasks; write variants.json.

    python lib/train/variants.py

The variants are those of Greff et al.: each takes one part out of the LSTM with
peepholes, or adds one. The record in ``book/records`` has, of each run, the loss on new
rows, the best constant answer's loss on the same rows, and their ratio, the share left.
"""

import argparse
import copy

import torch
from measuring import TASKS, constants, measure, record
from torch import Tensor, nn

from throughtime import layers
from throughtime.unroll import unroll

H = 16
VARIANTS = {
    "vanilla": {},
    "no input gate": {"input_gate": False},
    "no forget gate": {"forget_gate": False},
    "no output gate": {"output_gate": False},
    "no input function": {"g": "identity"},
    "no output function": {"h": "identity"},
    "coupled gates": {"coupled": True},
    "no peepholes": {"peephole": None},
    "gates see gates": None,
}


class GatesSeeGates(nn.Module):
    """Be an LSTM whose gates see all gates of the step before."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        D, H = input_size, hidden_size
        shapes = {"W_x": (4 * H, D), "W_h": (4 * H, H), "b": (4 * H,)}
        shapes |= {"W_c": (3 * H,), "W_g": (3 * H, 3 * H)}
        for name, shape in shapes.items():
            first = torch.empty(shape).uniform_(-(H**-0.5), H**-0.5)
            self.register_parameter(name, nn.Parameter(first))

    def step(self, x_t: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Advance (h, c, gates) by one step; the gates are stacked i, f, o."""
        h, c, gates = state
        i, f, g, o = (x_t @ self.W_x.T + h @ self.W_h.T + self.b).chunk(4, dim=1)
        of_i, of_f, of_o = (gates @ self.W_g.T).chunk(3, dim=1)
        p_i, p_f, p_o = self.W_c.chunk(3)
        i_t = torch.sigmoid(i + of_i + p_i * c)
        f_t = torch.sigmoid(f + of_f + p_f * c)
        c_t = f_t * c + i_t * torch.tanh(g)
        o_t = torch.sigmoid(o + of_o + p_o * c_t)
        return o_t * torch.tanh(c_t), c_t, torch.cat([i_t, f_t, o_t], dim=1)

    def forward(self, xs: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Run over a batch of sequences, from zeros."""
        zeros = xs.new_zeros(xs.shape[1], self.hidden_size)
        return unroll(self.step, xs, (zeros, zeros, zeros.repeat(1, 3)))


def make(name: str, D: int, H: int = H) -> nn.Module:
    """Return a variant, its forget gate, if it has one, with a bias of 1."""
    options = VARIANTS[name]
    if options is None:
        cell = GatesSeeGates(D, H)
        with torch.no_grad():
            cell.b[H : 2 * H] = 1.0
        return cell
    cell = layers.LSTM(D, H, **{"peephole": "diagonal"} | options)
    return layers.init_forget_bias(cell) if "f" in cell.blocks else cell


def main() -> None:
    """Run every variant on every task, seed by seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    wish = parser.parse_args()
    torch.set_num_threads(wish.threads)
    empty = {name: {task: [] for task in TASKS} for name in VARIANTS}
    losses, shares = copy.deepcopy(empty), copy.deepcopy(empty)
    parameters = {name: count(make(name, 2)) for name in VARIANTS}
    for seed in range(wish.seeds):  # a record after each, should it be stopped
        for name in VARIANTS:
            for task in TASKS:
                run = measure(lambda D: make(name, D), task, seed, wish.steps)  # noqa: B023
                losses[name][task].append(round(run.loss, 6))
                shares[name][task].append(round(run.share, 4))
        command = (
            f"python lib/train/variants.py --seeds {seed + 1} --steps {wish.steps}"
        )
        found = {"hidden_size": H, "parameters": parameters}
        found |= {"constant": constants(range(seed + 1))}
        found |= {"losses": losses, "shares": shares}
        record("variants", command, range(seed + 1), found)


def count(module: nn.Module) -> int:
    """Return the number of parameters."""
    return sum(p.numel() for p in module.parameters())


if __name__ == "__main__":
    main()
