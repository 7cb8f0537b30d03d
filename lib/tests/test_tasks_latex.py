"""LaTeX-like documents: what is drawn parses, and each fault is found and named."""

import re
from collections import Counter

import pytest
import torch

from throughtime.errors import ThroughTimeError
from throughtime.tasks import latex, latex_depth, latex_faults

DOCUMENTS = latex(400, torch.Generator().manual_seed(0), depth=4)


def whole(text):
    """Say whether a text is in the language, by deleting what is closed."""
    formula = r"\$[a-z](?:[a-z+_]|\([^()${}\\]*\)|\{[^()${}\\]*\})*\$"
    labels = re.findall(r"\\label\{(\w)\}", text)
    given = set()
    for kind, name in re.findall(r"\\(label|ref)\{(\w)\}", text):
        if kind == "ref" and name not in given:
            return False
        given.add(name)
    left = re.sub(formula, "", text)
    left = re.sub(r"\\(label|ref)\{\w\}", "", left)
    before = None
    while before != left:
        before = left
        inner = r"\\begin\{(case|claim|lemma|proof)\}[^\\${}()]*\\end\{\1\}"
        left = re.sub(inner, "", left)
    return left == "" and len(labels) == len(set(labels))


def test_every_document_drawn_parses_by_two_roads():
    for document in DOCUMENTS:
        assert latex_faults(document) == (), document
        assert whole(document), document


def test_depths_are_even_and_the_same_seed_gives_the_same_documents():
    depths = Counter(map(latex_depth, DOCUMENTS))
    assert set(depths) == {1, 2, 3, 4}
    assert min(depths.values()) > 70
    assert latex(400, torch.Generator().manual_seed(0), depth=4) == DOCUMENTS


GOOD = (
    r"\begin{proof}\label{a}So $f(x)$."
    r"\begin{case}By \ref{a}, $y_{z}$.\end{case}\end{proof}"
)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        (r"\end{case}", r"\end{claim}", "environment"),
        (r"\end{case}", "", "environment"),
        (r"\end{proof}", r"\end{proof}\end{proof}", "environment"),
        (r"\begin{proof}", "", "environment"),
        ("proof", "prof", "environment"),
        (r"\end{proof}", "\\", "environment"),
        ("f(x)", "f(x", "formula"),
        ("f(x)", "f(x}", "formula"),
        ("$.", ".", "formula"),
        ("So ", "So (", "formula"),
        (r"\label{a}", "", "reference"),
        (r"\ref{a}", r"\ref{b}", "reference"),
        (r"So ", r"\label{a}So ", "reference"),
        (r"\label{a}So", r"So \ref{a}\label{a}", "reference"),
    ],
)
def test_a_planted_fault_is_named(right, wrong, fault):
    assert latex_faults(GOOD) == ()
    assert right in GOOD
    assert fault in latex_faults(GOOD.replace(right, wrong, 1))


def test_words_alone_are_no_document():
    assert latex_faults("So it is.") == ("environment",)
    assert latex_depth("So it is.") == 0


def test_sizes_too_small_are_told():
    with pytest.raises(ThroughTimeError, match="depth is 0; wanted 1 or more"):
        latex(1, torch.Generator(), depth=0)
    with pytest.raises(ThroughTimeError, match="count is 0; wanted 1 or more"):
        latex(0, torch.Generator())
