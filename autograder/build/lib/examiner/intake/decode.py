"""Bytes into plain JSON, whatever the encoding."""

import json
import re
from itertools import accumulate
from typing import Any

from examiner.intake.limits import Limits

# Possessive, so that no text makes it go back and try again.
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
OTHERS = bytes(set(range(256)) - set(b"[]{}"))
STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
CONFLICT = re.compile(r"^(?:<<<<<<<|>>>>>>>)(?: |$)", re.MULTILINE)
# `strict=False` takes raw tabs and newlines in strings; a float takes any digits, where
# an int raises beyond some thousand of them.
DECODER = json.JSONDecoder(strict=False, parse_int=float)


class Unreadable(Exception):
    """A file is no notebook. The text says why, as the end of a sentence."""


def decode(data: bytes) -> tuple[str, list[str]]:
    """Turn bytes into text.

    Args:
        data: What was handed in: UTF-8, UTF-16 or UTF-32, with or without its mark, or
            as a last resort latin-1.

    Returns:
        The text, and a sentence on each thing that was mended.
    """
    encoding = json.detect_encoding(data)
    repairs = []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        # A few broken bytes among good letters: it is UTF-8, and was damaged.
        broken = text.count("\ufffd")
        others = len(text) - len(text.encode("ascii", "ignore"))
        if encoding.startswith("utf-8") and broken > others - broken:
            text, encoding = data.decode("latin-1"), "latin-1"
        else:
            repairs.append("Some letters were damaged; a \ufffd stands in their place.")
    if not encoding.startswith("utf-8"):
        repairs.append(f"The file's letters were not UTF-8; it was read as {encoding}.")
    if "\0" in text:
        repairs.append("The file held NUL characters; they were left out.")
    return text.replace("\0", "").removeprefix("\ufeff"), repairs


def parse(text: str, limits: Limits) -> tuple[dict[str, Any], list[str]]:
    """Turn text into plain JSON.

    Args:
        text: The text of a notebook.
        limits: How deep and how much; both are counted before anything is built.

    Returns:
        The notebook's object, and a sentence on what was mended.

    Raises:
        Unreadable: It is no JSON object, or lies beyond the limits.
    """
    text = text.strip()
    if not text:
        raise Unreadable("is empty: save the notebook again, and hand that in")
    bare = STRING.sub("", text)
    brackets = bare.encode("utf-8", "replace").translate(None, OTHERS)
    if any(deep > limits.depth for deep in accumulate(map(STEP.get, brackets))):
        raise Unreadable(f"holds lists in lists, over {limits.depth} deep")
    if bare.count(",") + bare.count("[") + bare.count("{") > limits.values:
        raise Unreadable(f"holds over {limits.values:,} values")
    try:
        found, end = DECODER.raw_decode(text)
    except (ValueError, RecursionError) as fault:
        raise Unreadable(_why_not(text, fault)) from None
    if not isinstance(found, dict):
        raise Unreadable("is no notebook: it holds JSON of another kind")
    rest = len(text) - end
    # An older and longer file shows through, when a copy was cut short.
    extra = [f"After the notebook's end stood {rest:,} characters more; left out."]
    return found, extra if rest else []


def _why_not(text: str, fault: Exception) -> str:
    """Return the likeliest reason why a text is no JSON."""
    if CONFLICT.search(text):
        return (
            "holds a git conflict (lines that begin with <<<<<<<): choose one side "
            "with git or nbdime, open it in Jupyter, and hand it in again"
        )
    if not text.startswith("{"):
        return "is no notebook: it is not JSON; save it in Jupyter and hand that in"
    place = getattr(fault, "pos", 0)
    closing = text.endswith("}")
    if not closing or place >= len(text):
        return "breaks off in the middle: copy or upload it again"
    line = text.count("\n", 0, place) + 1
    return f"is damaged in line {line:,}: it is not JSON; save it in Jupyter again"
