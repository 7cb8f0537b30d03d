r"""Train on few pictures, changed by chance or not; write book/records/augment.json.

    python lib/train/augment.py

Each network is then asked in five ways: about the whole picture, about its centre, and
about several views at once, averaged or by vote. ``--seeds 2 --steps 20`` tries it.
"""

from collections import Counter
from collections.abc import Sequence

import torch
from describing import MOST_WORDS, describe
from measuring import interval
from practising import Change, Few, Words, learn, make, unseen
from reading import parser, record
from torch import Tensor

from throughtime import decode, images, metrics, models
from throughtime.device import seed_all

N, LEAST, SIDE = 150, 40, 48  # scenes; a window's least side, pixels; a picture's
EDGE = (SIDE - LEAST) / 2  # the tests' windows are as large as training's on average
CENTRE = (EDGE / 2, EDGE / 2, SIDE - EDGE)
TEN = [CENTRE, *((x, y, SIDE - EDGE) for x in (0, EDGE) for y in (0, EDGE))]
WHOLE = (0.0, 0.0, float(SIDE))
View = tuple[tuple[float, float, float], bool]  # a window, and: in the mirror?
LOOKS: dict[str, list[View]] = {
    "whole": [(WHOLE, False)],
    "centre": [(CENTRE, False)],
    "mirror": [(WHOLE, False), (WHOLE, True)],
    "ten": [(w, turned) for turned in (False, True) for w in TEN],
}


def crop(
    pictures: Tensor, words: list[Words], chance: torch.Generator
) -> tuple[Tensor, list[Words]]:
    """Look at a window of random size and place; the words stay."""
    u = torch.rand(3, len(words), generator=chance)
    size = LEAST + (SIDE - LEAST) * u[0]
    left, top = u[1:] * (SIDE - size)
    return images.window(pictures, left, top, size), words


def flip(swap: bool) -> Change:
    """Return what mirrors every other picture, and perhaps its words."""

    def change(
        pictures: Tensor, words: list[Words], chance: torch.Generator
    ) -> tuple[Tensor, list[Words]]:
        turned = torch.rand(len(words), generator=chance) < 0.5
        mirrored = images.mirror(pictures)
        pictures = torch.where(turned[:, None, None, None], mirrored, pictures)
        if swap:
            pairs = zip(words, turned.tolist(), strict=True)
            words = [images.mirror_words(w) if t else w for w, t in pairs]
        return pictures, words

    return change


TRAININGS: dict[str, list[Change]] = {
    "as they are": [],
    "windows": [crop],
    "mirrored, old words": [flip(swap=False)],
    "mirrored, its words": [flip(swap=True)],
    "both, its words": [crop, flip(swap=True)],
}


def views(pictures: Tensor, looks: Sequence[View]) -> Tensor:
    """Return all views of pictures, block after block: ``(K B, 3, S, S)``."""
    shown = ((images.window(pictures, *at), turned) for at, turned in looks)
    return torch.cat([images.mirror(v) if turned else v for v, turned in shown])


def names(looks: Sequence[View]) -> Tensor:
    """Return what each word is called in each view, ``(K, V)``."""
    words = images.caption_vocabulary()
    mirrored = words.encode(images.mirror_words(words.symbols))
    plain = torch.arange(len(words))
    return torch.stack([mirrored if turned else plain for _, turned in looks])


@torch.no_grad()
def average(
    model: models.Captioner, pictures: Tensor, looks: Sequence[View]
) -> list[Words]:
    """Return greedy captions by the mean of the views' probabilities."""
    symbols = images.caption_vocabulary().symbols
    state = model.start(views(pictures, looks))
    first = torch.ones(len(pictures), dtype=torch.int64)
    mean = decode.Averaged(model, names(looks))
    found = decode.greedy(mean, state, first, steps=MOST_WORDS)
    return [tuple(symbols[i] for i in found.row(b)) for b in range(len(first))]


def vote(
    model: models.Captioner, pictures: Tensor, looks: Sequence[View]
) -> list[Words]:
    """Return the caption that most views give; of equals, that of the first view."""
    said = describe(model, views(pictures, looks))
    blocks = [said[k : k + len(pictures)] for k in range(0, len(said), len(pictures))]
    for k, (_, turned) in enumerate(looks):
        if turned:
            blocks[k] = [images.mirror_words(words) for words in blocks[k]]
    return [Counter(each).most_common(1)[0][0] for each in zip(*blocks, strict=True)]


def measure(model: models.Captioner) -> dict[str, float]:
    """Return the share of true captions of new scenes, by how one looks."""
    scenes, pictures = unseen()
    parts = pictures.split(100)  # ten views of each lie in memory at once
    said = {
        name: [words for some in parts for words in average(model, some, looks)]
        for name, looks in LOOKS.items()
    }
    said["vote of ten"] = [w for some in parts for w in vote(model, some, LOOKS["ten"])]
    return {
        name: metrics.truth_rate(words, scenes, images.is_true)
        for name, words in said.items()
    }


def run(training: str, seed: int, steps: int) -> dict[str, float]:
    """Train one network, and ask it in every way."""
    seed_all(seed)
    model = make()
    learn(model, Few(N, seed, TRAININGS[training]), steps)
    return measure(model)


def main() -> None:
    """Train each way with each seed; write the record after every seed."""
    wish = parser(__doc__, steps=500, seeds=3, threads=1).parse_args()
    torch.set_num_threads(wish.threads)
    runs: dict[str, dict[str, list[float]]] = {name: {} for name in TRAININGS}
    for seed in range(wish.seeds):
        for training in TRAININGS:
            for look, share in run(training, seed, wish.steps).items():
                runs[training].setdefault(look, []).append(round(share, 4))
            print(seed, training, runs[training], flush=True)  # noqa: T201
        if seed:
            ends = {
                name: {look: interval(values) for look, values in each.items()}
                for name, each in runs.items()
            }
            found = {"runs": runs, "intervals": ends, "steps": wish.steps, "n": N}
            command = f"python lib/train/augment.py --steps {wish.steps}"
            command += f" --seeds {seed + 1}"
            record("augment", command, 0, repr(unseen()[0]), found)


if __name__ == "__main__":
    main()
