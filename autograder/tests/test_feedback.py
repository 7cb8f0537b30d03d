"""The page that a student reads."""

import base64
import html
import re

import pytest
from gradebook_desk import record, work
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tiny_course import cell, source_notebook
from traitlets.config import Config

from examiner.feedback import clean_text, render
from examiner.feedback.page import IMAGE_LIMIT, OUTPUT_LIMIT, PAGE_LIMIT
from examiner.feedback.safe import markdown, sanitise

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(30)).decode()


def output_page(*outputs, source="x"):
    return render(
        record(), new_notebook(cells=[new_code_cell(source, outputs=list(outputs))])
    )


def shown(data):
    return new_output("display_data", data=data)


def test_the_page_itself_may_load_nothing():
    policy = re.search(r'Policy" content="([^"]*)"', render(record(), None)).group(1)
    assert "default-src 'none'" in policy
    assert "img-src data:;" in policy
    assert "script" not in policy


def test_a_link_to_the_web_stays_and_tells_nothing_of_this_page():
    link = sanitise('<a href="https://example.org" target=_top>x</a>')
    assert 'href="https://example.org"' in link
    assert "noopener" in link
    assert "target" not in link


def test_an_honest_page_holds_its_figure_its_table_and_its_text():
    table = "<table><thead><tr><th>n</th></tr></thead><tr><td>7</td></tr></table>"
    page = output_page(
        shown({"image/png": PNG, "text/plain": "<Figure with 1 Axes>"}),
        shown({"text/html": table, "text/plain": "n 7"}),
        new_output("stream", text="epoch 1\n"),
        shown({"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'/>"}),
    )
    assert f'src="data:image/png;base64,{PNG}" alt="&lt;Figure with 1 Axes&gt;"' in page
    assert "<td>7</td>" in page
    assert "epoch 1" in page
    assert 'src="data:image/svg+xml;base64,' in page


def test_an_image_that_is_none_is_not_shown():
    page = output_page(shown({"image/png": '"><script>', "text/plain": "a figure"}))
    assert "a figure" in page
    assert "<img" not in page


def test_marks_reasons_hints_repairs_comments_and_provenance_are_there():
    mark = record(test=1.0, repairs=["The cell q1 was put back."])
    mark.cells[0].message, mark.cells[0].hint = "Case b failed.", "x * x is not x + x."
    page = render(mark, work(), "source 1a2b", {"q2": "Well said."})
    for text in (
        "<strong>1</strong> of 5 points",
        "some answers wait for your instructor",
        "Case b failed.",
        "x * x is not x + x.",
        "The cell q1 was put back.",
        "Well said.",
        "source 1a2b",
        'lang="en"',
    ):
        assert text in page


def test_an_unreadable_submission_has_a_page_that_says_why():
    page = render(record(status="unreadable", message="This is no notebook."), None)
    assert "This is no notebook." in page


HIDDEN = "assert double(1234567) == 2469134"


@pytest.mark.parametrize("begin", ["### BEGIN HIDDEN TESTS", "  # BEGIN HIDDEN TESTS"])
@pytest.mark.parametrize("end", ["### END HIDDEN TESTS", "# no end"])
def test_hidden_tests_appear_nowhere_not_even_in_a_traceback(begin, end):
    notebook = work()
    test = notebook.cells[1]
    test.source = f"assert callable(double)\n{begin}\n{HIDDEN}\n{end}"
    coloured = HIDDEN.replace("assert", "\x1b[32massert\x1b[0m")
    test.outputs = [new_output("error", traceback=[f"----> 3 {coloured}"])]
    quoted = html.escape(HIDDEN).replace("assert", "<b>assert</b>")
    notebook.cells[0].outputs = [
        new_output("error", traceback=[f"In[2]\n----> 3 {coloured}"]),
        new_output("stream", text=f"{HIDDEN}\n"),
        shown({"text/html": f"<p>{quoted}</p>", "text/plain": HIDDEN}),
    ]
    page = html.unescape(re.sub(r"<[^>]*>", "", render(record(), notebook)))
    assert "1234567" not in page
    assert "HIDDEN" not in page
    assert "assert callable(double)" in page
    assert page.count("it quotes a hidden test") == 3


@pytest.mark.parametrize("sign", ["###", "===", "<!--"])
def test_a_mark_scheme_appears_nowhere(sign):
    text = f"Why?\n{sign} BEGIN MARK SCHEME\nOne point for x.\n{sign} END MARK SCHEME"
    answer = cell(new_markdown_cell, text, "t", task=True, points=1)
    page = render(record(), new_notebook(cells=[answer]))
    assert "Why?" in page
    assert "One point" not in page


