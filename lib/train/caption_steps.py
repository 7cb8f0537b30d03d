r"""Write the data of chapter 12's widget from the shipped captioner.

    python lib/train/caption_steps.py

book/_widgets/caption-steps.json holds six scenes, and for each a tree: what has been
said, what the network expects next, and with which words some true caption goes on.
Every true caption is in it, and the network's own, to its end, even where it is false.
"""

import json
from importlib.resources import files
from pathlib import Path

import torch
from describing import MOST_WORDS

from throughtime import images, models
from throughtime.train import load

WIDGET = (
    Path(__file__).resolve().parents[2] / "book" / "_widgets" / "caption-steps.json"
)
SYMBOLS = images.caption_vocabulary().symbols
START, END = 1, 2
SHOWN = 5  # words of the largest probability at each place; true ones besides
# Split, things and the seed of its scenes; of each the first scene.
CHOSEN = [
    ("test", 1),
    ("test", 2),
    ("test", 2),
    ("pairs", 1),
    ("pairs", 2),
    ("count", 3),
]
SEED = 11
Node = dict[str, dict]


def shipped() -> models.Captioner:
    """Return the captioner that comes with the library."""
    saved = load(files("throughtime") / "checkpoints" / "captioner.npz")
    cnn = models.SmallCNN(saved.about["channels"])
    model = models.Captioner(**saved.about["config"], cnn=cnn).eval()
    model.load_state_dict(saved.weights)
    return model


def true_next(said: tuple[str, ...], true: set[tuple[str, ...]]) -> set[str]:
    """Return the words with which some true caption goes on; END ends one."""
    more = {c[: len(said) + 1] for c in true if c[: len(said)] == said}
    return {c[-1] if len(c) > len(said) else "END" for c in more}


@torch.no_grad()
def grow(
    model: models.Captioner, state: object, said: tuple[str, ...], true: set, own: bool
) -> Node:
    """Return a node: what is expected, what is true, and the nodes after it.

    ``own`` says that the network chose every word so far.
    """
    word = torch.tensor([SYMBOLS.index(said[-1]) if said else START])
    logits, state = model.step(word, state)
    p = logits[0].softmax(-1)
    order = p.argsort(descending=True).tolist()
    allowed = true_next(said, true)
    name = {i: "END" if i == END else s for i, s in enumerate(SYMBOLS)}
    kept = [i for k, i in enumerate(order) if k < SHOWN or name[i] in allowed]
    node: Node = {"p": {name[i]: round(p[i].item(), 4) for i in kept}}
    node["true"] = sorted(allowed, key=lambda w: order.index(_id(w)))
    best = name[order[0]]
    goes_on = allowed | ({best} if own else set())
    node["then"] = {
        w: grow(model, state, (*said, w), true, own and w == best)
        for w in sorted(goes_on - {"END"})
        if len(said) < MOST_WORDS
    }
    return node


def _id(word: str) -> int:
    return END if word == "END" else SYMBOLS.index(word)


def main() -> None:
    """Write the file."""
    model, found, used = shipped(), [], []
    for split, number in CHOSEN:
        place = used.count((split, number))
        used.append((split, number))
        (scene,) = images.scenes(split, 1, SEED, things=number, start=place)
        things = [
            [t.shape, t.colour, t.size, round(t.x, 2), round(t.y, 2), round(t.r, 2)]
            for t in scene.things
        ]
        scene = images.Scene(tuple(images.Thing(*thing) for thing in things))
        true = {c.words for c in images.captions(scene)}
        state = model.start(images.render(scene)[None])
        tree = grow(model, state, (), true, own=True)
        found.append({"split": split, "things": things, "tree": tree})
    text = json.dumps({"scenes": found}, separators=(",", ":"))
    WIDGET.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
