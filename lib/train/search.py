r"""Search at random in a small grammar of cells; write book/records/search.json.

    python lib/train/search.py

A cell is a word: how much of its memory s is kept, how much is written, what is
written, and what of s is shown as the state h. Some words are drawn, trained briefly
and ranked; the first in rank then meets GRU and LSTM again, on seeds it has not seen.
"""

import argparse
import itertools
from collections.abc import Callable
from typing import NamedTuple

import torch
from measuring import TASKS, Run, constants, measure, record
from torch import Tensor, nn
from variants import count

from throughtime.unroll import unroll

KEEP, WRITE = ("0", "1", "k"), ("1", "1 - k", "w")
FUNCTION, INNER = ("tanh", "relu"), ("h", "r * h", "r * Wh")
SHOW = ("s", "tanh(s)", "o * s", "o * tanh(s)")
SEES = ("x", "h", "x+h")  # what a gate is made of
BUDGET = 1216  # parameters: those of the LSTM with 16 units and 2 inputs
FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu}


class Word(NamedTuple):
    """Spell a cell; ``gates`` are pairs of a gate and what it sees."""

    keep: str
    write: str
    function: str
    inner: str
    show: str
    gates: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Return the cell as arithmetic; x and h stand for products with weights."""
        new = f"{self.function}(x + {self.inner})"
        kept = {"0": "", "1": "s + "}.get(self.keep, f"{self.keep} * s + ")
        share = {"1": "", "1 - k": "(1 - k) * "}.get(self.write, f"{self.write} * ")
        sees = "".join(f"; {gate} sees {what}" for gate, what in self.gates)
        return f"s = {kept}{share}{new}; h = {self.show}{sees}"


ELMAN = Word("0", "1", "tanh", "h", "s", ())
GRU = Word("k", "1 - k", "tanh", "r * h", "s", (("k", "x+h"), ("r", "x+h")))
LSTM = Word(
    "k", "w", "tanh", "h", "o * tanh(s)", (("k", "x+h"), ("o", "x+h"), ("w", "x+h"))
)


def words() -> list[Word]:
    """Return every word, each function once."""
    found = []
    for keep, write, function, inner, show in itertools.product(
        KEEP, WRITE, FUNCTION, INNER, SHOW
    ):
        if write == "1 - k" and keep != "k":
            continue  # with k = 0 it is the word that writes 1; k = 1 writes nothing
        text = " ".join([keep, write, inner, show])
        gates = [gate for gate in "korw" if gate in text.replace("tanh", "").split()]
        for seen in itertools.product(SEES, repeat=len(gates)):
            pairs = tuple(zip(gates, seen, strict=True))
            found.append(Word(keep, write, function, inner, show, pairs))
    return found


class Cell(nn.Module):
    """Be the layer of a word.

    Each gate, and n for what is written, has a block of H rows in W_x, W_h and b, or
    none where it does not see x or h. The bias of k begins at 1, so that a fresh cell
    remembers.
    """

    def __init__(self, word: Word, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.word, self.input_size, self.hidden_size = word, input_size, hidden_size
        D, H = input_size, hidden_size
        self.of_x = [*(g for g, sees in word.gates if "x" in sees), "n"]
        self.of_h = [*(g for g, sees in word.gates if "h" in sees), "n"]
        self.blocks = [*(g for g, _ in word.gates), "n"]
        shapes = {"W_x": (len(self.of_x) * H, D), "W_h": (len(self.of_h) * H, H)}
        shapes["b"] = (len(self.blocks) * H,)
        for name, shape in shapes.items():
            first = torch.empty(shape).uniform_(-(H**-0.5), H**-0.5)
            if name == "b" and self.blocks[0] == "k":
                first[:H] = 1.0
            self.register_parameter(name, nn.Parameter(first))

    def step(self, a_x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Advance (h, s) by one step; ``a_x`` is what x and the biases give."""
        h, s = state
        a = dict(zip(self.blocks, a_x.chunk(len(self.blocks), dim=1), strict=True))
        W_n = self.W_h[-self.hidden_size :]
        others = self.W_h if self.word.inner == "h" else self.W_h[: -len(W_n)]
        parts = (h @ others.T).split(self.hidden_size, dim=1) if len(others) else ()
        for name, part in zip(self.of_h, parts, strict=False):
            a[name] = a[name] + part
        gate = {g: torch.sigmoid(a[g]) for g, _ in self.word.gates}
        if self.word.inner == "r * h":
            a["n"] = a["n"] + (gate["r"] * h) @ W_n.T
        elif self.word.inner == "r * Wh":
            a["n"] = a["n"] + gate["r"] * (h @ W_n.T)
        new = FUNCTIONS[self.word.function](a["n"])
        s = _times(self.word.keep, gate, s) + _times(self.word.write, gate, new)
        shown = torch.tanh(s) if "tanh" in self.word.show else s
        return (gate["o"] * shown if "o" in gate else shown), s

    def forward(self, xs: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Run over a batch of sequences, from zeros."""
        H, zeros = self.hidden_size, xs.new_zeros(xs.shape[1], self.hidden_size)
        rows = [self.blocks.index(name) for name in self.of_x]
        W = xs.new_zeros(len(self.blocks), H, xs.shape[2])
        W = W.index_copy(0, torch.tensor(rows), self.W_x.reshape(-1, H, xs.shape[2]))
        return unroll(self.step, xs @ W.flatten(0, 1).T + self.b, (zeros, zeros))


def _times(share: str, gate: dict[str, Tensor], value: Tensor) -> Tensor | float:
    """Return the share of a value that a word says."""
    if share in ("0", "1"):
        return value if share == "1" else 0.0
    return (1 - gate["k"]) * value if share == "1 - k" else gate[share] * value


def within_budget(word: Word, D: int, budget: int = BUDGET) -> Cell:
    """Return the word's largest cell with no more parameters than the budget."""
    H = 1
    while count(Cell(word, 2, H + 1)) <= budget:
        H += 1
    return Cell(word, D, H)


def draw(number: int, seed: int) -> list[Word]:
    """Return different words, drawn at random."""
    every = words()
    chance = torch.Generator().manual_seed(seed)
    return [every[k] for k in torch.randperm(len(every), generator=chance)[:number]]


def train(word: Word, seed: int, steps: int) -> dict[str, Run]:
    """Return what a word comes to on each task."""
    return {
        task: measure(lambda D: within_budget(word, D), task, seed, steps)
        for task in TASKS
    }


def losses(runs: dict[str, Run]) -> dict[str, float]:
    """Return the losses, for the record."""
    return {task: round(run.loss, 6) for task, run in runs.items()}


def shares(runs: dict[str, Run]) -> dict[str, float]:
    """Return the shares left, for the record."""
    return {task: round(run.share, 4) for task, run in runs.items()}


def told(numbers: Callable, tried: dict, beside: dict, again: dict) -> dict:
    """Return the shares or the losses of all runs; those of ``again`` seed by seed."""
    rows = {name: [numbers(runs) for runs in each] for name, each in again.items()}
    return {
        "tried": {word: numbers(runs) for word, runs in tried.items()},
        "beside": {name: numbers(runs) for name, runs in beside.items()},
        "again": {
            name: {task: [found[task] for found in each] for task in TASKS}
            for name, each in rows.items()
        },
    }


def mean(found: dict[str, float]) -> float:
    """Return the mean over the tasks."""
    return sum(found.values()) / len(found)


def read_wishes() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("words", 20), ("steps", 150), ("again", 300), ("seeds", 5)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    """Search, then measure the winner beside GRU, LSTM and Elman's cell again."""
    wish = read_wishes()
    torch.set_num_threads(wish.threads)
    known = {"GRU": GRU, "LSTM": LSTM, "Elman": ELMAN}
    drawn = [word for word in draw(wish.words, 0) if word not in known.values()]
    tried = {str(word): train(word, 0, wish.steps) for word in drawn}
    beside = {name: train(word, 0, wish.steps) for name, word in known.items()}
    best = min(drawn, key=lambda word: mean(shares(tried[str(word)])))
    finalists = {"winner": best, "GRU": GRU, "LSTM": LSTM}
    sizes = {n: within_budget(w, 2).hidden_size for n, w in finalists.items()}
    again: dict = {name: [] for name in finalists}
    command = "python lib/train/search.py"
    command += f" --words {wish.words} --steps {wish.steps} --again {wish.again}"
    for seed in range(1, 1 + wish.seeds):
        for name, word in finalists.items():
            again[name].append(train(word, seed, wish.again))
        found = {"words": len(words()), "winner": str(best), "sizes": sizes}
        found["constant"] = constants(range(seed + 1))
        found |= told(shares, tried, beside, again)
        found["losses"] = told(losses, tried, beside, again)
        record("search", f"{command} --seeds {seed}", range(seed + 1), found)


if __name__ == "__main__":
    main()
