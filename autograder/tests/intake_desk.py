"""A desk at which one student hands in, and everything that must always hold."""

import json
import warnings

import nbformat
from tiny_course import source_notebook

from examiner.intake import take_in

NAME = "a0_double.ipynb"
RIGHT = "def double(x):\n    return 2 * x"
STUB = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
VISIBLE = "assert callable(double)"
WORDS = "YOUR ANSWER HERE"


def released(answer=STUB, words=WORDS):
    """Return the notebook that students are given, as plain JSON, maybe answered."""
    book = json.loads(nbformat.writes(source_notebook()))
    for cell, text in zip(book["cells"], (answer, VISIBLE, words), strict=True):
        cell["source"] = text
    return book


def own(text, kind="code", **more):
    """Return a cell of the student's own, as plain JSON."""
    cell = {"cell_type": kind, "metadata": {}, "source": text, **more}
    return cell | ({"outputs": [], "execution_count": 3} if kind == "code" else {})


def strip(book):
    """Take away all names."""
    for one in book["cells"]:
        one["metadata"] = {}
        one.pop("id", None)
    return book


class Desk:
    """One student's folder."""

    def __init__(self, folder, source=None):
        self.home = folder / "submitted" / "ada" / "a0_double"
        self.home.mkdir(parents=True)
        self.source = source or source_notebook()

    def put(self, book, name=NAME):
        """Lay a notebook in the folder: bytes, text, or plain JSON."""
        if not isinstance(book, bytes | str):
            book = json.dumps(book)
        data = book if isinstance(book, bytes) else book.encode()
        (self.home / name).parent.mkdir(parents=True, exist_ok=True)
        (self.home / name).write_bytes(data)
        return self

    def take(self, **options):
        """Take in, and hold the result to all that must hold for any submission."""
        intake = take_in(self.home, NAME.removesuffix(".ipynb"), self.source, **options)
        assert "examiner itself failed" not in intake.why_not
        assert all(said.isprintable() and said[-1] == "." for said in intake.repairs)
        if intake.notebook is None:
            assert intake.why_not
            assert intake.why_not.isprintable()
            assert not intake.files
            return intake
        assert intake.why_not == ""
        check_trusted(intake.notebook, self.source)
        return intake

    def texts(self, **options):
        """Take in and return what the cells say."""
        return [cell.source for cell in self.take(**options).notebook.cells]

    def marks(self, **options):
        """Take in and return the cells that count, by name."""
        return named(self.take(**options).notebook)


def named(notebook):
    """Return a notebook's cells that have a name, by name, in order."""
    marked = [c for c in notebook.cells if c.metadata.get("nbgrader")]
    return {c.metadata.nbgrader.grade_id: c for c in marked}


def check_trusted(notebook, source):
    """Assert that a notebook is valid, and the instructor's where it must be."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nbformat only warns of some faults
        nbformat.validate(notebook)
        assert nbformat.reads(nbformat.writes(notebook), as_version=4) == notebook
    cells, theirs = named(notebook), named(source)
    assert len(cells) == sum("nbgrader" in c.metadata for c in notebook.cells)
    assert list(cells) == list(theirs)
    for name, cell in cells.items():
        assert cell.metadata == theirs[name].metadata
        assert cell.id == theirs[name].id
        assert cell.cell_type == theirs[name].cell_type
        if not theirs[name].metadata.nbgrader.solution:
            assert cell == theirs[name]
    assert notebook.metadata == source.metadata
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
        elif cell.metadata == {}:
            assert set(cell) <= {"attachments", "cell_type", "id", "metadata", "source"}
