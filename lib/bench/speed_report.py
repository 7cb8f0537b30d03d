"""The rows of the speed table, and the page that shows them."""

import datetime
import platform
from pathlib import Path
from statistics import geometric_mean
from typing import NamedTuple

import torch
from speed_cases import BIG, OTHERS, TWINS, Sizes

HEAD = """# Speed and memory
Written by `python lib/bench/speed.py` on {date}: torch {torch}, Python {python}, {threads} threads, {machine}{gpu}.
A training step is forward and backward, in float32, with gradients of the inputs and of all weights.
A ratio is our time by theirs, so less than 1 is faster; behind it the quartiles over the rounds.
The plain loop is `throughtime.unroll` of the step under autograd.
"""  # noqa: E501


class Ratio(NamedTuple):
    """Hold a ratio of medians, and the quartiles of the rounds' ratios."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f} to {self.high:.2f})"


class TimeRow(NamedTuple):
    """Hold one cell's time at one size, in milliseconds, and its ratios."""

    name: str
    sizes: Sizes
    device: str
    milliseconds: float
    rounds: int
    ratios: dict[str, Ratio]

    def line(self) -> str:
        """Return the table's row."""
        cells = [str(self.ratios.get(way, "")) for way in ("torch", "loop")]
        where = "" if self.device == "cpu" else f", {self.device}"
        parts = [f"{self.name}{where}", str(self.sizes), f"{self.milliseconds:.1f}"]
        return f"| {' | '.join([*parts, *cells, str(self.rounds)])} |"


class MemoryRow(NamedTuple):
    """Hold one cell's peak memory in MB, by way."""

    name: str
    sizes: Sizes
    megabytes: dict[str, float]

    def line(self) -> str:
        """Return the table's row."""
        mb = self.megabytes
        found = [f"{mb[w]:.0f}" if w in mb else "" for w in ("ours", "torch", "loop")]
        share = f"{mb['ours'] / mb['loop']:.2f}"
        return f"| {' | '.join([self.name, str(self.sizes), *found, share])} |"


def write_report(
    path: Path, times: list[TimeRow], memory: list[MemoryRow], threads: int
) -> None:
    """Write the page."""
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    head = HEAD.format(
        date=datetime.datetime.now(datetime.UTC).date(),
        torch=torch.__version__,
        python=platform.python_version(),
        threads=threads,
        machine=f"{platform.system()} on {_processor()}",
        gpu=gpu,
    )
    sections = [
        head,
        "## Time\n| cell | (T, B, D, H) | ours, ms | by torch.nn | by the plain loop "
        "| rounds |\n|---|---|---:|---:|---:|---:|",
        *(row.line() for row in times),
        "\n## Together\n" + "\n".join(_summary(times)),
        "\n## Peak memory of a training step, MB\n| cell | (T, B, D, H) | ours "
        "| torch.nn | plain loop | ours by the loop's |\n|---|---|---:|---:|---:|---:|",
        *(row.line() for row in memory),
    ]
    if not gpu:
        sections.append("\nThere was no GPU: that row is missing.")
    path.write_text("\n".join(sections) + "\n", encoding="utf-8")


def _summary(times: list[TimeRow]) -> list[str]:
    lines = []
    for name in TWINS:
        group = [r for r in times if r.name == name and r.sizes in BIG]
        found = [row.ratios["torch"].middle for row in group]
        lines.append(
            f"- {name} by torch.nn, the four large sizes: geometric mean "
            f"{geometric_mean(found):.2f}, largest {max(found):.2f}."
        )
    rest = [row.ratios["loop"].middle for row in times if row.name in OTHERS]
    lines.append(f"- Relatives by the plain loop: largest {max(rest):.2f}.")
    return lines


def _processor() -> str:
    """Return the processor's make, without this machine's name."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return platform.machine()
