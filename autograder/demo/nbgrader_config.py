"""The made-up class: the same course, with all that grading writes in ``_build/demo``.

``make course`` never touches an instructor's submissions or gradebook.
"""

from pathlib import Path

load_subconfig("../nbgrader_config.py", path=str(Path(__file__).resolve().parent))

c = get_config()
here = Path(c.CourseDirectory.root) / "_build" / "demo"

c.CourseDirectory.course_id = "through-time-demo"
for step in ("release", "submitted", "autograded", "feedback"):
    c.CourseDirectory[f"{step}_directory"] = f"_build/demo/{step}"
c.CourseDirectory.db_url = f"sqlite:///{here / 'gradebook.db'}"
