"""Outputs that came from a student's process, rebuilt as a notebook may hold them."""

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

MOST = 1000  # outputs of one cell
_STREAMS = ("stdout", "stderr")


def clean_outputs(found: Any, limit: int) -> list[NotebookNode]:
    """Keep what is a well-formed output, up to a number of bytes.

    Args:
        found: What came: a list of outputs, or anything.
        limit: Bytes to keep; an output with its data counts as a whole.
    """
    outputs = []
    for output in found[:MOST] if isinstance(found, list) else []:
        made = _clean(output) if isinstance(output, dict) else None
        if made is None:
            continue
        limit -= _size(made)
        if limit < 0:
            note = "(The rest of the output is left out: it is too long.)\n"
            return [*outputs, new_output("stream", name="stdout", text=note)]
        outputs.append(made)
    return outputs


def said(name: str, message: str) -> list[NotebookNode]:
    """Return the output of a cell that did not come back."""
    return [
        new_output(
            "error", ename=name, evalue=message, traceback=[f"{name}: {message}"]
        )
    ]


def _clean(output: dict[str, Any]) -> NotebookNode | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = output.get("name") if output.get("name") in _STREAMS else "stdout"
        return new_output("stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        return new_output(
            "error",
            ename=_text(output.get("ename")),
            evalue=_text(output.get("evalue")),
            traceback=[_text(t) for t in lines] if isinstance(lines, list) else [],
        )
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        data = _clean_data(data) if isinstance(data, dict) else {}
        more = {"execution_count": None} if kind == "execute_result" else {}
        return new_output(kind, data=data, **more)
    return None


def _clean_data(data: dict[str, Any]) -> dict[str, Any]:
    """Keep texts, and JSON under a name that says so."""
    return {
        mime[:100]: value if mime.endswith("json") else _text(value)
        for mime, value in data.items()
        if mime.endswith("json") or isinstance(value, str)
    }


def _text(value: Any) -> str:
    """Return a text without what no file could hold."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode()


def _size(output: NotebookNode) -> int:
    return len(str(output))
