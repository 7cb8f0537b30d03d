"""What the scripts on sentences share: training, the bag that it must beat, a mean."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from throughtime import models, text
from throughtime.train import fit

Rows = Sequence[Tensor]
Put = Callable[[Rows], tuple[Tensor, Tensor | None]]


class Sentences:
    """Give batches of sentences in a new order each epoch."""

    def __init__(self, rows: Rows, labels: Tensor, put: Put, B: int) -> None:
        self.rows, self.labels, self.put, self.B = rows, labels, put, B

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.rows) // self.B

    def __iter__(self) -> object:
        """Give one epoch's batches."""
        order = torch.randperm(len(self.rows))
        for chosen in order[: len(self) * self.B].split(self.B):
            rows = [self.rows[i] for i in chosen]
            yield (*self.put(rows), self.labels[chosen].float())


def loss(model: nn.Module, batch: tuple) -> Tensor:
    """Return nats a sentence."""
    ids, mask, labels = batch
    return binary_cross_entropy_with_logits(model(ids, mask)[:, 0], labels)


@torch.no_grad()
def accuracy(model: nn.Module, rows: Rows, labels: Tensor, put: Put) -> float:
    """Return the share of right answers."""
    right = 0
    for chosen in torch.arange(len(rows)).split(250):
        ids, mask = put([rows[i] for i in chosen])
        right += ((model(ids, mask)[:, 0] > 0) == (labels[chosen] == 1)).sum().item()
    return right / len(rows)


def start_from(
    model: models.SentimentLSTM, vectors: Tensor | None, frozen: bool
) -> None:
    """Give a model its words' vectors, as large as torch draws them; freeze them."""
    if vectors is not None:
        model.embed.weight.data.copy_(vectors / vectors.std())
    model.embed.weight.requires_grad_(not frozen)


def train(
    model: nn.Module,
    batches: Sentences,
    validate: Callable[[nn.Module], float],
    steps: int,
    lr: float,
    every: int,
) -> float:
    """Train, keep the weights of the best validation, return the seconds."""
    free = [p for p in model.parameters() if p.requires_grad]
    rule = torch.optim.Adam(free, lr=lr)
    how = {"clip": 1.0, "steps": steps, "validate": validate, "every": every}
    return fit(model, batches, loss, optimizer=rule, **how).seconds[-1]


def linear(xs: Tensor, labels: Tensor, strength: float = 1.0) -> tuple[Tensor, Tensor]:
    """Fit logistic regression: summed loss and half the squared weights by strength."""
    w = torch.zeros(xs.shape[1], requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    rule = torch.optim.LBFGS([w, b], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        rule.zero_grad()
        fault = binary_cross_entropy_with_logits(
            xs @ w + b, labels.float(), reduction="sum"
        )
        total = fault + w @ w / (2 * strength)
        total.backward()
        return total

    rule.step(closure)
    return w.detach(), b.detach()


def bag_accuracy(train: tuple, test: tuple, V: int, *, weigh: bool = True) -> float:
    """Return the accuracy of logistic regression on bags, by TF-IDF or by counts."""
    counts, unseen = (text.bags(rows, V) for rows, _ in (train, test))
    if weigh:
        rare = text.rarity(counts)
        counts, unseen = text.tf_idf(counts, rare), text.tf_idf(unseen, rare)
    w, b = linear(counts, train[1])
    return ((unseen @ w + b > 0) == (test[1] == 1)).float().mean().item()


def pairs_of_words(rows: Rows) -> list[Tensor]:
    """Return each text with its pairs of neighbours as further words."""
    numbers: dict[tuple[int, int], int] = {}
    V = 1 + max(int(row.max()) for row in rows)
    return [
        torch.tensor(
            row.tolist()
            + [
                numbers.setdefault(pair, V + len(numbers))
                for pair in zip(row[:-1].tolist(), row[1:].tolist(), strict=True)
            ]
        )
        for row in rows
    ]


def summary(values: Sequence[float]) -> dict:
    """Return the values, their mean, and half the width of its 95 % interval."""
    t = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 8: 2.365, 10: 2.262}[len(values)]
    found = torch.tensor(values, dtype=torch.float64)
    half = t * (found.std() / len(values) ** 0.5).item()
    return {"values": list(values), "mean": found.mean().item(), "half": half}
