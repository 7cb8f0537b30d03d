"""Labels of a source text against Python's own tokenizer."""

import io
import sys
import token as kinds
import tokenize

import pytest
import torch

from throughtime.errors import ShapeError
from throughtime.text import source_labels, stdlib_source
from throughtime.text.source import _clean, _source_files


def pieces(text):
    """Yield type, string, begin and end of tokens, f-strings as one since 3.12 too."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    level, first = 0, 0
    for piece in tokenize.generate_tokens(io.StringIO(text).readline):
        begin, end = (starts[row - 1] + column for row, column in piece[2:4])
        name = kinds.tok_name[piece.type]
        if name == "FSTRING_START":
            first = first if level else begin
            level += 1
        elif name == "FSTRING_END":
            level -= 1
            name, begin = "STRING", first
        if not level:
            yield name, piece.string, begin, min(end, len(text))


def by_tokenize(text):
    """Return quote, comment and bracket of each character, and depth of words."""
    quote, comment, bracket = ([0] * len(text) for _ in range(3))
    depth, last, opened = {}, 0, 0
    change = {"INDENT": 1, "DEDENT": -1}
    for name, string, begin, end in pieces(text):
        depth[begin] = depth.pop("now", 0) + change.get(name, 0)
        depth["now"] = depth.pop(begin) if name != "NAME" else depth[begin]
        if name in change:
            continue
        bracket[last:begin] = [opened] * (begin - last)
        opened += name == "OP" and string in "([{"
        bracket[begin:end] = [opened] * (end - begin)
        opened -= name == "OP" and string in ")]}"
        quote[begin:end] = [int(name == "STRING")] * (end - begin)
        comment[begin:end] = [int(name == "COMMENT")] * (end - begin)
        last = end
    del depth["now"]
    return quote, comment, bracket, depth


@pytest.fixture(scope="module")
def files():
    import sysconfig
    from pathlib import Path

    root = Path(sysconfig.get_paths()["stdlib"])
    return [text for text in map(_clean, list(_source_files(root))[::9]) if text]


def test_quotes_comments_brackets_and_depth_are_those_of_tokenize(files):
    assert len(files) > 20
    differ = total = 0
    for text in files:
        labels, total = source_labels(text), total + len(text)
        *want, depth = by_tokenize(text)
        for got, right in zip(
            (labels.quote, labels.comment, labels.bracket), want, strict=True
        ):
            differ += int((got.long() != torch.tensor(right)).sum())
        got = labels.depth.tolist()
        differ += sum(got[place] != level for place, level in depth.items())
    # Since 3.12 f-strings may hold their own quotation mark; a few files do.
    assert differ <= (0 if sys.version_info < (3, 12) else 1e-4 * total)


def test_positions_and_line_lengths_are_counted_from_each_newline():
    labels = source_labels("ab\n\n  c")
    assert labels.position.tolist() == [0, 1, 2, 0, 0, 1, 2]
    assert labels.line_length.tolist() == [2, 2, 2, 0, 3, 3, 3]


def marked(text, label):
    chosen = getattr(source_labels(text), label).tolist()
    return "".join(c if on else "." for c, on in zip(text, chosen, strict=True))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("if a: b", ".. a..."),
        ("elif a == {1: 2}: b", ".... a == {1: 2}..."),
        ("while (lambda: 1)(): b", "..... (lambda: 1)()..."),
        ("if lambda: x: b", ".. lambda: x..."),
        ("x = a if b else c", "................."),
        ("[a for a in b if a]", "..................."),
        ("if a[1:2]: b", ".. a[1:2]..."),
        ("iffy = 3", "........"),
        ("if (a and\n  b): c", ".. (a and\n  b)..."),
        ("if a", ".. a"),
    ],
)
def test_a_condition_reaches_from_its_word_to_its_own_colon(text, inside):
    assert marked(text, "condition") == inside


def test_a_condition_begins_also_in_an_indented_line():
    assert marked("if a:\n  if b: c", "condition") == ".. a...... b..."


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("a = 'b", "....'b"),
        ("a = 'b\nc", "....'b.."),
        ('"""a\nb', '"""a\nb'),
        ("x = rb'a' f'{b}'", "....rb'a'.f'{b}'"),
        (r"'a\'b' c", r"'a\'b'.."),
        ("# 'a'", "....."),
        ("'# a'", "'# a'"),
        ("'''a''b''' c", "'''a''b'''.."),
    ],
)
def test_quotes_are_found_in_pieces_that_tokenize_refuses_too(text, inside):
    assert (
        marked(text, "quote").replace("\n", "") == inside.replace("\n", "")[: len(text)]
    )


def test_depth_holds_over_continued_lines_and_comments():
    text = "if a:\n  b(\n1)\n\n  # c\n# d\ne\n"
    lines, depth = text.splitlines(keepends=True), source_labels(text).depth.tolist()
    starts = [sum(map(len, lines[:k])) for k in range(len(lines))]
    assert [depth[start] for start in starts] == [0, 1, 1, 1, 1, 0, 0]


def test_a_piece_cut_anywhere_has_labels_of_its_length():
    text = stdlib_source(3000)
    for start in range(0, 2000, 97):
        piece = text[start : start + 500]
        assert all(label.shape == (500,) for label in source_labels(piece))
        assert source_labels(piece).bracket.min() >= 0


def test_types_and_shares_are_those_that_the_reference_measured(files):
    labels = source_labels("".join(files))
    assert labels.quote.dtype == torch.bool
    assert labels.depth.dtype == torch.int64
    assert 0.2 < labels.quote.double().mean() < 0.36
    assert 0.08 < labels.comment.double().mean() < 0.16


def test_an_empty_text_is_refused():
    with pytest.raises(ShapeError, match="empty; wanted a character"):
        source_labels("")
