"""What happens to honest students: nothing that was right is lost."""

from hostile.corpus import FULL, RIGHT, attack, hand_in, mishap, write

_NOISE = {
    "a_warning_of_torch": """
        import torch, warnings
        def add(a, b):
            warnings.warn("The .grad attribute of a Tensor is being accessed")
            return a + b
        """,
    "a_deprecation_warning": """
        import warnings
        warnings.simplefilter("always")
        def add(a, b):
            warnings.warn("old", DeprecationWarning)
            return a + b
        """,
    "logging": """
        import logging
        logging.basicConfig(level=logging.DEBUG)
        def add(a, b):
            logging.error("adding %s and %s", a, b)
            return a + b
        """,
    "a_progress_bar": """
        from tqdm import tqdm
        def add(a, b):
            for _ in tqdm(range(3)):
                pass
            return a + b
        """,
    "text_on_stderr": """
        import sys
        def add(a, b):
            print("working", file=sys.stderr)
            sys.stderr.flush()
            return a + b
        """,
    "text_on_the_real_stderr": """
        import os
        def add(a, b):
            os.write(2, b"working")
            return a + b
        """,
    "prints": """
        def add(a, b):
            print("a =", a, "b =", b)
            return a + b
        """,
    "a_last_line_with_a_value": """
        def add(a, b): return a + b
        -1
        """,
    "a_last_line_that_is_nan": """
        def add(a, b): return a + b
        float("nan")
        """,
    "a_closed_stdout": """
        import sys
        def add(a, b): return a + b
        sys.stdout.close()
        """,
    "stdout_replaced": """
        import io, sys
        sys.stdout = io.StringIO()
        def add(a, b): return a + b
        """,
    "another_folder": """
        import os
        os.makedirs("work", exist_ok=True)
        os.chdir("work")
        def add(a, b): return a + b
        """,
    "a_file_of_its_own": """
        with open("notes.txt", "w") as file: file.write("3")
        def add(a, b):
            with open("notes.txt") as file: file.read()
            return a + b
        """,
    "a_temporary_file": """
        import tempfile
        def add(a, b):
            with tempfile.NamedTemporaryFile() as file: file.write(b"x")
            return a + b
        """,
    "threads_of_its_own": """
        from concurrent.futures import ThreadPoolExecutor
        def add(a, b):
            with ThreadPoolExecutor(4) as pool:
                return pool.submit(lambda: a + b).result()
        """,
    "asyncio_in_a_thread": """
        import asyncio, threading
        async def work(a, b): return a + b
        def add(a, b):
            out = []
            run = lambda: out.append(asyncio.run(work(a, b)))
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
            return out[0]
        """,
    "asyncio_run": """
        import asyncio
        async def work(a, b): return a + b
        def add(a, b): return asyncio.run(work(a, b))
        """,
    "await_at_the_top": """
        import asyncio
        await asyncio.sleep(0)
        def add(a, b): return a + b
        """,
    "seeds_of_its_own": """
        import random
        random.seed(1)
        np.random.seed(1)
        def add(a, b):
            np.random.rand()
            return a + b
        """,
    "a_recursion_limit": """
        import sys
        sys.setrecursionlimit(5000)
        def add(a, b): return a + b
        """,
    "magics": """
        %matplotlib inline
        %config InlineBackend.figure_format = 'retina'
        %time x = 1
        def add(a, b): return a + b
        """,
    "a_shell_command": """
        !ls
        def add(a, b): return a + b
        """,
    "a_figure": """
        import matplotlib.pyplot as plt
        plt.plot([1, 2, 3])
        plt.show()
        def add(a, b): return a + b
        """,
    "types_and_docs": '''
        from typing import Any
        def add(a: Any, b: Any) -> Any:
            """Add a and b."""
            return a + b
        ''',
    "a_null_character": "x = '\0'\ndef add(a, b): return a + b",
    "a_lambda": "add = lambda a, b: a + b",
    "a_callable_object": """
        class Adder:
            def __call__(self, a, b): return a + b
        add = Adder()
        """,
    "a_decorator": """
        import functools
        @functools.lru_cache
        def add(a, b): return a + b
        """,
    "an_exception_that_was_caught": """
        try:
            1 / 0
        except ZeroDivisionError:
            pass
        def add(a, b): return a + b
        """,
    "an_exception_after_the_answer": """
        def add(a, b): return a + b
        print(undefined)
        """,
    "a_numpy_answer": "def add(a, b): return a + b if type(a) is str else np.add(a, b)",
}
for _name, _code in _NOISE.items():
    mishap(f"right_with_{_name}", {"q1": _code}, outcomes={"q1_test": {"PASS"}})

mishap(
    "right_with_variables_named_like_builtins",
    {
        "q7": "\n".join(
            [
                "print = 1",
                "max = 2",
                "id = 7",
                "input = 'x'",
                "type = 'y'",
                "zip = 0",
                RIGHT["q7"],
            ]
        )
    },
)
mishap("right_with_a_variable_named_all", {"q6": RIGHT["q6"] + "\n\nall = []\nlen = 3"})

for _question in ("q2", "q6"):
    for _kind, _code, _outcome in (
        ("an_exception", "1 / 0", {"ERROR"}),
        ("an_endless_loop", "while True: pass", {"TIMEOUT"}),
        ("too_much_memory", "x = [0] * 10**12", {"MEMORY"}),
        ("a_typing_error", "def (", {"ERROR"}),
        ("no_answer", "", {"ERROR"}),
    ):
        mishap(
            f"only_{_question}_has_{_kind}",
            {_question: _code},
            score=FULL - {"q2": 4, "q6": 2}[_question],
            outcomes={f"{_question}_test": _outcome},
        )

mishap(
    "half_of_q2_is_right",
    {"q2": "def running_sum(xs): return [1, 3, 6]"},
    score=FULL - 3,
    outcomes={"q2_test": {"PARTIAL"}},
)
mishap(
    "half_of_q4_is_right",
    {"q4": "def evens(n): return [0]"},
    score=FULL - 1.5,
    outcomes={"q4_test": {"PARTIAL"}},
)


@attack("mishap", score=FULL - 2, outcomes={"q1_test": {"MISSING"}})
def one_answer_is_missing(folder, notebook):
    answers = {k: v for k, v in RIGHT.items() if k != "q1"}
    hand_in(folder, notebook, answers)
    notebook.cells = [c for c in notebook.cells if c.id != "q1"]
    write(folder, notebook)


@attack("mishap", score=FULL)
def an_answer_in_a_cell_of_its_own(folder, notebook):
    answers = {k: v for k, v in RIGHT.items() if k != "q1"}
    hand_in(folder, notebook, {**answers, "q1": "# see below"})
    own = {"cell_type": "code", "id": "own", "metadata": {}, "source": RIGHT["q1"]}
    own |= {"outputs": [], "execution_count": None}
    at = [c.id for c in notebook.cells].index("q1")
    notebook.cells.insert(at + 1, own)
    write(folder, notebook)


@attack("mishap", score=FULL, outcomes={"q5": {"MANUAL"}})
def full_marks(folder, notebook):
    hand_in(folder, notebook, RIGHT)


@attack("mishap", outcomes={"q5": {"MISSING"}, "q1_test": {"FAIL", "ERROR"}})
def untouched(folder, notebook):
    write(folder, notebook)
