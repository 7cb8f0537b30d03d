r"""Time a training step of every cell, and write lib/bench/speed.md.

    python lib/bench/speed.py                      about five minutes on two cores
    python lib/bench/speed.py --cells LSTM         one cell, shown and not written

What is compared runs in turn within one run, so that a slow minute of the machine
slows all alike. Shown are ratios of medians, with the quartiles of the ratios of the
rounds. Peak memory is the growth of a fresh process, which only Linux tells.
"""

import argparse
import multiprocessing
import sys
import time
from pathlib import Path
from statistics import geometric_mean, median, quantiles

import torch
from speed_cases import BIG, CELLS, ON_GPU, ONE_ROW, OTHERS, RELATIVES, TWINS, Sizes
from speed_report import MemoryRow, Ratio, TimeRow, write_report

ENOUGH_SECONDS = 5.0  # of measuring one cell at one size, if the rounds are done


def measure(name: str, sizes: Sizes, rounds: int, device: str = "cpu") -> TimeRow:
    """Time the ways to compute a cell in turn, and return their ratios."""
    cell = CELLS[name]
    runs = {way: cell.training_step(way, sizes, device) for way in cell.ways}
    for run in runs.values():
        run()
        run()
    seconds: dict[str, list[float]] = {way: [] for way in runs}
    began = time.perf_counter()
    while len(seconds["ours"]) < rounds or time.perf_counter() - began < ENOUGH_SECONDS:
        for way, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[way].append(time.perf_counter() - start)
    ratios = {w: _ratio(seconds["ours"], seconds[w]) for w in runs if w != "ours"}
    return TimeRow(
        name,
        sizes,
        device,
        1000 * median(seconds["ours"]),
        len(seconds["ours"]),
        ratios,
    )


def _ratio(ours: list[float], theirs: list[float]) -> Ratio:
    low, _, high = quantiles(a / b for a, b in zip(ours, theirs, strict=True))
    return Ratio(median(ours) / median(theirs), low, high)


def peak(name: str, way: str, sizes: Sizes, threads: int) -> float:
    """Return by how many MB a training step raises this process's peak memory."""
    torch.set_num_threads(threads)
    cell = CELLS[name]
    cell.training_step(way, (2, *sizes[1:]))()  # what libraries load and keep
    step = cell.training_step(way, sizes)
    Path("/proc/self/clear_refs").write_text("5")  # the peak is now what is held
    before = _kilobytes("VmHWM")
    step()
    return (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(what: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


def measure_memory(name: str, sizes: Sizes, threads: int) -> MemoryRow:
    """Return the median peak memory of each way, over processes of their own."""
    spawn = multiprocessing.get_context("spawn")
    megabytes = {}
    for way in CELLS[name].ways:
        found = []
        for _ in range(3):  # where memory comes from differs a little each time
            with spawn.Pool(1) as pool:
                found.append(pool.apply(peak, (name, way, sizes, threads)))
        megabytes[way] = median(found)
    return MemoryRow(name, sizes, megabytes)


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _work(names: list[str], arguments: argparse.Namespace) -> list[TimeRow]:
    plan = [(n, s, "cpu") for n in TWINS for s in (*BIG, ONE_ROW)]
    plan += [(n, s, "cpu") for n in OTHERS for s in RELATIVES]
    if torch.cuda.is_available():
        plan += [(n, ON_GPU, "cuda") for n in TWINS]
    found = []
    for name, sizes, device in plan:
        if name in names:
            found.append(measure(name, sizes, arguments.rounds, device))
            _show(found[-1].line())
    for name in (n for n in TWINS if n in names):
        group = [r for r in found if r.name == name and r.sizes in BIG]
        mean = geometric_mean(r.ratios["torch"].middle for r in group)
        _show(f"{name}: geometric mean against torch.nn {mean:.2f}")
    return found


def main() -> None:
    """Read the command line, measure, and write the report if all was measured."""
    how = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=how)
    parser.add_argument("--cells", nargs="+", choices=CELLS, default=list(CELLS))
    parser.add_argument("--rounds", type=int, default=7, help="at least so many")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-memory", action="store_true", help="time alone")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    times = _work(arguments.cells, arguments)
    memory = []
    if sys.platform == "linux" and not arguments.no_memory:
        for name in arguments.cells:
            sizes = BIG[1] if name in TWINS else RELATIVES[1]
            memory.append(measure_memory(name, sizes, arguments.threads))
            _show(memory[-1].line())
    if memory and set(arguments.cells) == set(CELLS):
        path = Path(__file__).with_name("speed.md")
        write_report(path, times, memory, arguments.threads)
        _show(f"wrote {path.name}")


if __name__ == "__main__":
    main()
