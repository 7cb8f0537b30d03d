"""What a student's text tries on the reader of a feedback page."""

import re
from html.parser import HTMLParser

import pytest
from gradebook_desk import record
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from examiner.feedback import render
from examiner.feedback.safe import markdown

ATTACKS = [
    "<script>steal()</script>",
    "<img src=x onerror=steal()>",
    '<a href="javascript:steal()">x</a>',
    '<a href="java\tscript:steal()">x</a>',
    '<a href="data:text/html,<script>steal()</script>">x</a>',
    "<svg onload=steal()><circle/></svg>",
    "<style>@import url(https://evil.example/x.css);</style>",
    '<p style="background:url(https://evil.example/x)">x</p>',
    "</code></pre></section></main></body><script>steal()</script>",
    "</script><script>steal()</script>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "<iframe srcdoc='<script>steal()</script>'></iframe>",
    "<form action=https://evil.example><input name=x><button>x</button></form>",
    "<base href=https://evil.example>",
    "<math><mtext><table><mglyph><style><img src=x onerror=steal()>",
    "<noscript><p title='</noscript><img src=x onerror=steal()>'>",
    "<object data=https://evil.example></object><embed src=x><link rel=stylesheet>",
    "<div onmouseover=steal() id=x class=PASS>x</div><details ontoggle=steal() open>",
    "<video src=https://evil.example/v autoplay></video>",
    "<p><b><table><td>unbalanced",
]
BAD_TAGS = {
    "script",
    "style",
    "svg",
    "math",
    "iframe",
    "object",
    "embed",
    "link",
    "meta",
    "base",
    "form",
    "input",
    "button",
    "img",
    "video",
    "audio",
    "source",
    "template",
    "noscript",
    "textarea",
    "title",
}


FORMULA = {
    "display",
    "mathvariant",
    "stretchy",
    "fence",
    "form",
    "columnalign",
    "width",
}


class Reader(HTMLParser):
    """Collect what in a page could act or load, as a browser reads it."""

    def __init__(self, page, *, formula=False):
        super().__init__()
        self.bad = []
        self.tags = BAD_TAGS - {"math"} if formula else BAD_TAGS
        self.names = {"class", "tabindex", "scope", "rel", "title", "colspan"}
        self.names |= FORMULA if formula else set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in self.tags:
            self.bad.append(tag)
        for name, value in attrs:
            link = name == "href" and value.startswith(("http://", "https://"))
            if not (link or name in self.names):
                self.bad.append((tag, name, value))


def output_page(*outputs, source="x"):
    return render(
        record(), new_notebook(cells=[new_code_cell(source, outputs=list(outputs))])
    )


def shown(data):
    return new_output("display_data", data=data)


def body(page):
    """Return what follows our own heading."""
    return page.split("Your notebook, as it ran</h2>")[1].split("</main>")[0]


def harmless(text, *, formula=False):
    return Reader(text, formula=formula).bad == []


@pytest.mark.parametrize("attack", [*ATTACKS, "x" * 40])
@pytest.mark.parametrize(
    "tex", ["%s", r"\text{%s}", r"\href{%s}{x}", r"\color{%s}x", r"x_{\mathrm{%s}}"]
)
def test_a_formula_cannot_act(attack, tex):
    page = markdown(f"${tex % attack}$ and $$ {tex % attack} $$")
    assert harmless(page, formula=True), page


def test_nobody_can_write_the_sign_of_a_formulas_place():
    attack = r"$\text{ onmouseover=steal() }$"
    found = re.findall(r"[0-9a-f]{32}", markdown(f'<a title="0;">x</a>{attack}'))
    assert found == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_student_wrote_cannot_act_wherever_it_stands(attack):
    where = {
        "markdown": render(record(), new_notebook(cells=[new_markdown_cell(attack)])),
        "code": output_page(source=attack),
        "html": output_page(shown({"text/html": attack})),
        "plain": output_page(shown({"text/plain": attack})),
        "stream": output_page(new_output("stream", text=attack)),
        "error": output_page(new_output("error", traceback=[attack])),
        "formula": render(
            record(), new_notebook(cells=[new_markdown_cell(f"${attack}$")])
        ),
    }
    for place, page in where.items():
        assert harmless(body(page), formula=place == "formula"), place
        assert page.count("</main>") == page.count("</body>") == 1, place


@pytest.mark.parametrize("attack", ATTACKS)
def test_records_comments_and_provenance_are_text(attack):
    mark = record(repairs=[attack], message=attack)
    mark.cells[0].message = mark.cells[0].hint = attack
    page = render(mark, None, attack, {"q2": attack})
    assert harmless(page.split("<main>")[1])
    assert page.count("</main>") == 1
