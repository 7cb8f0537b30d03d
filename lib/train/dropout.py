r"""Train an LSTM with dropout in different places; write book/records/dropout.json.

    python lib/train/dropout.py

Few sentences, whose order decides, and five words that say nothing after each: what was
read must be remembered. Each place of the masks gets the same seeds, the same number of
steps and the same rate; nothing is chosen by the test set, and the last weights count.
"""

import time

import torch
from reading import parser, record
from torch import Tensor, nn

from throughtime import tasks
from throughtime.device import seed_all
from throughtime.tasks import Batch

SENTENCES, TESTED, H, SEEDS = 400, 1000, 32, 10
PLACES = (
    "nowhere",
    "inputs and output",
    "h, one mask",
    "h, new masks",
    "candidate, new masks",
    "zoneout",
    "c, new masks",
)


class Dropped(nn.Module):
    """Be an LSTM that answers once, with dropout in one place of its step."""

    def __init__(self, V: int, where: str, p: float) -> None:
        super().__init__()
        self.where, self.p = where, p
        self.embed, self.output = nn.Embedding(V, H), nn.Linear(H, 2)
        self.gates = nn.Linear(2 * H, 4 * H)
        with torch.no_grad():
            self.gates.bias[H : 2 * H] = 1.0  # begin by remembering

    def mask(self, like: Tensor, *places: str) -> Tensor | float:
        """Return inverted dropout's factors for a place; 1 elsewhere and in tests."""
        if self.where not in places or not self.training:
            return 1.0
        return (torch.rand_like(like) >= self.p) / (1 - self.p)

    def forward(self, ids: Tensor, real: Tensor) -> Tensor:
        """Return the logits of each sentence's two classes."""
        xs = self.embed(ids)
        xs = xs * self.mask(xs, "inputs and output")
        h = c = xs.new_zeros(xs.shape[1], H)
        one = self.mask(h, "h, one mask")
        for x_t, m in zip(xs, real[..., None], strict=True):
            h_new, c_new = self.step(x_t, h * one, c)
            h, c = torch.where(m, h_new, h), torch.where(m, c_new, c)
        return self.output(h * self.mask(h, "inputs and output"))

    def step(self, x_t: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Advance by one step, with the masks that are new at each."""
        seen = h * self.mask(h, "h, new masks")
        i, f, g, o = self.gates(torch.cat([seen, x_t], dim=1)).chunk(4, dim=1)
        g = torch.tanh(g) * self.mask(h, "candidate, new masks")
        c_t = torch.sigmoid(f) * c + torch.sigmoid(i) * g
        c_t = c_t * self.mask(h, "c, new masks")
        h_t = torch.sigmoid(o) * torch.tanh(c_t)
        return self.zone(h, h_t), self.zone(c, c_t)

    def zone(self, old: Tensor, new: Tensor) -> Tensor:
        """Keep some old numbers with zoneout; in tests, the mean of old and new."""
        if self.where != "zoneout":
            return new
        if not self.training:
            return self.p * old + (1 - self.p) * new
        return torch.where(torch.rand_like(old) < self.p, old, new)


def run(data: Batch, test: Batch, where: str, p: float, steps: int) -> dict:
    """Train once; return what it costs on the test set, and the share right."""
    model = Dropped(len(data.vocabulary), where, p)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    for _ in range(steps):
        rows = torch.randint(SENTENCES, (50,))
        logits = model(data.inputs[:, rows], data.mask[:, rows])
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(logits, data.targets[rows])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    with torch.no_grad():
        logits = model(test.inputs, test.mask)
    nats = nn.functional.cross_entropy(logits, test.targets)
    right = (logits.argmax(1) == test.targets).double().mean()
    return {"train_nats": loss.item(), "nats": nats.item(), "right": right.item()}


def main() -> None:
    """Train every place with every seed, and store what came out."""
    wish = parser(__doc__, steps=400, threads=1).parse_args()
    torch.set_num_threads(wish.threads)
    found, start = {where: [] for where in PLACES}, time.monotonic()
    for seed in range(wish.seed, wish.seed + SEEDS):
        for where in PLACES:
            generator = seed_all(seed)  # the same sentences and first weights
            data = tasks.sentiment(SENTENCES, generator, distractor=5)
            test = tasks.sentiment(TESTED, generator, "test", distractor=5)
            found[where].append(run(data, test, where, 0.25, wish.steps))
            print(seed, where, found[where][-1])  # noqa: T201
    record(
        "dropout",
        f"python lib/train/dropout.py --steps {wish.steps}",
        wish.seed,
        " ".join(data.vocabulary.symbols),
        {
            "seeds": SEEDS,
            "p": 0.25,
            "sentences": SENTENCES,
            "tested": TESTED,
            "H": H,
            "seconds": round(time.monotonic() - start),
            "runs": found,
        },
    )


if __name__ == "__main__":
    main()
