r"""Describe scenes in words; write book/_widgets/beam.json and a record.

    python lib/train/describe.py --threads 1

An LSTM reads what lies in a scene of two things, "big red circle top left and ...", and
another one writes a caption. A scene has about sixteen true captions, and any of them
was the target, so that the model has a choice at nearly every word.

The widget gets, for the first scenes of the test set, all beginnings that the model can
reach by words of a probability of ``LEAST`` at least, with those probabilities, scaled
to sum 1. The record compares the lists of six captions that plain beams, diverse beams
and draws give for new scenes: how many are different and true, and how alike they are.
"""

import heapq
import itertools
import json
from collections.abc import Callable
from functools import partial

import torch
from answers import learn
from reading import RECORDS, parser, record

from throughtime import decode, images, models, tasks, text
from throughtime.device import seed_all
from throughtime.images import Scene
from throughtime.text import END, START

H, D, SCENES, TESTED, LIST, STEPS = 96, 32, 20_000, 60, 6, 14
LEAST, SHOWN, MOST = 0.02, 3, 1500
PENALTIES = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
WIDTHS = (1, 2, 3, 5, 10, 20)
WIDGET = RECORDS.parent / "_widgets" / "beam.json"


def read(scene: Scene) -> str:
    """Return what the encoder reads: each thing's words and where it lies."""
    things = (
        [thing.size, thing.colour, thing.shape, *images.region(thing, scene.side)]
        for thing in scene.things
    )
    return " and ".join(" ".join(words) for words in things)


def pairs(scenes: list[Scene], generator: torch.Generator) -> tasks.Pairs:
    """Return each scene's words with one of its true captions, drawn."""
    vocabulary = images.caption_vocabulary()
    sources = [[*vocabulary.encode(read(scene)).tolist(), END] for scene in scenes]
    targets = []
    for scene in scenes:
        known = images.captions(scene)
        drawn = int(torch.randint(len(known), (), generator=generator))
        targets.append(vocabulary.encode(known[drawn].words, ends=True).tolist())
    source, target = text.pad(sources), text.pad(targets)
    nowhere = torch.full_like(target[0][1:], -1)
    return tasks.Pairs(*source, *target, nowhere, vocabulary, vocabulary)


@torch.no_grad()
def reach(model: models.Seq2Seq, scene: Scene) -> list[list]:
    """Return all beginnings, each a list of (id, log-probability, next beginning)."""
    ids = images.caption_vocabulary().encode(read(scene)).tolist()
    states = [model.start(torch.tensor([[*ids, END]]).T)]
    nodes, lasts, depths = [[]], [START], [0]
    for at in itertools.takewhile(
        lambda at: at < min(len(nodes), MOST), itertools.count()
    ):
        logits, state = model.step(torch.tensor([lasts[at]]), states[at])
        p = logits[0].double().softmax(-1)
        kept = (p >= LEAST).nonzero()[:, 0]
        logs = p[kept].log() - p[kept].sum().log()
        both = zip(kept.tolist(), logs.tolist(), strict=True)
        for i, log_p in sorted(both, key=lambda one: -one[1]):
            ends = i == END or depths[at] + 1 == STEPS
            nodes[at].append([i, round(log_p, 6), -1 if ends else len(nodes)])
            if not ends:
                nodes.append([])
                lasts.append(i)
                states.append(state)
                depths.append(depths[at] + 1)
    if len(nodes) > MOST:
        raise SystemExit(f"more than {MOST} beginnings; wanted a model that is surer")
    return nodes


def show(model: models.Seq2Seq, scene: Scene) -> dict:
    """Return what the widget has of one scene."""
    things = [
        {name: getattr(thing, name) for name in ("shape", "colour", "x", "y", "r")}
        for thing in scene.things
    ]
    nodes = reach(model, scene)
    print(read(scene), len(nodes), flush=True)  # noqa: T201
    true = sorted({str(caption) for caption in images.captions(scene)})
    return {"read": read(scene), "things": things, "captions": true, "nodes": nodes}


def lists(
    model: models.Seq2Seq, scene: Scene, generator: torch.Generator
) -> dict[str, list]:
    """Return by name the captions that each way of decoding gives for a scene."""
    ids = images.caption_vocabulary().encode(read(scene)).tolist()
    state = model.start(torch.tensor([[*ids, END]]).T)
    first, how = torch.tensor([START]), {"steps": STEPS}
    found = {}
    for penalty in PENALTIES:
        (groups,) = decode.diverse_beam(
            model, state, first, groups=3, width=2, penalty=penalty, **how
        )
        found[f"diverse, {penalty}"] = [h.ids for group in groups for h in group]
    (plain,) = decode.beam(model, state, first, width=LIST, **how)
    found["plain"] = [h.ids for h in plain]
    several = model.select(state, torch.zeros(LIST, dtype=torch.int64))
    drawn = decode.sample(
        model, several, first.expand(LIST), generator=generator, **how
    )
    found["drawn"] = [tuple(drawn.row(b)) for b in range(LIST)]
    return found


