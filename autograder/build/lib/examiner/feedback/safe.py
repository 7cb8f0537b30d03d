"""Make strangers' text and HTML harmless: nothing acts, loads or hides."""

import re
from html import escape

import nh3
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
    """Return markdown as harmless HTML; formulas stay as their TeX source.

    The page has two headings of its own, so a cell's begin at the third level.
    """
    tokens = _MARKDOWN.parse(clean_text(text))
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    return sanitise(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


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
        token.content = f"<code>{escape(state.src[start : state.pos])}</code>"
    return True


_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
# Before "text", which would run over a dollar sign.
_MARKDOWN.inline.ruler.before("escape", "formula", _formula)
