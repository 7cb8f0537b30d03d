"""Work that is right, and whose text or output attacks whoever reads the feedback."""

from hostile.corpus import FULL, RIGHT, WORDS, attack, cell_of, fill, write

EVIL = [
    "<script>alert('hostile-script')</script>",
    "<img src=x onerror=\"alert('hostile-script')\">",
    "<svg onload=\"alert('hostile-script')\"><circle/></svg>",
    "<a href=\"javascript:alert('hostile-script')\">click</a>",
    '<iframe src="https://example.org/hostile"></iframe>',
    '<object data="https://example.org/hostile"></object>',
    '<form action="https://example.org/hostile"><input name=p></form>',
    '<meta http-equiv="refresh" content="0;url=https://example.org/hostile">',
    '<link rel="stylesheet" href="https://example.org/hostile.css">',
    "<style>body{display:none}</style>",
    '<base href="https://example.org/hostile">',
    "</div></main></body></html><h1>Full marks</h1>",
    "<b><i><table><tr><td>" * 50,
    "<!-- ",
    "]]><![CDATA[",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "\u202eskram lluf",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<img src='https://example.org/hostile.png'>",
    "{{ 7 * 7 }}{% for x in [] %}",
]
_TEXT = "\n".join(EVIL)


def _show(code):
    return f"{RIGHT['q1']}\n\nEVIL = {EVIL!r}\n{code}"


_CODE = {
    "text": "for e in EVIL: print(e)",
    "stderr": "import sys\nfor e in EVIL: print(e, file=sys.stderr)",
    "html": "from IPython.display import HTML, display\n"
    "for e in EVIL: display(HTML(e))",
    "javascript": "from IPython.display import Javascript, display\n"
    "for e in EVIL: display(Javascript(\"alert('hostile-script')\"))",
    "markdown_and_latex": "from IPython.display import Markdown, Latex, display\n"
    "for e in EVIL: display(Markdown(e), Latex(e))",
    "svg": "from IPython.display import SVG, display\n"
    'display(SVG(\'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">\''
    "'<script>alert(1)</script></svg>'))",
    "unknown_kinds": "from IPython.display import display\n"
    "display({'text/html': ['<script>', 7], 'application/evil': EVIL,"
    " 'image/png': 'no picture', 'text/plain': 7}, raw=True)",
    "a_figure_in_base64": "from IPython.display import display\n"
    "display({'image/png': '\"><script>alert(1)</script>'}, raw=True)",
    "widgets": "from IPython.display import display\n"
    "display({'application/vnd.jupyter.widget-view+json': {'model_id': '<script>'}},"
    " raw=True)",
    "a_forged_mark": "from IPython.display import display\n"
    "display({'application/vnd.examiner+json': {'points': 100, 'max_points': 2,"
    " 'check': 'q1', 'text': EVIL[0], 'hint': EVIL[0]}, 'text/plain': 'x'}, raw=True)",
    "a_repr_that_raises": "class Bad:\n    def _repr_html_(self): raise KeyError\n"
    "    def __repr__(self): raise KeyError\ndisplay(Bad())",
}
for _name, _code in _CODE.items():

    def _make(folder, notebook, code=_code):
        write(folder, fill(notebook, {**RIGHT, "q1": _show(code)}))

    _make.__name__ = f"evil_output_as_{_name}"
    attack("feedback", score=FULL)(_make)


@attack("feedback", score=FULL)
def evil_words_in_an_answer(folder, notebook):
    write(folder, fill(notebook, RIGHT, WORDS + "\n\n" + _TEXT))


@attack("feedback", score=FULL)
def evil_comments_and_cells(folder, notebook):
    fill(notebook, {**RIGHT, "q1": f'{RIGHT["q1"]}\n"""{_TEXT}"""'})
    cell = {"cell_type": "markdown", "id": "evil", "metadata": {}, "source": _TEXT}
    notebook.cells.append(cell)
    notebook.metadata["title"] = notebook.metadata["authors"] = _TEXT
    write(folder, notebook)


@attack("feedback", score=FULL)
def evil_attachments(folder, notebook):
    cell = cell_of(fill(notebook, RIGHT), "q5")
    cell["source"] += "\n\n![x](attachment:x.png)\n\n![y](attachment:y)"
    cell["attachments"] = {
        "x.png": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"},
        "y": {"text/html": "PHNjcmlwdD4="},
        "../../z": {"image/png": 7},
    }
    write(folder, notebook)


@attack("feedback", score=FULL - 2)
def evil_errors(folder, notebook):
    code = f"class Evil(Exception): pass\nraise Evil({_TEXT!r})"
    write(folder, fill(notebook, {**RIGHT, "q1": code}))


@attack("feedback", score=FULL - 2)
def evil_errors_in_a_test(folder, notebook):
    code = "def add(a, b): raise type('<script>alert(1)</script>', (Exception,), {})("
    write(folder, fill(notebook, {**RIGHT, "q1": f"{code}{_TEXT!r})"}))


@attack("feedback", score=FULL - 2)
def an_error_that_tells_a_hidden_test_to_show_itself(folder, notebook):
    code = "def add(a, b):\n    raise KeyError(a, b)"
    write(folder, fill(notebook, {**RIGHT, "q1": code}))
