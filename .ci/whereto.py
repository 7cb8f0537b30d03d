"""Print where to look after ``make course``."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PAGE = """
The course is ready.

  Read       make serve        the book, at http://127.0.0.1:8000/
                               (or open {book})
  Work       make lab          JupyterLab; the assignments are in assignments/
  Teach      {summary}
                               what the made-up class got and misunderstood
             {feedback}/
                               what its students read
             README.md         grading a class of your own

  Check      make test         that all of this is right
"""


def main() -> None:
    """Print the page, with the paths of this checkout."""
    build = ROOT / "_build"
    print(
        PAGE.format(
            book=build / "html" / "index.html",
            summary=build / "demo" / "reports" / "a1_unroll.html",
            feedback=build / "demo" / "feedback",
        )
    )


if __name__ == "__main__":
    main()