def test_the_courses_own_delimiters_count():
    config = Config()
    config.ClearHiddenTests.begin_test_delimeter = "VERSTECKT"
    config.ClearHiddenTests.end_test_delimeter = "SICHTBAR"
    notebook = source_notebook()
    notebook.cells[1].source = f"1\n# VERSTECKT\n{HIDDEN}\n# SICHTBAR\nassert 22"
    page = render(record(), notebook, config=config)
    assert "1234567" not in page
    assert "assert 22" in page


def test_twenty_megabytes_of_output_become_a_page_of_ordinary_size():
    for make in (
        lambda text: new_output("stream", text=text),
        lambda text: new_output("error", traceback=[text]),
        lambda text: shown({"text/html": text, "text/plain": text}),
    ):
        page = output_page(make("x <b>" * 4_000_000))
        assert len(page) < 8 * OUTPUT_LIMIT
        assert "too long" in page


def test_many_large_outputs_and_cells_together_are_bounded():
    big = new_output("stream", text="x" * OUTPUT_LIMIT)
    cells = [new_code_cell("y" * OUTPUT_LIMIT, outputs=[big] * 9) for _ in range(30)]
    cells += [new_markdown_cell("[" * OUTPUT_LIMIT) for _ in range(30)]
    assert len(render(record(), new_notebook(cells=cells))) < 1.2 * PAGE_LIMIT


def test_three_thousand_displays_end_in_a_note():
    page = output_page(*[shown({"text/plain": "again"})] * 3000)
    assert page.count("again") == 1000
    assert "(2000 more outputs are left out.)" in page


def test_an_image_that_is_too_large_is_left_out():
    page = output_page(shown({"image/png": "A" * (IMAGE_LIMIT + 4)}))
    assert "An image that is too large" in page
    assert len(page) < 20_000


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07a", "a"),
        ("\x1b]8;;https://evil.example\x1b\\a\x1b]8;;\x1b\\", "a"),
        ("\x1b(Ba", "a"),
        ("10%\r50%\r100%\nnext\r\n", "100%\nnext\n"),
        ("a\x00\x08\x7f\x9b\u202eb", "ab"),
        ("tab\tß 李", "tab\tß 李"),
    ],
)
def test_text_is_as_a_terminal_would_leave_it(text, left):
    assert clean_text(text) == left


def test_formulas_are_set_as_formulas():
    page = markdown("Let $a_1 * b_2$ and *so* $$c_1 < d_2$$. It costs 5$ or 6$ .")
    assert "<math" in page
    assert "<msub><mi>a</mi><mn>1</mn></msub><mo>*</mo>" in page
    assert 'display="block"' in page
    assert "<mo>&lt;</mo>" in page
    assert "<em>so</em>" in page
    assert "It costs 5$ or 6$ ." in page


@pytest.mark.parametrize(
    "source",
    [r"$\pd{h_t}{h_k}$", r"$\frac$", "$" + "{" * 1900 + "$"],
)
def test_a_formula_that_cannot_be_read_stays_as_it_was_written(source):
    assert markdown(source) == f"<p><code>{source}</code></p>\n"


def test_lines_of_a_derivation_stand_below_each_other():
    page = markdown(r"$$\begin{aligned} a &= b \\ &= c \end{aligned}$$")
    assert page.count("<mtr>") == 2
    assert "&amp;" not in page


def test_a_formula_keeps_its_spaces_but_moves_nothing():
    page = markdown(r"$a \quad b \hspace{-90em} c$")
    assert page.count('<mspace width="1em"></mspace>') == 1
    assert "90" not in page


def test_a_question_is_named_by_its_heading_and_its_code_is_set_as_code():
    heading = new_markdown_cell("## 1 · Add them (4 points, about 5 minutes)")
    test = cell(new_code_cell, "assert add", "q1_test", grade=True, points=3)
    work = record(test=1.0)
    work.cells[0].message = "`add` is off <by 1>."
    page = render(work, new_notebook(cells=[heading, test]))
    assert '1 · Add them <span class="quiet">q1_test</span>: FAIL</h3>' in page
    assert "<code>add</code> is off &lt;by 1&gt;." in page


def test_headings_of_the_notebook_stand_below_the_pages_own():
    assert markdown("# A\n\n##### B\n\nC\n=") == (
        "<h3>A</h3>\n<h6>B</h6>\n<h3>C</h3>\n"
    )


def test_a_lone_surrogate_does_not_stop_a_page():
    assert "x" in output_page(new_output("stream", text="\ud800x"))
