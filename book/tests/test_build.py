"""The documented build command, on a small course with the book's own settings."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.slow

JUPYTER_BOOK = str(Path(sys.executable).with_name("jupyter-book"))
OPTIONS = ["--config", "_config.yml", "--all", "-W", "-n", "--keep-going"]
HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3}
---
# Title

"""
CELL = "```{{code-cell}} ipython3\n{}\n```\n"
READ = 'print(open("../lib/throughtime/cells.py").read())'
WIDGET = "```{{widget}} probe\n:label: A probe\n{}\n```\n"


class Course:
    """A course whose book is one page."""

    def __init__(self, root):
        self.root = root
        self.lib = root / "lib" / "throughtime" / "cells.py"
        self.lib.parent.mkdir(parents=True)
        self.lib.write_text("first = 1", encoding="utf-8")
        book = root / "book"
        (book / "_widgets").mkdir(parents=True)
        (book / "_widgets" / "base.js").touch()
        (book / "_widgets" / "probe.js").touch()
        (book / "_widgets" / "probe.json").write_text("[1]", encoding="utf-8")
        (book / "_toc.yml").write_text("format: jb-book\nroot: index\n")
        (book / "references.bib").touch()
        (book / "plot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
        for name in ("_ext", "_static", "_vendor"):
            (book / name).symlink_to(ROOT / "book" / name)
        shutil.copy(ROOT / "_config.yml", root)

    def build(self, body):
        """Build the book and return the exit status and what was said."""
        (self.root / "book" / "index.md").write_text(HEAD + body, encoding="utf-8")
        done = subprocess.run(
            [JUPYTER_BOOK, "build", "book", *OPTIONS],
            cwd=self.root,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    def page(self):
        """Return the built page."""
        return (self.root / "_build/html/index.html").read_text(encoding="utf-8")


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


def test_a_change_in_the_library_alone_runs_the_cells_again(course):
    body = CELL.format(READ) + WIDGET.format("In words.")
    status, said = course.build(body)
    assert status == 0, said
    assert "first = 1" in course.page()
    assert (
        '<rnn-probe class="widget" role="group" aria-label="A probe">' in course.page()
    )
    assert 'class="widget-data">[1]</script>' in course.page()
    course.lib.write_text("second = 2", encoding="utf-8")
    status, said = course.build(body)
    assert status == 0, said
    assert "second = 2" in course.page()


def test_unchanged_cells_are_not_run_again(course):
    body = CELL.format("import time; print(time.time_ns())")
    times = []
    for _ in range(2):
        status, said = course.build(body)
        assert status == 0, said
        times += re.findall(r"\d{16,}\n", course.page())
    assert len(times) == 2
    assert times[0] == times[1]


def test_a_cell_that_raises_fails_every_build_not_only_the_first(course):
    body = CELL.format("raise ValueError('broken on purpose')")
    for _ in range(2):
        status, said = course.build(body)
        assert status != 0
        assert "broken on purpose" in said


def test_what_a_reader_would_miss_fails_the_build_and_is_named(course):
    body = "\n".join(
        [
            "```{image} plot.svg\n```",
            "```{widget} gone\n:label: Gone\nIn words.\n```",
            "```{widget} probe\nIn words.\n```",
            "```{widget} probe\n:label: Empty\n```",
            "```{widget} probe\n:label: Data\n:data: gone.json\nIn words.\n```",
        ]
    )
    status, said = course.build(body)
    assert status != 0
    for sentence in (
        "this image has no alternative text",
        "no widget 'gone' in book/_widgets; there: probe.",
        "widget 'probe' needs a :label:",
        "widget 'probe' has no body",
        "gone.json is no readable JSON",
    ):
        assert sentence in said


def test_links_by_label_are_found_and_what_they_cannot_find_fails(course):
    (course.root / "book" / "coverage.yml").write_text(
        "1: {topic: a, needs: {index: T}}\n2: {topic: b, needs: {index: T}}\n"
        "3: {topic: c, needs: {'12': T}}\n"
    )
    (course.root / "book" / "references.bib").write_text(
        "@book{known, author={A, B}, title={C}, publisher={D}, year={1990}}"
    )
    body = """
(row-01)=
## Here
:::{admonition} Claim
(err-1)=
It is not so.
(err-2-again)=
Nor this.
(err-b-far)=
Nor that.
:::
(ledger-1)=
### Entry
(ledger-b-far)=
### Another
{row}`1`, {row}`3`; {cited}`known`
"""
    status, said = course.build(body)
    assert status == 0, said
    page = course.page()
    assert re.search(r'href="#row-01"><span>Title, Here</span>', page)
    assert "chapter 12, planned; not cited yet" in page
    assert re.search(r'href="#ledger-1"><span>entry 1</span></a>, <a', page)
    assert re.search(r'href="#ledger-b-far"><span>entry on far</span>', page)
    assert re.search(r'Entry 1, met in <a[^>]*href="#err-1"', page)
    status, said = course.build(body + "{row}`2` {row}`9` {cited}`unknown`")
    assert status != 0
    for sentence in (
        "no section is labelled row-2",
        "no section is labelled row-9",
        "references.bib has no entry unknown",
    ):
        assert sentence in said
