"""Store the results of learn.py, and write its table and curves from them."""

import argparse
import json
import math
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from throughtime import plot
from throughtime.train import History

HERE = Path(__file__).parent
STORE = HERE / "learn.json"
CHARACTERS = {  # command: name, target, what stock nn.LSTM(256) reached in a trial
    "shakespeare": ("tiny Shakespeare", 1.53, 1.515),
    "stdlib": ("the standard library's source", 1.11, 1.094),
}
CELLS = ("LSTM", "GRU", "RNN")
HEAD = """# What the layers learn

Written by `python lib/bench/learn.py`; do not edit. `learn.py --help` says what is run.
"""


def add(name: str, result: dict[str, Any]) -> None:
    """Store a result under its name, and write the report."""
    found = stored()
    found[name] = result
    STORE.write_text(json.dumps(found, sort_keys=True) + "\n", "utf-8")
    write_report()


def write_report() -> None:
    """Write learn.md, and a figure for each curve."""
    found, parts = stored(), [HEAD]
    parts += _characters({name: found[name] for name in CHARACTERS if name in found})
    parts += _sentiment(found["sentiment"]) if "sentiment" in found else []
    parts += _adding(found["adding"]) if "adding" in found else []
    (HERE / "learn.md").write_text("\n".join(parts), "utf-8")


def summary(history: History, arguments: argparse.Namespace) -> dict:
    """Return what every result says."""
    return {
        "steps": len(history),
        "seconds": round(history.seconds[-1], 1),
        "threads": torch.get_num_threads(),
        "seed": arguments.seed,
        "torch": torch.__version__,
        "machine": machine(),
        "date": time.strftime("%Y-%m-%d"),
    }


def thinned(history: History, points: int = 250) -> list[list[float]]:
    """Return steps and the mean losses of as many blocks of steps, to draw."""
    size = -(-len(history) // points)
    blocks = [history.losses[i : i + size] for i in range(0, len(history), size)]
    means = [round(sum(block) / len(block), 4) for block in blocks]
    return [[min(len(history), (i + 1) * size) for i in range(len(blocks))], means]


def machine() -> str:
    """Return what the processor is called."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()


def stored(name: str | None = None) -> dict[str, Any]:
    """Return what is stored, all of it or one result."""
    found = json.loads(STORE.read_text("utf-8")) if STORE.exists() else {}
    return found.get(name, {}) if name else found


def _met(met: bool) -> str:
    return "met" if met else "**missed**"


def _run(result: dict[str, Any]) -> str:
    return (
        f"{result['date']}, seed {result['seed']}, {result['threads']} threads of "
        f"{result['machine']}, torch {result['torch']}"
    )


def _characters(found: dict[str, dict[str, Any]]) -> list[str]:
    if not found:
        return []
    lines = [
        "## Characters\n",
        "Held-out loss in nats a character. The best n-gram model is that of "
        "`text.ngram_floors`;\nstock is `torch.nn.LSTM(256)` in a trial of 600 s.\n",
        "| text | held out | target | | bits | perplexity | stock | best n-gram "
        "| steps | seconds | run |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, result in found.items():
        title, target, stock = CHARACTERS[name]
        nats = result["nats"]
        lines.append(
            f"| {title} | {nats:.3f} | {target} | {_met(nats <= target)} "
            f"| {nats / math.log(2):.3f} | {math.exp(nats):.2f} | {stock} "
            f"| {result['n-grams']:.3f} | {result['steps']:,} "
            f"| {result['seconds']:.0f} | {_run(result)} |"
        )
    lines.append("")
    for name, result in found.items():
        curves = [np.array(part) for part in result["curve"] + result["validation"]]
        floor = {"best n-gram": result["n-grams"], "target": CHARACTERS[name][1]}
        fig = plot.draw_learning(*curves[:2], curves[2:], floor, smooth=1)
        lines.append(_picture(fig, f"learn-{name}.svg"))
    return lines


def _sentiment(result: dict[str, Any]) -> list[str]:
    reached = 1 + result["held out"].index(1.0) if 1.0 in result["held out"] else None
    epochs = ", ".join(f"{share:.2%}" for share in result["held out"])
    return [
        "## Order-sensitive sentiment\n",
        f"Right on {result['sentences']:,} held-out sentences after each epoch: "
        f"{epochs}; target 100 % within two epochs, "
        f"{_met(reached is not None and reached <= 2)}.\n"
        f"A bag of words (logistic regression on counts): {result['bag']:.2%}. "
        f"({_run(result)})\n",
    ]


def _adding(result: dict[str, Any]) -> list[str]:
    lines = [
        "## Adding problem\n",
        "T = 200, batch 64, 64 units; mean squared error on 2,000 new rows. "
        "Always saying 1 gives 0.1667.\n",
        "| cell | error | target | | steps | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for cell, run in result["cells"].items():
        small = cell != "RNN"
        met = run["error"] < 0.01 if small else run["error"] > 0.15
        lines.append(
            f"| {cell} | {run['error']:.4f} | {'< 0.01' if small else '> 0.15'} "
            f"| {_met(met)} | {run['steps']:,} | {run['seconds']:.0f} |"
        )
    curves = {cell: run["curve"] for cell, run in result["cells"].items()}
    longest = max(curves.values(), key=lambda curve: len(curve[0]))[0]
    padded = {
        cell: np.array(values + [math.nan] * (len(longest) - len(values)))
        for cell, (_, values) in curves.items()
    }
    fig = plot.draw_lines(padded, "step", "squared error", np.array(longest), log=True)
    return [*lines, f"\n({_run(result)})\n", _picture(fig, "learn-adding.svg")]


def _picture(fig: plot.Picture, name: str) -> str:
    fig.savefig(HERE / name, metadata={"Date": None}, bbox_inches="tight")
    return f"![{fig.alt}]({name})\n"
