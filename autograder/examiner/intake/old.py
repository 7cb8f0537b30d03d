"""Can a submission be read? Nothing that a student hands in may stop a class."""

import nbformat
from nbformat.reader import NotJSONError

from examiner.course import Course


def unreadable(course: Course, assignment: str, student: str) -> str:
    """Say in one sentence why a submission cannot be read; "" if it can."""
    home = course.path("submitted", assignment, student)
    for name in course.notebooks(assignment):
        file = home / f"{name}.ipynb"
        if not file.is_file():
            found = ", ".join(sorted(p.name for p in home.iterdir())) or "nothing"
            return f"{file.name} is not there; the folder {home} holds {found}"
        try:
            notebook = nbformat.read(file, as_version=4)
            nbformat.validate(notebook)
        except NotJSONError:
            return f"{file} is no notebook: it is not JSON; ask for the file again"
        except Exception as fault:  # whatever a stranger's file makes nbformat raise
            text = str(fault).strip() or type(fault).__name__
            return f"{file} is no notebook: {text.splitlines()[0][:120]}"
        if twice := _twice(notebook):
            return f"{file} has the cell {twice} twice (copied?): delete one of them"
    return ""


def _twice(notebook: nbformat.NotebookNode) -> str:
    """Return the first grade_id that two cells have, which stops nbgrader, or ""."""
    found = [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells]
    return next((name for name in found if name and found.count(name) > 1), "")
