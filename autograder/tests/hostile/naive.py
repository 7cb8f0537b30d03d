"""What forgeries gain where the tests run in the same process: they are real ones.

Run as a program, with the course's folder as its argument, it prints each forgery's
points as JSON. It runs the cells of theme ``forging`` alone, which do no harm, each in
a fork.
"""

import json
import os
import signal
import sys
from pathlib import Path

import torch  # noqa: F401 - loaded once, before the forks
from nbformat import from_dict
from nbgrader.utils import determine_grade

from examiner.seed import VARIABLE, ensure_seed_file
from examiner.shell import NotebookShell, make_shell, run
from hostile import ATTACKS
from hostile.corpus import NAME
from hostile.course import make_course, released_notebook, source_notebook

SECONDS = 20


def main(home: Path) -> None:
    """Print the points of each forgery."""
    make_course(home)
    sys.path.insert(0, str(home))
    os.environ[VARIABLE] = str(ensure_seed_file(home / "seed"))
    make_shell()
    gained = {}
    for name, attack in ATTACKS.items():
        if attack.theme == "forging":
            gained[name] = _in_a_fork(attack, home / "submitted" / name / "h1")
    sys.stdout.write(json.dumps(gained))


def _in_a_fork(attack, folder):
    """Return what an attack gains, or -1 if its process ends."""
    folder.mkdir(parents=True)
    attack.make(folder, released_notebook())
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(SECONDS)
        try:
            os.write(theirs, str(_points(folder / NAME)).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return float(text or -1)


def _points(file):
    """Run a notebook and its tests in this process, and score it as nbgrader does."""
    theirs = {c["id"]: c["source"] for c in json.loads(file.read_text())["cells"]}
    shell, total = NotebookShell.instance(), 0.0
    for cell in source_notebook().cells:
        data = cell.metadata.nbgrader
        if cell.cell_type != "code":
            continue
        ran = run(shell, theirs[cell.id] if data.solution else cell.source)
        if data.grade:
            cell.outputs = [from_dict(output) for output in ran.outputs]
            total += determine_grade(cell)[0] or 0.0
    return total


if __name__ == "__main__":
    main(Path(sys.argv[1]))
