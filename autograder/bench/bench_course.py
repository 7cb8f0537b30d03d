"""A small torch course, and a class of made-up students, to time grading on."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CONFIG = """
from pathlib import Path
c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "bench"
"""
NAME = "a1"
IMPORTS = "import numpy as np\nimport torch\nfrom torch import nn"
TRAIN = """
torch.manual_seed(0)
x = torch.linspace(-1, 1, 64)[:, None]
y = 3 * x + 1
net = nn.Linear(1, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
for _ in range(200):
    optimizer.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
"""
# A right answer, a wrong one, and a test.
QUESTIONS = [
    ("def double(x):\n    return 2 * x", "2 * x", "x * x", "assert double(3) == 6"),
    (
        "def softmax(x):\n    e = np.exp(x - x.max())\n    return e / e.sum()",
        "e / e.sum()",
        "e",
        "assert np.allclose(softmax(np.ones(4)), 0.25)",
    ),
    (
        "def step(x, h, W, U):\n    return torch.tanh(x @ W.T + h @ U.T)",
        "torch.tanh(x @ W.T + h @ U.T)",
        "x @ W.T + h @ U.T",
        "x, h = torch.ones(2, 3), torch.ones(2, 4)\n"
        "W, U = torch.ones(4, 3), torch.ones(4, 4)\n"
        "assert torch.allclose(step(x, h, W, U), torch.tanh(torch.full((2, 4), 7.)))",
    ),
    (TRAIN, "range(200)", "range(2)", "assert loss.item() < 0.1"),
    (
        "def count(module):\n    return sum(p.numel() for p in module.parameters())",
        "p.numel()",
        "2",
        "assert count(net) == 2",
    ),
    (
        "def one_hot(i, n):\n    return np.eye(n)[i]",
        "np.eye(n)[i]",
        "np.ones(n)",
        "assert one_hot(1, 3).tolist() == [0, 1, 0]",
    ),
    (
        "def mean(xs):\n    return sum(xs) / len(xs)",
        "len(xs)",
        "2",
        "assert mean([1, 2, 6]) == 3",
    ),
    (
        "def clip(g, most):\n    n = g.norm()\n    return g * most / n if n > 1 else g",
        "n > 1",
        "n < 1",
        "assert abs(float(clip(torch.tensor([3., 4.]), 1).norm()) - 1) < 1e-6",
    ),
]


def cell(source: str, grade_id: str, **flags: object) -> nbformat.NotebookNode:
    """Return a code cell with nbgrader's metadata."""
    usual = {"grade": False, "solution": False, "locked": False, "task": False}
    data = {"grade_id": grade_id, "schema_version": 3, **usual, **flags}
    return new_code_cell(source, id=grade_id, metadata={"nbgrader": data})


def notebook(answers: list[str], hidden: bool) -> nbformat.NotebookNode:
    """Return the assignment with some answers."""
    cells = [new_markdown_cell("# Bench"), cell(IMPORTS, "imports", locked=True)]
    for i, (answer, (*_, test)) in enumerate(zip(answers, QUESTIONS, strict=True), 1):
        body = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION" if hidden else answer
        cells.append(cell(body, f"q{i}", solution=True))
        secret = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
        text = secret if hidden else ""
        flags = {"grade": True, "locked": True, "points": 1}
        cells.append(cell(text, f"q{i}_test", **flags))
    book = new_notebook(cells=cells)
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book.metadata["kernelspec"] = spec
    return book


def make_course(home: Path, students: int) -> Path:
    """Write the course and its class; every third student has a mistake."""
    (home / "source" / NAME).mkdir(parents=True)
    (home / "nbgrader_config.py").write_text(CONFIG)
    right = [answer for answer, *_ in QUESTIONS]
    nbformat.write(notebook(right, hidden=True), home / f"source/{NAME}/{NAME}.ipynb")
    for k in range(students):
        answers = list(right)
        if k % 3 == 0:
            i = k // 3 % len(QUESTIONS)
            answer, good, bad, _ = QUESTIONS[i]
            answers[i] = answer.replace(good, bad)
        # Two groups, so that two stock processes can share the class.
        folder = home / "submitted" / f"{'ab'[k % 2]}{k:04}" / NAME
        folder.mkdir(parents=True)
        nbformat.write(notebook(answers, hidden=False), folder / f"{NAME}.ipynb")
    return home
