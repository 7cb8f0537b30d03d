"""Make strangers' text and HTML harmless: nothing acts, loads or hides."""

import re
import secrets
from html import escape

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

MATH_LIMIT = 2000  # characters of one formula
_TERMINAL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]"  # colours, moves
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links
    r"|\x1b[ -/]*[0-~]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_TAGS = nh3.ALLOWED_TAGS - {"img", "map", "area"}
# Of MathML what shows a formula, and nothing that moves, links or hides.
_MATH = {
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "form"},
    "mtd": {"columnalign"},
    "mspace": {"width"},
}
_MATH_TAGS = {*_MATH, "mfrac", "mn", "mover", "mroot", "mrow", "msqrt", "mstyle"} | {
    *("msub", "msubsup", "msup", "mtable", "mtext", "mtr", "munder", "munderover")
}
_SPACE = re.compile(r"[0-2](?:\.\d+)?em")
_UNREAD = re.compile(r">(?:\\[A-Za-z]|&<)")  # a command that the converter left


def clean_text(text: str) -> str:
    """Return a text as a terminal would leave it, without what misleads the eye.

    Of a line that was written over, as progress bars are, the last state stays.
    """
    lines = _TERMINAL.sub("", text).split("\n")
    last = (line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    return _CONTROL.sub("", "\n".join(last))


def sanitise(html: str) -> str:
    """Return a stranger's HTML without anything that acts or loads."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={
            "a": {"href", "title"},
            "td": {"colspan", "rowspan"},
            "th": {"scope"},
        },
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def markdown(text: str) -> str:
    """Return markdown as harmless HTML, with formulas as MathML.

    The page has two headings of its own, so a cell's begin at the third level.
    """
    # The sign of a formula's place is drawn, so that no text can hold it.
    formulas = {"sign": secrets.token_hex(16), "found": []}
    tokens = _MARKDOWN.parse(clean_text(text), formulas)
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    page = sanitise(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    for number, formula in enumerate(formulas["found"]):
        page = page.replace(f"{formulas['sign']}{number};", formula)
    return page


def said(text: str) -> str:
    """Return a message as harmless HTML, in which `` `code` `` is set as code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(clean_text(text)))


def _mathml(source: str, mark: str) -> str:
    """Return a formula as MathML, or as its source where it cannot be read."""
    tex = source.strip("$").replace("{aligned}", "{align*}")
    try:
        math = convert(tex, display="block" if mark == "$$" else "inline")
    except Exception:  # the converter's own, and any that strange text provokes
        math = ""
    if not math or _UNREAD.search(math):
        return f"<code>{escape(source)}</code>"
    return nh3.clean(
        math,
        tags=_MATH_TAGS,
        attributes=_MATH,
        attribute_filter=lambda _, name, value: (
            value if name != "width" or _SPACE.fullmatch(value) else None
        ),
    )


def _formula(state: StateInline, silent: bool) -> bool:
    """Read ``$...$`` or ``$$...$$``, in which markdown's signs mean nothing."""
    start = state.pos
    if state.src[start] != "$":
        return False
    mark = "$$" if state.src.startswith("$$", start) else "$"
    begin = start + len(mark)
    end = state.src.find(mark, begin, begin + MATH_LIMIT)
    if end <= begin or (mark == "$" and state.src[begin].isspace()):
        return False
    state.pos = end + len(mark)
    if not silent:
        token = state.push("html_inline", "", 0)
        found = state.env["found"]
        token.content = f"{state.env['sign']}{len(found)};"
        found.append(_mathml(state.src[start : state.pos], mark))
    return True


_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
# Before "text", which would run over a dollar sign.
_MARKDOWN.inline.ruler.before("escape", "formula", _formula)
