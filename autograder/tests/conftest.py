import shutil
import textwrap

import pytest
from tiny_course import hand_in, make_course


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A course whose class has a right, a wrong, an empty and two unreadable works."""
    home = make_course(tmp_path_factory.mktemp("tiny"))
    hand_in(home, "ada", "def double(x):\n    return 2 * x", "Because.")
    noisy = """
        import sys
        def double(x):
            print("careful", file=sys.stderr)
            return x * x
        """
    hand_in(home, "bao", textwrap.dedent(noisy))
    hand_in(home, "cy")
    (hand_in(home, "dee") / "a0_double.ipynb").write_text('{"cells": [')
    folder = hand_in(home, "eve")
    shutil.move(folder / "a0_double.ipynb", folder / "a0_double (1).ipynb")
    return home
