"""What is learnt of the order of words, and over 200 steps."""

import argparse
from collections.abc import Iterator
from typing import Any

import torch
from learn_report import add, stored, summary
from torch import Tensor, nn

from throughtime import layers, models, tasks, text
from throughtime.device import seed_all
from throughtime.train import fit


def sentiment(arguments: argparse.Namespace) -> None:
    """Train an LSTM for two epochs on sentences whose order decides."""
    generator = seed_all(arguments.seed)
    train = tasks.sentiment(8000, generator)
    test = tasks.sentiment(2000, generator, "test")
    V = len(train.vocabulary)
    model = models.SentimentLSTM(V, 64)
    rows = torch.utils.data.TensorDataset(train.inputs.T, train.mask.T, train.targets)
    batches = torch.utils.data.DataLoader(rows, batch_size=32, shuffle=True)
    shares: list[float] = []

    def loss(model: nn.Module, batch: list[Tensor]) -> Tensor:
        ids, mask, labels = batch
        return nn.functional.cross_entropy(model(ids.T, mask.T), labels)

    def wrong(model: nn.Module) -> float:
        right = model(test.inputs, test.mask).argmax(-1) == test.targets
        shares.append(right.double().mean().item())
        return 1 - shares[-1]

    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    history = fit(
        model, batches, loss, optimizer=optimizer, epochs=2, clip=1.0, validate=wrong
    )
    result = {"held out": shares, "bag": bag_of_words(train, test, V)}
    result["sentences"] = len(test.targets)
    add("sentiment", summary(history, arguments) | result)


def bag_of_words(train: Any, test: Any, V: int) -> float:
    """Return how much logistic regression on counts of words gets right."""
    counts = [
        (text.one_hot(part.inputs, V) * part.mask[..., None]).sum(0)
        for part in (train, test)
    ]
    model = nn.Linear(V, 2)

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        return nn.functional.cross_entropy(model(batch[0]), batch[1])

    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    fit(model, [(counts[0], train.targets)], loss, optimizer=optimizer, steps=500)
    return (model(counts[1]).argmax(-1) == test.targets).double().mean().item()


def mean_square(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Return the mean squared error of one number a sequence."""
    xs, targets = batch
    return nn.functional.mse_loss(model(xs), targets)


class Adder(nn.Module):
    """Read a sequence, and give one number from the last state.

    The gates begin by keeping the state for 1 to T steps, after Tallec and Ollivier
    (2018): with a forget bias of 1 an LSTM did not learn it in 5,000 steps.
    """

    def __init__(self, cell: str, H: int, T: int, generator: torch.Generator) -> None:
        super().__init__()
        self.read, self.write = getattr(layers, cell)(2, H), nn.Linear(H, 1)
        keep = torch.log(1 + (T - 2) * torch.rand(H, generator=generator))
        with torch.no_grad():
            if cell == "LSTM":  # blocks i, f, g, o
                self.read.b_l0[: 2 * H] = torch.cat([-keep, keep])
            if cell == "GRU":  # blocks r, z, n
                self.read.b_l0[H : 2 * H] = keep

    def forward(self, xs: Tensor) -> Tensor:
        """Return a number for each row, shape ``(B,)``."""
        hs, _ = self.read(xs)
        return self.write(hs[-1])[:, 0]


class Sums:
    """Draw batches of the adding problem without end."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Draw one batch after the other."""
        while True:
            yield self.draw(64)

    def draw(self, rows: int) -> tuple[Tensor, Tensor]:
        """Return inputs and sums of some rows, of 200 steps."""
        batch = tasks.adding(200, rows, self.generator)
        return batch.inputs, batch.targets


def adding(arguments: argparse.Namespace) -> None:
    """Train each cell on the adding problem, and measure it on new rows."""
    cells = stored("adding").get("cells", {})
    for cell in arguments.cells:
        sums = Sums(seed_all(arguments.seed))
        model = Adder(cell, 64, 200, sums.generator)
        held_in, test = sums.draw(1000), sums.draw(2000)
        history = fit(
            model,
            sums,
            mean_square,
            optimizer=torch.optim.Adam(model.parameters(), lr=arguments.lr),
            clip=1.0,
            steps=arguments.steps,
            validate=[held_in],
            every=100,
        )
        with torch.no_grad():
            error = mean_square(model, test).item()
        curve = [history.validation_steps, history.validation]
        cells[cell] = summary(history, arguments) | {"error": error, "curve": curve}
        add("adding", summary(history, arguments) | {"cells": cells})
