"""Files that are no notebook, or a strange one: read if that can be, refused if not."""

import json

from hostile.corpus import FULL, NAME, RIGHT, attack, fill, released_text, write

_TEXT = released_text

_READABLE = {
    "a_byte_order_mark": lambda: b"\xef\xbb\xbf" + _TEXT().encode(),
    "utf_16": lambda: _TEXT().encode("utf-16"),
    "windows_line_ends": lambda: _TEXT().replace("\n", "\r\n").encode(),
    "latin_1": lambda: (
        _TEXT({**RIGHT, "q1": RIGHT["q1"] + "  # é"})
        .replace("\\u00e9", "é")
        .encode("latin-1")
    ),
    "a_lone_surrogate": lambda: (
        _TEXT({**RIGHT, "q1": RIGHT["q1"] + "  # @"}).replace("@", "\\ud800").encode()
    ),
    "a_null_byte_at_the_end": lambda: _TEXT().encode() + b"\0",
    "nbformat_99": lambda: _TEXT().replace('"nbformat": 4', '"nbformat": 99').encode(),
    "an_unknown_key": lambda: (
        _TEXT().replace('"nbformat": 4', '"evil": {"a": [1]}, "nbformat": 4').encode()
    ),
}
for _name, _bytes in _READABLE.items():

    def _make(folder, notebook, content=_bytes):
        (folder / NAME).write_bytes(content())

    _make.__name__ = f"a_file_with_{_name}"
    attack("broken", score=FULL)(_make)

_UNREADABLE = {
    "no_content": lambda: b"",
    "only_spaces": lambda: b"   \n",
    "no_json": lambda: b"This is my homework.",
    "half_of_it": lambda: _TEXT().encode()[: len(_TEXT()) // 2],
    "random_bytes": lambda: bytes(range(256)) * 100,
    "nothing_but_nulls": lambda: bytes(10_000),
    "a_list": lambda: b"[]",
    "a_number": lambda: b"NaN",
    "a_null": lambda: b"null",
    "200000_brackets": lambda: b"[" * 200_000,
    "200000_braces": lambda: b'{"a":' * 200_000,
    "an_integer_of_10_million_digits": lambda: b"9" * 10_000_000,
    "git_conflict_markers": lambda: (
        _TEXT().replace('"nbformat": 4', '<<<<<<< HEAD\n"nbformat": 4').encode()
    ),
    "a_zip_archive": lambda: b"PK\x03\x04" + bytes(1000),
    "a_web_page": lambda: b"<!doctype html><p>Please log in</p>",
    "30_mb": lambda: b'{"cells": [' + b'"x",' * 8_000_000 + b'"x"]}',
}
for _name, _bytes in _UNREADABLE.items():

    def _make(folder, notebook, content=_bytes):
        (folder / NAME).write_bytes(content())

    _make.__name__ = f"a_file_of_{_name}"
    attack("broken", status="unreadable")(_make)


@attack("broken", score=FULL)
def nbformat_3(folder, notebook):
    cells = [
        {"cell_type": "code", "language": "python", "input": c.source, "outputs": []}
        for c in fill(notebook, RIGHT).cells
        if c.cell_type == "code"
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}}
    old["worksheets"] = [{"cells": cells, "metadata": {}}]
    (folder / NAME).write_text(json.dumps(old))


@attack("broken", score=FULL)
def a_cell_of_an_unknown_type(folder, notebook):
    fill(notebook, RIGHT).cells.insert(
        0, {"cell_type": "hologram", "id": "x", "metadata": {}, "source": "?"}
    )
    write(folder, notebook)


@attack("broken", score=FULL)
def cells_of_the_wrong_form(folder, notebook):
    fill(notebook, RIGHT).cells[:0] = [None, 7, "cell", [], {}]
    write(folder, notebook)


@attack("broken", score=FULL)
def a_source_that_is_a_list(folder, notebook):
    for cell in fill(notebook, RIGHT).cells:
        cell["source"] = cell["source"].splitlines(keepends=True)
    write(folder, notebook)


@attack("broken", score=FULL - 2)
def a_source_that_is_a_number(folder, notebook):
    fill(notebook, RIGHT)
    next(c for c in notebook.cells if c["id"] == "q1")["source"] = 7
    write(folder, notebook)


@attack("broken", score=FULL)
def outputs_of_the_wrong_form(folder, notebook):
    for n, cell in enumerate(fill(notebook, RIGHT).cells):
        cell["outputs"] = [None, 7, {}, "x", {"output_type": "evil"}][n % 5]
        cell["execution_count"] = "many"
    write(folder, notebook)
