"""Time examiner against stock nbgrader, on the same class, side by side in one run.

    python autograder/bench/speed.py                 about five minutes on two cores
    python autograder/bench/speed.py --class 1000    examiner alone, with its memory

Both sides write autograded notebooks, gradebook and feedback. Stock is ``nbgrader
autograde``, then ``nbgrader generate_feedback``; two stock processes share the class.
The course has eight test cells and uses torch; a third of the class has a mistake.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_course import NAME, make_course

from examiner.course import Course
from examiner.grade import grade
from examiner.options import Options


def stock(home: Path, groups: list[str]) -> float:
    """Grade with nbgrader, a process for each group of students; return seconds."""
    scripts = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    env |= {"JUPYTER_CONFIG_PATH": str(home), "JUPYTER_PLATFORM_DIRS": "1"}
    _run(["nbgrader", "generate_assignment", NAME, "--force"], home, env)
    start = time.perf_counter()
    for command in ("autograde", "generate_feedback"):
        running = [
            subprocess.Popen(
                ["nbgrader", command, NAME, f"--student={group}", "--log-level=ERROR"],
                cwd=home,
                env=env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for group in groups
        ]
        if any(process.wait() for process in running):
            sys.exit(f"nbgrader {command} failed")
    return time.perf_counter() - start


def _run(command: list[str], home: Path, env: dict[str, str]) -> None:
    subprocess.run(command, cwd=home, env=env, check=True, capture_output=True)


def ours(home: Path, jobs: int) -> tuple[float, dict[str, float]]:
    """Grade with examiner; return seconds, and each student's score."""
    Course(home).enter(NAME)  # makes the gradebook, as for the other side
    start = time.perf_counter()
    records = grade(Course(home), NAME, options=Options(jobs=jobs))
    return time.perf_counter() - start, {r.student: r.score for r in records}


def scores(home: Path) -> dict[str, float]:
    """Read the scores off the gradebook."""
    with Course(home).gradebook() as book:
        found = book.assignment_submissions(NAME)
        return {s.student.id: s.score for s in found}


def compare(students: int) -> None:
    """Time all four ways, and print the ratios."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        marks = {}
        for name, way in {
            "stock, 1 process": lambda home: stock(home, ["*"]),
            "stock, 2 processes": lambda home: stock(home, ["a*", "b*"]),
            "examiner, 1 worker": lambda home: ours(home, 1)[0],
            "examiner, 2 workers": lambda home: ours(home, 2)[0],
        }.items():
            home = make_course(root / name.replace(" ", "_"), students)
            rows.append((name, way(home)))
            marks[name] = scores(home)
            _show(f"{name}: {rows[-1][1]:.1f} s")
    want = marks["stock, 1 process"]
    for name, found in marks.items():
        for student in sorted(want.keys() | found.keys()):
            here, there = found.get(student), want.get(student)
            if here != there:
                _show(f"{student}: {here} by {name}, {there} by one stock process")
    if any(found != want for found in marks.values()):
        sys.exit("The marks differ.")
    base = rows[0][1]
    _show(f"\n{students} submissions, all with the same marks\n")
    _show("| way | seconds a submission | times as fast as one stock process |")
    _show("|---|---:|---:|")
    for name, seconds in rows:
        _show(f"| {name} | {seconds / students:.2f} | {base / seconds:.1f} |")


def large(students: int, jobs: int) -> None:
    """Grade a large class with examiner alone; print time, memory, and what is lost."""
    with tempfile.TemporaryDirectory() as temporary:
        home = make_course(Path(temporary) / "course", students)
        before = _megabytes()
        seconds, found = ours(home, jobs)
        lost = students - len(found)
        known = scores(home)
        wrong = sum(known.get(student) != score for student, score in found.items())
    _show(
        f"{students} submissions, {jobs} workers: {seconds:.0f} s, "
        f"{seconds / students:.3f} s each; lost {lost}; not in the gradebook {wrong}; "
        f"the grader's own memory grew by {_megabytes() - before:.0f} MB"
    )


def _megabytes() -> float:
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line, and time."""
    how = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=how)
    parser.add_argument("--students", type=int, default=16)
    parser.add_argument("--class", dest="large", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="workers, with --class")
    arguments = parser.parse_args()
    if arguments.large:
        large(arguments.large, arguments.jobs)
    else:
        compare(arguments.students)


if __name__ == "__main__":
    main()
