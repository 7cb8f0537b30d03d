"""Measure captioners on scenes that they never saw, and write captions.md."""

import json
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from throughtime import decode, images, metrics

HERE = Path(__file__).parent
STORE = HERE / "captions.json"
TARGETS = {
    ("test", "true"): 0.84,
    ("pairs", "true"): 0.24,
    ("count", "true"): 0.40,
    ("test", "mass"): 0.56,
}
SCENES = 7  # their seed; the recipe was chosen on those of seed 0
SPLITS = {
    "test": "one or two things",
    "pairs": "held-out pairs of shape and colour",
    "count": "three things",
}
MOST_WORDS, PART = 16, 250
HEAD = """# Captions of the world of shapes

Written by `python lib/bench/captions.py`; do not edit. `captions.py --help` says how.

Each model saw scenes of one or two things, none twice, each with one true caption; no
pair of `images.HELD_OUT` and no scene of three things was among them. Captions are
greedy, of the last weights, on {scenes:,} scenes a split, of a seed that nothing was
chosen by. "True" is `images.is_true`. "Mass" is the attention on the cells of the thing
that a word names, "pointing" how often its peak lies there, over the true captions
whose words can mean one thing only. The figures are medians of the seeds.
"""


@torch.no_grad()
def measure(model: nn.Module, number: int) -> dict[str, Any]:
    """Return the scores of a model on each split."""
    model.eval()
    return {split: _measure(model, split, number) for split in SPLITS}


def _measure(model: nn.Module, split: str, number: int) -> dict[str, Any]:
    scenes = images.scenes(split, number, SCENES)
    said, masses, points = [], [], []
    for first in range(0, number, PART):
        part = scenes[first : first + PART]
        for scene, (words, maps) in zip(part, describe(model, part), strict=True):
            said.append(words)
            meant = images.alignments(words, scene)
            if maps is not None and len(meant) == 1:
                cells = images.object_cells(scene, maps.shape[-1])
                masses.append(metrics.attention_mass(maps, cells, meant[0]))
                points.append(metrics.pointing(maps, cells, meant[0]).float())
    found: dict[str, Any] = {"true": truth(said, scenes)}
    for things in (1, 2):
        chosen = [k for k, s in enumerate(scenes) if len(s.things) == things]
        if chosen:
            parts = [said[k] for k in chosen], [scenes[k] for k in chosen]
            found[f"true of {things}"] = truth(*parts)
    references = [[c.words for c in images.references(s)] for s in scenes]
    found["BLEU-4"] = metrics.bleu(said, references)[3]
    if masses:
        found["mass"] = torch.cat(masses).mean().item()
        found["pointing"] = torch.cat(points).mean().item()
    found["even mass"] = images.uniform_attention_mass(scenes)
    found["forms"] = Counter(map(form, said)).most_common(5)
    return found


def describe(
    model: nn.Module, scenes: list[images.Scene]
) -> list[tuple[tuple[str, ...], Tensor | None]]:
    """Return the greedy caption of each scene, and a map for each of its words."""
    symbols = images.caption_vocabulary().symbols
    state = model.start(images.render_all(scenes))
    watch = (lambda state: state.map) if hasattr(state, "map") else None
    start = torch.ones(len(scenes), dtype=torch.int64)
    found = decode.greedy(model, state, start, steps=MOST_WORDS, watch=watch)
    captions = []
    for b in range(len(scenes)):
        words = tuple(symbols[i] for i in found.row(b))
        maps = None if watch is None else found.watched[: len(words), b]
        captions.append((words, maps))
    return captions


def truth(said: list[tuple[str, ...]], scenes: list[images.Scene]) -> float:
    """Return the share of captions that are true."""
    return metrics.truth_rate(said, scenes, images.is_true)


def form(words: tuple[str, ...]) -> str:
    """Return what is left of a caption without the words that describe."""
    places = {"top", "bottom", "left", "right", "middle"}
    described = {*images.SHAPES, *images.COLOURS, *images.SIZES}
    text = " ".join("X" if word in described else word for word in words)
    while "X X" in text:
        text = text.replace("X X", "X")
    head, cut, tail = text.partition(" in the ")
    return head + cut + ("R" if cut and set(tail.split()) <= places else tail)


def add(recipe: str, seed: int, result: dict[str, Any]) -> None:
    """Store a result, and write the report."""
    found = stored()
    found.setdefault(recipe, {})[str(seed)] = result
    text = json.dumps(found, sort_keys=True, indent=1) + "\n"
    STORE.write_text(text, "utf-8")
    write_report()


def stored() -> dict[str, dict[str, Any]]:
    """Return what is stored, by recipe and seed."""
    return json.loads(STORE.read_text("utf-8")) if STORE.exists() else {}


def write_report() -> None:
    """Write captions.md."""
    found = stored()
    runs = [run for recipe in found.values() for run in recipe.values()]
    parts = [HEAD.format(scenes=min((run["scenes"] for run in runs), default=0))]
    for recipe, seeds in found.items():
        parts += _recipe(recipe, seeds)
    (HERE / "captions.md").write_text("\n".join(parts) + "\n", "utf-8")


def _recipe(name: str, seeds: dict[str, Any]) -> list[str]:
    runs = list(seeds.values())
    one = runs[0]
    seconds = statistics.median(run["seconds"] for run in runs)
    steps = statistics.median(run["steps"] for run in runs)
    lines = [
        f"## {name}\n",
        f"{one['about']}\n",
        f"Seeds {', '.join(seeds)}; {one['parameters']:,} parameters; median "
        f"{steps:,.0f} steps of {one['batch']} captions in {seconds:.0f} s on "
        f"{one['threads']} thread(s) of {one['machine']}, torch {one['torch']}.\n",
        "| scenes | true | of one thing | of two | BLEU-4 | mass | even | pointing |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for split, title in SPLITS.items():
        cells = [_cell(runs, split, "true")]
        cells += [_cell(runs, split, f"true of {n}") for n in (1, 2)]
        cells += [_cell(runs, split, key) for key in ("BLEU-4", "mass", "even mass")]
        cells.append(_cell(runs, split, "pointing"))
        lines.append(f"| {title} | {' | '.join(cells)} |")
    lines.append("\nMost common forms, of the first seed:\n")
    for split, title in SPLITS.items():
        forms = [f"{text} ({count})" for text, count in one[split]["forms"][:4]]
        lines.append(f"- {title}: {', '.join(forms)}")
    return [*lines, ""]


def _cell(runs: list[dict[str, Any]], split: str, key: str) -> str:
    values = [run[split][key] for run in runs if key in run[split]]
    if not values:
        return "-"
    middle = statistics.median(values)
    text = f"{middle:.3f}"
    target = TARGETS.get((split, key))
    if target is None:
        return text
    spread = f"{min(values):.3f} to {max(values):.3f}"
    met = "met" if middle >= target else "**missed**"
    return f"{text} ({spread}; target {target}, {met})"
