r"""Measure what the library's own layers learn, and write lib/bench/learn.md.

    python lib/bench/learn.py shakespeare    10 minutes on two threads
    python lib/bench/learn.py stdlib         10 minutes on two threads
    python lib/bench/learn.py sentiment      seconds
    python lib/bench/learn.py adding         about 20 minutes, less with --cells
    python lib/bench/learn.py report         the table and the curves alone

Each adds its result to learn.json, from which learn.md and the curves are written.
Held-out text chooses nothing: what is measured are the last weights.
"""

import argparse
from pathlib import Path

import torch
from learn_characters import H, characters
from learn_report import CELLS, write_report
from learn_tasks import adding, sentiment


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    how = argparse.RawDescriptionHelpFormatter
    whole = argparse.ArgumentParser(description=__doc__, formatter_class=how)
    commands = whole.add_subparsers(dest="command", required=True)
    for name in ("shakespeare", "stdlib"):
        one = commands.add_parser(name, help=f"a character model, {H} units")
        one.add_argument("--minutes", type=float, default=10.0, help="of training")
        one.add_argument("--every", type=int, default=500, help="steps of the curve")
        one.add_argument("--text", type=Path, help="the corpus, instead of a download")
        one.set_defaults(run=characters)
    one = commands.add_parser("sentiment", help="order-sensitive sentiment, two epochs")
    one.set_defaults(run=sentiment)
    one = commands.add_parser("adding", help="the adding problem, T = 200, batch 64")
    one.add_argument("--cells", nargs="+", choices=CELLS, default=CELLS)
    one.add_argument("--steps", type=int, default=5000)
    one.add_argument("--lr", type=float, default=5e-3)
    one.set_defaults(run=adding)
    one = commands.add_parser("report", help="write the table and the curves anew")
    one.set_defaults(run=lambda arguments: write_report())
    for one in commands.choices.values():
        one.add_argument("--seed", type=int, default=0)
        one.add_argument("--threads", type=int, default=2)
    return whole


def main() -> None:
    """Run one sub-command."""
    arguments = parser().parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
