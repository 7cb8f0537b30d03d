"""The files of the built site: links, ids, images, what a page loads."""

import pytest
import readers
from conftest import ROOT
from house import widgets

FOLDER = ROOT / "book" / widgets.FOLDER
GOOD = (
    '<article><h1 id="a">A</h1><a href="#a">a</a><img src="x.svg" alt="{}"></article>'
)


@pytest.fixture(scope="module")
def pages(site):
    return readers.read_site(site)


@pytest.fixture
def write(tmp_path):
    def write(body):
        path = tmp_path / "page.html"
        path.write_text(body, encoding="utf-8")
        return readers.read_page(path)

    return write


def faults(pages, find):
    return {p.path.name: found for p in pages.values() if (found := find(p))}


def test_the_site_has_its_pages(pages, site):
    names = {path.relative_to(site).as_posix() for path in pages}
    assert {"index.html", "conventions.html", "02_unrolling.html"} <= names


def test_every_link_and_anchor_inside_the_site_leads_somewhere(pages):
    assert readers.broken_links(pages) == []


def test_no_page_names_another_host_to_load_from(pages):
    assert faults(pages, readers.foreign_loads) == {}


def test_no_id_comes_twice_on_a_page(pages):
    assert faults(pages, readers.repeated_ids) == {}


def test_no_table_stays_as_text(pages, write):
    assert readers.tables_left_as_text(write("<p>| a | b |\n</p>")) == ["| a | b |"]
    assert faults(pages, readers.tables_left_as_text) == {}


def test_every_image_says_in_words_what_it_shows(pages):
    assert sum(len(p.images) + len(p.drawings) for p in pages.values()) > 0
    assert faults(pages, readers.nameless_images) == {}


def test_a_page_loads_the_scripts_of_its_own_widgets_only(pages):
    for page in pages.values():
        files = widgets.files(FOLDER, page.widgets) if page.widgets else []
        assert readers.scripts_of_widgets(page) == files, page.path.name


def test_the_redundant_icon_script_and_thebe_are_gone(pages, site):
    assert not list((site / "_static").rglob("fontawesome.js"))
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "fontawesome.js" not in text, path.name
        assert "thebe" not in text, path.name


def test_licences_lie_beside_what_is_vendored(site):
    static = site / "_static"
    assert (static / "mathjax" / "LICENSE").is_file()
    licensed = [f.name.removesuffix(".LICENSE") for f in static.glob("fonts/*.LICENSE")]
    fonts = [f.name for f in static.glob("fonts/*.woff2")]
    assert fonts
    assert [f for f in fonts if not f.startswith(tuple(licensed))] == []


# The readers themselves, on pages with one planted fault each.


def test_the_readers_find_nothing_in_a_good_page(write, tmp_path):
    (tmp_path / "x.svg").touch()
    page = write(GOOD.format("One cell, three steps."))
    assert readers.broken_links({page.path: page}) == []
    assert readers.repeated_ids(page) == []
    assert readers.nameless_images(page) == []
    assert readers.foreign_loads(page) == []


@pytest.mark.parametrize("link", ["#b", "gone.html", "page.html#b"])
def test_a_link_to_nowhere_is_found(write, link):
    page = write(f'<p id="a"></p><a href="{link}">x</a>')
    assert readers.broken_links({page.path: page}) == [f"page.html -> {link}"]


def test_an_id_that_comes_twice_is_found(write):
    assert readers.repeated_ids(write('<p id="a"></p><i id="a"></i>')) == ["a"]


@pytest.mark.parametrize("alt", ["", "figure", "_images/4f2a.svg"])
def test_an_image_without_a_sentence_is_found(write, alt):
    assert len(readers.nameless_images(write(GOOD.format(alt)))) == 1


def test_a_drawing_without_a_name_is_found(write):
    assert readers.nameless_images(write("<article><svg></svg></article>"))


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link href="//example.org/a.css" rel="stylesheet">',
        '<img src="http://example.org/a.png">',
    ],
)
def test_a_load_from_another_host_is_found(write, tag):
    assert len(readers.foreign_loads(write(tag))) == 1
    assert readers.foreign_loads(write('<a href="https://example.org">x</a>')) == []
