"""How much of a submission is looked at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Say how large a submission may be.

    Args:
        notebook: The size of a notebook, in bytes.
        depth: How deep lists and objects may lie in each other in a notebook.
        values: How many values a notebook's JSON may hold; this bounds memory.
        cells: How many cells of a notebook are taken.
        attachments: The size of all images in a notebook's text, in base64 characters.
        notebooks: How many notebooks of one folder are read.
        entries: How many names of a folder are looked at, in all its folders together.
        folders: How deep folders may lie in each other.
        files: How many extra files are taken.
        files_size: The size of all extra files together, in bytes.
    """

    notebook: int = 20_000_000
    depth: int = 100
    values: int = 3_000_000
    cells: int = 2_000
    attachments: int = 5_000_000
    notebooks: int = 10
    entries: int = 5_000
    folders: int = 8
    files: int = 200
    files_size: int = 50_000_000
