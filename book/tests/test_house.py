"""The book's own Sphinx extension."""

import json
import re
import shutil
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from house import cells, images, places, theme, widgets
from sphinx.errors import ExtensionError


@pytest.fixture
def course(tmp_path):
    files = {
        "lib/throughtime/cells.py": "H = 4\n",
        "lib/throughtime/checkpoints/a.npz": "weights",
        "lib/tests/test_cells.py": "",
        "requirements.txt": "numpy==2.4.6\n",
        "book/_widgets/unroller.json": "{}",
        "book/records/plays.json": "{}",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "lib/throughtime/cells.py",
        "lib/throughtime/checkpoints/a.npz",
        "requirements.txt",
        "book/_widgets/unroller.json",
        "book/records/plays.json",
    ],
)
def test_a_change_in_what_the_cells_run_changes_the_key(course, name):
    before = cells.fingerprint(course)
    (course / name).write_text("changed", encoding="utf-8")
    assert cells.fingerprint(course) != before


def test_a_new_a_moved_and_a_deleted_file_change_the_key(course):
    keys = [cells.fingerprint(course)]
    new = course / "lib/throughtime/gated.py"
    for change in (
        lambda: new.write_text("", encoding="utf-8"),
        lambda: new.rename(new.with_name("layers.py")),
        lambda: (course / "lib/throughtime/cells.py").unlink(),
    ):
        change()
        keys.append(cells.fingerprint(course))
    assert len(set(keys)) == len(keys)


def test_tests_and_compiled_files_leave_the_key_alone(course):
    before = cells.fingerprint(course)
    cache = course / "lib/throughtime/__pycache__"
    cache.mkdir()
    (cache / "cells.pyc").write_bytes(b"\0")
    (course / "lib/tests/test_cells.py").write_text("changed", encoding="utf-8")
    assert cells.fingerprint(course) == before


def test_a_course_without_its_library_is_refused(course):
    shutil.rmtree(course / "lib")
    with pytest.raises(ExtensionError, match="holds no lib/throughtime"):
        cells.fingerprint(course)


def test_only_the_cache_of_the_present_state_is_kept(tmp_path):
    old = cells.choose_cache(tmp_path, "old")
    (old / "global.db").touch()
    new = cells.choose_cache(tmp_path, "new")
    (new / "global.db").touch()
    assert not old.exists()
    assert cells.choose_cache(tmp_path, "new") == new
    assert (new / "global.db").exists()


@pytest.mark.parametrize("alt", [None, "", " ", "a.svg"])
def test_an_image_without_alternative_text_is_found(alt):
    document = new_document("page")
    image = nodes.image(uri="a.svg", **({} if alt is None else {"alt": alt}))
    document += [image, nodes.image(uri="b.svg", alt="Two curves cross.")]
    assert images.undescribed(document) == [image]


def test_each_fault_of_the_theme_is_mended_and_nothing_else_touched():
    page = """<head>
    <script defer src="_static/scripts/fontawesome.js?digest=55"></script>
    <script src="_static/book.js"></script>
    <script src="_static/searchtools.js"></script>
    <script src="searchindex.js"></script></head>
    <summary aria-label="Toggle hidden content">A</summary>
    <div role="list" class="citation-list">
    <div class="citation" id="e" role="doc-biblioentry">
    <section class="solution-content" id="solution-content">
    <ul role="list"></ul>"""
    assert re.sub(r"\s+", " ", theme.mend(page)) == (
        '<head> <script src="_static/book.js"></script></head> <summary>A</summary>'
        ' <div class="citation-list"> <div class="citation" id="e">'
        ' <section class="solution-content"> <ul role="list"></ul>'
    )
    assert theme.mend(theme.mend(page)) == theme.mend(page)


def test_the_search_page_keeps_its_index():
    page = '<script src="searchindex.js"></script><div id="search-results"></div>'
    assert theme.mend(page) == page


@pytest.fixture
def shelf(tmp_path):
    scripts = {
        "base": "",
        "cliff": "// The cliff.\n// Needs: panel\n",
        "lab": "// Needs: matrices, panel\n",
        "plain": "// Needs nothing.\n",
        "torn": "// Needs: gone\n",
        "shared/matrices": "",
        "shared/panel": "",
    }
    for name, text in scripts.items():
        path = tmp_path / f"{name}.js"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["plain"], ["base", "plain"]),
        (["lab"], ["base", "shared/matrices", "shared/panel", "lab"]),
        (
            ["plain", "lab", "cliff"],
            ["base", "shared/panel", "shared/matrices", "cliff", "lab", "plain"],
        ),
    ],
)
def test_a_page_loads_what_its_widgets_need_before_them_and_once(shelf, names, wanted):
    assert widgets.files(shelf, names) == wanted


def test_a_shared_script_that_is_not_there_is_named(shelf):
    with pytest.raises(FileNotFoundError, match=r"shared/gone\.js.*'torn'"):
        widgets.files(shelf, ["torn"])


def test_data_cannot_end_the_script_that_holds_them(tmp_path):
    path = tmp_path / "a.json"
    data = {"text": "</script><b>", "x": [1, 0.5]}
    path.write_text(json.dumps(data), encoding="utf-8")
    text = widgets.read_data(path)
    assert "<" not in text
    assert json.loads(text) == data


def test_the_second_page_of_a_chapter_is_called_by_a_letter():
    pages = ["12_captioning", "12_practice", "13_attention", "glossary"]
    env = SimpleNamespace(
        toctree_includes={"index": pages},
        config=SimpleNamespace(root_doc="index"),
        titles={"glossary": nodes.title("", "Glossary")},
    )
    names = [places.called(env, page) for page in pages]
    assert names == ["chapter 12", "chapter 12b", "chapter 13", "Glossary"]
