"""The page that a student reads: :mod:`safe` cleans, :mod:`page` writes."""

from examiner.feedback.page import render, write_feedback
from examiner.feedback.safe import clean_text, sanitise

__all__ = ["clean_text", "render", "sanitise", "write_feedback"]
