"""What the widget of chapter 13 shows: a few captions, step by step, and other ways."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import torch
from describing import MOST_WORDS
from looking import describe
from matplotlib.image import imsave
from torch import Tensor

from throughtime import images, models

WIDGET = Path(__file__).resolve().parents[2] / "book" / "_widgets" / "look.json"
# A weight is two of these letters, from 0 to 1 in 4095 steps.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SYMBOLS = images.caption_vocabulary().symbols
START, END, BEST, SEED = 1, 2, 3, 29
WORDS = {END: "(end)"}


def write_widget(model: models.AttentiveCaptioner) -> None:
    """Write the widget's data."""
    data = {"scenes": [_scene(model, *chosen) for chosen in _choose(model)]}
    WIDGET.write_text(json.dumps(data, indent=0) + "\n", encoding="utf-8")


def _choose(model: models.AttentiveCaptioner) -> list[tuple[str, images.Scene]]:
    """Return the first scenes of each kind, and the first that is told wrongly."""
    test = images.scenes("test", 40, SEED)
    one = [scene for scene in test if len(scene.things) == 1][:2]
    two = [scene for scene in test if len(scene.things) == 2][:3]
    three = images.scenes("count", 1, SEED)
    new = images.scenes("pairs", 40, SEED)
    told = zip(new, describe(model, new), strict=True)
    wrong = [s for s, (words, _) in told if not images.is_true(words, s)][:1]
    kinds = {"one thing": one, "two things": two, "three things": three}
    kinds["a pair never seen"] = [new[0], *wrong]
    return [(name, scene) for name, scenes in kinds.items() for scene in scenes]


@torch.no_grad()
def _scene(
    model: models.AttentiveCaptioner, name: str, scene: images.Scene
) -> dict[str, Any]:
    picture = images.render(scene)
    first = model.start(picture[None])
    path = _walk(model, first, START)
    ways = [_other(model, first, path, k) for k in range(len(path))]
    return {
        "name": name,
        "picture": _png(picture),
        "things": [f"{t.size} {t.colour} {t.shape}" for t in scene.things],
        "cells": [_bits(cells) for cells in images.object_cells(scene, model.cnn.G)],
        "path": _told(path, scene),
        "ways": [_told(way, scene) for way in ways],
    }


def _walk(model: Any, state: Any, word: int, so_far: tuple = ()) -> list[dict]:
    """Go on greedily to the end; return the steps, those so far included."""
    steps = list(so_far)
    while word != END and len(steps) < MOST_WORDS:
        logits, state = model.step(torch.tensor([word]), state)
        p, best = logits.softmax(-1)[0].topk(BEST)
        word = int(best[0])
        steps.append({"id": word, "best": best.tolist(), "p": p.tolist()})
        steps[-1] |= {"map": state.map[0], "state": state}
    return steps


def _other(model: Any, first: Any, path: list[dict], k: int) -> list[dict]:
    """Take the second-best word at step k, and go on greedily."""
    taken = path[k] | {"id": path[k]["best"][1]}
    before = [*path[:k], taken]
    return _walk(model, path[k]["state"], taken["id"], tuple(before))


def _told(steps: list[dict], scene: images.Scene) -> dict[str, Any]:
    words = tuple(SYMBOLS[s["id"]] for s in steps if s["id"] != END)
    meant = images.alignments(words, scene)
    names = list(meant[0]) if len(meant) == 1 else []
    shown = [
        {
            "word": WORDS.get(s["id"], SYMBOLS[s["id"]]),
            "best": [
                [WORDS.get(i, SYMBOLS[i]), round(p, 4)]
                for i, p in zip(s["best"], s["p"], strict=True)
            ],
            "map": _letters(s["map"]),
        }
        for s in steps
    ]
    return {"steps": shown, "refers": names, "true": images.is_true(words, scene)}


def _letters(weights: Tensor) -> str:
    levels = (weights.flatten() * 4095).round().long().tolist()
    return "".join(LETTERS[n // 64] + LETTERS[n % 64] for n in levels)


def _bits(cells: Tensor) -> str:
    return "".join("1" if covered else "0" for covered in cells.flatten().tolist())


def _png(picture: Tensor) -> str:
    file = io.BytesIO()
    pixels = (picture.permute(1, 2, 0) * 255).round().byte().numpy()
    imsave(file, pixels, format="png", metadata={"Software": None})
    return base64.b64encode(file.getvalue()).decode()