@torch.no_grad()
def surest(model: models.Seq2Seq, state: object) -> tuple[float, tuple[int, ...]]:
    """Return the most probable caption: the first that comes out of a sorted queue.

    A longer beginning is never more probable, so what comes out first is the best.
    """
    queue = [(0.0, (START,), state)]
    while True:
        loss, ids, state = heapq.heappop(queue)
        if ids[-1] == END or len(ids) > STEPS:
            return -loss, ids[1:]
        logits, state = model.step(torch.tensor([ids[-1]]), state)
        for i, gained in enumerate(logits[0].double().log_softmax(-1).tolist()):
            heapq.heappush(queue, (loss - gained, (*ids, i), state))


def widths(model: models.Seq2Seq, scene: Scene) -> dict[str, list[float]]:
    """Return by width: is the best one found, its log-probability, is it true."""
    ids = images.caption_vocabulary().encode(read(scene)).tolist()
    state = model.start(torch.tensor([[*ids, END]]).T)
    top, best = surest(model, state)
    found = {"exact": [1.0, top, _is_true(best, scene)]}
    for width in WIDTHS:
        ((h,),) = decode.beam(
            model, state, torch.tensor([START]), steps=STEPS, width=width, n=1
        )
        found[str(width)] = [float(h.ids == best), h.score, _is_true(h.ids, scene)]
    return found


def _is_true(ids: tuple[int, ...], scene: Scene) -> float:
    words = images.caption_vocabulary().decode(tasks.written(ids)).split()
    return float(bool(words) and images.is_true(words, scene))


def score(rows: list[tuple[int, ...]], scene: Scene) -> tuple[float, float, float]:
    """Return how many are true, how many true ones differ, and how unlike they are."""
    vocabulary = images.caption_vocabulary()
    said = [tuple(vocabulary.decode(tasks.written(row)).split()) for row in rows]
    true = [words for words in said if words and images.is_true(words, scene)]
    unlike = [
        1 - len(_twos(one) & _twos(other)) / max(1, len(_twos(one) | _twos(other)))
        for one, other in itertools.combinations(said, 2)
    ]
    return len(true) / len(said), len(set(true)), sum(unlike) / len(unlike)


def _twos(words: tuple[str, ...]) -> set:
    return set(itertools.pairwise(words))


def mean(scenes: list[Scene], found: Callable[[Scene], dict]) -> dict[str, list]:
    """Return the means of what is found for each scene, name by name."""
    sums: dict[str, list] = {}
    for scene in scenes:
        for name, values in found(scene).items():
            sums.setdefault(name, []).append(values)
    return {
        name: [round(sum(part) / len(scenes), 4) for part in zip(*each, strict=True)]
        for name, each in sums.items()
    }


def main() -> None:
    """Train, look at new scenes, and store what came out."""
    wish = parser(__doc__, steps=4000).parse_args()
    torch.set_num_threads(wish.threads)
    generator = seed_all(wish.seed)
    train = pairs(images.scenes("train", SCENES, wish.seed, things=2), generator)
    held_in = pairs(images.scenes("val", 300, wish.seed, things=2), generator)
    V = len(images.caption_vocabulary())
    model = models.Seq2Seq(V, V, H, embedding_size=D)
    history = learn(model, train, held_in, wish.steps, generator)
    print("held-out", min(history.validation), flush=True)  # noqa: T201

    scenes = images.scenes("test", TESTED, wish.seed, things=2)
    shown = [show(model, scene) for scene in scenes[:SHOWN]]
    words = images.caption_vocabulary().symbols
    data = {"words": words, "end": END, "steps": STEPS, "scenes": shown}
    WIDGET.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")

    draws = partial(lists, model, generator=generator)
    ways = mean(
        scenes, lambda s: {name: score(rows, s) for name, rows in draws(s).items()}
    )
    by_width = mean(scenes, partial(widths, model))
    about = {"steps": wish.steps, "units": H, "scenes": SCENES, "tested": TESTED}
    about |= {"held_out": round(min(history.validation), 4), "list": LIST}
    about |= {"least": LEAST, "true_different_unlike": ways}
    about |= {"found_score_true_by_width": by_width}
    command = f"python lib/train/describe.py --steps {wish.steps}"
    command += f" --threads {wish.threads}"
    record("describe", command, wish.seed, repr(train.source.tolist()), about)


if __name__ == "__main__":
    main()
