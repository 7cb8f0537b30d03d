"""Maps nbgrader's steps on the rooms of this repository.

Run nbgrader and JupyterLab at the repository's root with
``JUPYTER_CONFIG_PATH=$PWD/autograder``, as ``make lab`` does.
"""

import os
from pathlib import Path

from examiner.seed import VARIABLE, ensure_seed_file

here = Path(__file__).resolve().parent
root = here.parent

c = get_config()

c.CourseDirectory.course_id = "through-time"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.source_with_tests_directory = "autograder/source_with_tests"
c.CourseDirectory.solution_directory = "autograder/solution"
c.CourseDirectory.submitted_directory = "autograder/submitted"
c.CourseDirectory.autograded_directory = "autograder/autograded"
c.CourseDirectory.feedback_directory = "autograder/feedback"
c.CourseDirectory.db_url = f"sqlite:///{here / 'gradebook.db'}"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc"]

# Where students fetch and hand in when they share a machine (nbgrader's exchange).
# Set your hub's folder here; nothing else of the course depends on it.
c.Exchange.root = str(root / "_build" / "exchange")

# A graceful shutdown of the kernel costs a second a notebook and saves nothing.
c.Execute.shutdown_kernel = "immediate"
c.Execute.timeout = 60  # seconds a cell
stopped = "stopped after 60 seconds: does a loop never end?"
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": stopped,
    "traceback": [f"CellTimeoutError: {stopped}"],
}
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]  # errors only

# nbgrader scores any text on stderr as a failed test; a warning is not a mistake.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]"

c.ExportPlugin.to = str(here / "grades.csv")

# What a test cell needs: the hidden checks, and the seed of their inputs.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(here), *filter(None, [os.environ.get("PYTHONPATH")])]
)
os.environ[VARIABLE] = str(ensure_seed_file(here / "seed"))
