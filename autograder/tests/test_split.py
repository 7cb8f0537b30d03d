"""A student's code and the tests run apart, and the marks are right."""

import pytest
from split import LIMITS, answer, extra, given, needs, quiz, run

from examiner.job import Setup
from examiner.seed import VARIABLE, ensure_seed_file
from examiner.worker import Worker

pytestmark = pytest.mark.skipif(bool(needs()), reason=needs())
DOUBLE = answer("def double(x):\n    return x + x")


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    seed = ensure_seed_file(tmp_path_factory.mktemp("split") / "seed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(seed))
        yield from make_worker()


def make_worker():
    worker = Worker(Setup(limits=LIMITS, warm=("numpy", "torch", "matplotlib.pyplot")))
    yield worker
    worker.close()


def outcome(worker, *cells, **more):
    """Return the outcome, the points and the message of the cell ``t``."""
    cells, _ = run(worker, *cells, **more)
    return cells["t"]["outcome"], cells["t"]["points"], cells["t"]["message"]


def test_a_right_answer_gets_full_points_and_a_wrong_one_none(worker):
    right = quiz("assert double(3) == 6")
    assert outcome(worker, DOUBLE, right) == ("PASS", 2.0, "")
    wrong = outcome(worker, DOUBLE, quiz("assert double(3) == 7, 'twice 3 is 7'"))
    assert wrong[:2] == ("FAIL", 0.0)
    assert "twice 3 is 7" in wrong[2]


def test_functions_arrays_tensors_and_objects_can_be_tested_as_if_they_were_here(
    worker,
):
    state = "import numpy as np, torch\nclass Net(torch.nn.Module):\n    size = 3\n"
    state += "    def __init__(self):\n        super().__init__()\n"
    state += "        self.layer = torch.nn.Linear(2, 3)\n"
    state += "    def forward(self, x):\n        return self.layer(x)\n"
    state += "xs = np.arange(6.).reshape(2, 3)\ntable = {'a': [1, 2]}\nnet = Net()"
    cells, _ = run(
        worker,
        answer(state),
        given("import numpy as np, torch"),
        quiz(
            "assert isinstance(xs, np.ndarray) and xs.shape == (2, 3)\n"
            "np.testing.assert_allclose(xs[1], [3, 4, 5])\n"
            "assert table['a'] == [1, 2]\n"
            "assert callable(net) and net.size == 3\n"
            "y = net(torch.zeros(4, 2))\n"
            "assert y.shape == (4, 3) and isinstance(y, torch.Tensor)\n"
            "assert Net().layer(torch.zeros(1, 2)).shape == (1, 3)\n"
            "assert len(list(net.parameters())) == 2\n"
        ),
    )
    assert cells["t"]["outcome"] == "PASS", cells["t"]["message"]


def test_an_exception_of_the_students_arrives_as_its_own_kind(worker):
    code = answer("def f(x):\n    raise ValueError('no ' + str(x))")
    cell = quiz(
        "try:\n    f(3)\nexcept ValueError as e:\n    assert str(e) == 'no 3'\n"
        "else:\n    raise AssertionError"
    )
    assert outcome(worker, code, cell)[0] == "PASS"
    kind, points, message = outcome(worker, code, quiz("f(3)"))
    assert (kind, points) == ("FAIL", 0.0)
    assert "ValueError: no 3" in message


def test_a_locked_cells_names_are_the_tests_own(worker):
    cells = [given("def helper(x):\n    return x + 1\nLIMIT = 10"), DOUBLE]
    cells += [extra("LIMIT = -1\ndef helper(x):\n    return 'forged'")]
    cells += [quiz("assert helper(1) == 2 and LIMIT == 10 and double(helper(1)) == 4")]
    assert outcome(worker, *cells)[0] == "PASS"


def test_the_student_sees_a_locked_cells_names_too(worker):
    code = answer("def f(x):\n    return helper(x) * 2")
    cells = [given("def helper(x):\n    return x + 1"), code, quiz("assert f(1) == 4")]
    assert outcome(worker, *cells)[0] == "PASS"


def test_pythons_own_names_stay_pythons_unless_they_were_asked_for(worker):
    cells = [
        DOUBLE,
        extra("len = 5\nsum = print"),
        quiz("assert len([1, double(1)]) == 2"),
    ]
    assert outcome(worker, *cells)[0] == "PASS"
    code = answer("def sum(xs):\n    return 'mine'")
    cell = quiz("assert sum([1]) == 'mine'")
    assert outcome(worker, code, cell, asked=("sum",))[0] == "PASS"
    assert outcome(worker, code, cell)[0] == "FAIL"


def test_a_later_cell_of_the_students_changes_what_a_test_had_defined(worker):
    cells = [answer("x = 1"), quiz("y = x", grade_id="t0"), extra("y = 7")]
    assert outcome(worker, *cells, quiz("assert y == 7"))[0] == "PASS"


@pytest.mark.parametrize(
    ("last", "want"),
    [
        ("0.5", ("PARTIAL", 0.5)),
        ("2", ("PASS", 2.0)),
        ("0", ("FAIL", 0.0)),
        ("-1", ("MANUAL", None)),
        ("float('nan')", ("MANUAL", None)),
        ("3.5", ("MANUAL", None)),
        ("True", ("PASS", 2.0)),
        ("'0'", ("PASS", 2.0)),
        ("None", ("PASS", 2.0)),
        ("award(3)", ("PASS", 2.0)),
    ],
)
def test_only_an_instructors_number_within_bounds_is_an_award(worker, last, want):
    code = answer("def award(x):\n    return 0.001")
    assert outcome(worker, code, quiz(last))[:2] == want


def test_text_on_stderr_costs_nothing(worker):
    code = "import logging, sys, warnings\nwarnings.warn('w')\nlogging.warning('l')\n"
    code += "def f():\n    sys.stderr.write('e')\n    warnings.warn('w')\n    return 1"
    assert outcome(worker, answer(code), quiz("assert f() == 1"))[:2] == ("PASS", 2.0)


def test_figures_tables_and_text_appear_as_in_jupyterlab(worker):
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"
    code += "print('hello')\n3"
    _, notebook = run(worker, extra(code), extra("1 / 0"))
    kinds = [o.output_type for o in notebook.cells[0].outputs]
    assert sorted(kinds) == ["display_data", "execute_result", "stream"]
    (figure,) = [
        o for o in notebook.cells[0].outputs if "image/png" in o.get("data", {})
    ]
    assert figure.data["image/png"].startswith("iVBOR")
    assert notebook.cells[1].outputs[0].ename == "ZeroDivisionError"


AMOK = {
    "loops": ("while True: pass", "TIMEOUT"),
    "loops and catches everything": (
        "while True:\n    try:\n        while 1: pass\n    except BaseException: pass",
        "TIMEOUT",
    ),
    "ignores the interrupt": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "TIMEOUT",
    ),
    "sleeps": ("import time\ntime.sleep(1000)", "TIMEOUT"),
    "exits": ("import os\nos._exit(0)", "DIED"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "DIED"),
    "forks without end": (
        "import os\nwhile True: os.fork()",
        "DIED TIMEOUT ERROR FAIL",
    ),
    "takes all memory": (
        "import numpy as np\nkept = []\nwhile True: kept.append(np.ones(2**22))",
        "MEMORY",
    ),
    "forks once": ("import os\nos.fork()\n1 / 0", "ERROR FAIL"),
    "raises": ("1 / 0", "ERROR"),
}


@pytest.mark.parametrize("name", AMOK)
def test_a_cell_that_runs_amok_costs_its_own_question_alone(worker, name):
    source, want = AMOK[name]
    cells, _ = run(
        worker,
        answer("before = 5", "q1"),
        answer(source + "\nlost = 1", "q2"),
        quiz("assert lost == 1", grade_id="t2"),
        answer("after = before + 1", "q3"),
        quiz("assert (before, after) == (5, 6)", grade_id="t3"),
    )
    assert cells["t2"]["outcome"] in want.split()
    assert cells["t2"]["points"] == 0
    assert cells["t3"]["outcome"] == "PASS", cells["t3"]


@pytest.mark.parametrize("name", [n for n in AMOK if n != "raises"])
def test_a_call_that_runs_amok_costs_its_own_test_alone(worker, name):
    source, want = AMOK[name]
    body = source.replace("\n", "\n    ")
    cells, _ = run(
        worker,
        answer(f"def f():\n    {body}\ndef g():\n    return 1"),
        quiz("f()", grade_id="t1"),
        quiz("assert g() == 1", grade_id="t2"),
    )
    assert cells["t1"]["outcome"] in want.split()
    assert cells["t1"]["points"] == 0
    assert cells["t2"]["outcome"] == "PASS", cells["t2"]


BY_CASES = """
from examiner.check import Case, check
@check(points=4)
def half(rng):
    "`half(x)` returns x / 2."
    for x, points in ((2.0, 1), (4.0, 2), (-1.0, 1)):
        yield Case(name=f"x = {x:g}", args={"x": x}, want=x / 2, points=points)
half(f)
"""


@pytest.mark.parametrize(
    ("body", "outcome", "said"),
    [
        ("while x < 0: pass", "TIMEOUT", "stopped after 5 seconds"),
        ("if x < 0: import os; os._exit(3)", "DIED", "ended with code 3"),
    ],
)
def test_what_was_right_before_a_case_that_never_ends_stays_right(
    worker, body, outcome, said
):
    source = f"def f(x):\n    {body}\n    return x / 2"
    cells, _ = run(worker, answer(source), quiz(BY_CASES, points=4))
    cell = cells["t"]
    assert (cell["outcome"], cell["points"]) == (outcome, 3)
    assert "2 of 3 cases right" in cell["message"]
    assert said in " ".join(cell["message"].split())


def test_a_cell_that_never_ends_is_told_though_its_function_is_right(worker):
    source = "def f():\n    return 1\nwhile True: pass"
    cells, _ = run(worker, answer(source), quiz("assert f() == 1"))
    assert (cells["t"]["outcome"], cells["t"]["points"]) == ("TIMEOUT", 2)
    assert "stopped after 5 seconds" in cells["t"]["message"]


def test_the_first_error_is_the_one_that_is_told(worker):
    cells, _ = run(
        worker,
        answer("def f()\n    return 1"),
        given("assert f() == 1", grade_id="visible"),
        quiz("assert f() == 1"),
    )
    assert "SyntaxError" in cells["t"]["message"]
    assert cells["t"]["message"].count("NameError") == 0


def test_when_no_case_comes_back_nothing_is_earned(worker):
    source = "def f(x):\n    while True: pass"
    cells, _ = run(worker, answer(source), quiz(BY_CASES, points=4))
    assert (cells["t"]["outcome"], cells["t"]["points"]) == ("TIMEOUT", 0)


LIARS = {
    "equals everything": "__eq__ = lambda *_: True\n    __hash__ = None",
    "holds everything": "__contains__ = lambda *_: True\n"
    "    __iter__ = lambda s: iter([])",
    "is equal by reflection": "__req__ = __eq__ = lambda *_: True\n    __hash__ = None",
}


@pytest.mark.parametrize("base", ["object", "int", "str", "float", "list", "dict"])
@pytest.mark.parametrize("lie", LIARS)
def test_an_object_that_lies_about_itself_earns_nothing(worker, base, lie):
    code = f"class Liar({base}):\n    {LIARS[lie]}\ndef f(x):\n    return Liar()"
    cell = quiz("assert f(1) == 3 or 3 == f(1) or 3 in [f(1)] or (3 in f(1))")
    assert outcome(worker, answer(code), cell)[:2] == ("FAIL", 0.0)


@pytest.mark.parametrize("number", [9, 15, 19])
def test_a_signal_to_its_group_reaches_nobody_else(worker, number):
    code = f"import os\nos.kill(0, {number})\n"
    code += f"try:\n    os.kill(-1, {number})\nexcept OSError:\n    pass"
    assert outcome(worker, answer(code), quiz("assert True"))[0] == "PASS"
    assert outcome(worker, DOUBLE, quiz("assert double(3) == 6"))[0] == "PASS"


def test_nothing_that_a_hidden_test_holds_is_told(worker):
    hidden = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
    for line in ("assert double(3) == 1234", "assert False, f'secret {1234}'"):
        told = outcome(worker, DOUBLE, quiz("x = 1\n" + hidden.format(line)))
        assert told == ("FAIL", 0.0, "A hidden test failed.")
    other = "x = 1\n# SECRET\nassert False, 'told'\n# OPEN\n"
    told = outcome(worker, DOUBLE, quiz(other), hidden=("# SECRET", "# OPEN"))
    assert told[2] == "A hidden test failed: told"
    told = outcome(worker, DOUBLE, quiz(other.replace("'told'", "f'{x} told'")))
    assert "1 told" in told[2]  # not hidden by nbgrader's own words
    line = "assert False, 'Mind the sign.'"
    told = outcome(worker, DOUBLE, quiz(hidden.format(line)))[2]
    assert told == "A hidden test failed: Mind the sign."


def test_a_missing_answer_is_said_to_be_missing(worker):
    cells, _ = run(worker, answer(""), quiz("assert double(1) == 2"), missing=("q",))
    assert cells["t"]["outcome"] == "MISSING"
    assert cells["t"]["message"] == "The cell q was not handed in."


def test_what_lies_beside_the_notebook_can_be_read_and_hides_no_module(worker):
    files = {"data/a.txt": b"42", "numpy.py": b"raise SystemExit", "mine.py": b"x = 3"}
    code = "import mine, numpy\nvalue = int(open('data/a.txt').read()) + mine.x"
    cell = quiz("assert value == 45")
    assert outcome(worker, answer(code), cell, files=files)[0] == "PASS"


SPYING = {
    "the environment": "found = any('EXAM' in k or 'NBG' in k for k in os.environ)",
    "other processes": "found = sum(p.isdigit() for p in os.listdir('/proc')) > 1",
    "the machine's users": "found = os.path.exists('/etc/passwd')",
    "the course": f"found = os.path.exists({__file__!r})",
    "the network": "found = [n for _, n in socket.if_nameindex()] != ['lo']",
    "a namespace": "found = ctypes.CDLL(None).unshare(0x10000000) == 0",
    "a mount": "found = ctypes.CDLL(None).mount(b'', b'/tmp', b'tmpfs', 0, None) == 0",
    "privileges": "s = open('/proc/self/status').read()\n"
    "found = 'CapEff:\\t' + 16 * '0' not in s",
    "the system": "found = os.access('/proc/sys/kernel/core_pattern', os.W_OK)",
    "Python's own folder": "found = os.access(os.path.dirname(os.__file__), os.W_OK)",
}


@pytest.mark.parametrize("name", SPYING)
def test_a_students_code_does_not_reach(worker, name):
    code = f"import os, socket, ctypes\n{SPYING[name]}"
    assert outcome(worker, answer(code), quiz("assert found is False"))[0] == "PASS"


PLACES = ["/", "/dev", "/home", "/etc", "/usr", "/var/tmp", "/proc/sys/kernel", "/run"]


def test_a_student_can_write_to_the_own_folders_alone(worker):
    code = f"""
import os
found = []
for place in {PLACES!r} + [os.path.dirname(os.__file__)]:
    try:
        with open(f"{{place}}/left_behind", "w") as file:
            file.write("x")
        found.append(place)
    except OSError:
        pass
for place in (os.path.expanduser("~"), "/tmp", "/dev/shm", "."):
    with open(f"{{place}}/left_behind", "w") as file:
        file.write("x")
"""
    assert outcome(worker, answer(code), quiz("assert found == []"))[0] == "PASS"


def test_the_next_student_finds_nothing_of_the_last_one(worker):
    code = "secret = open('mine.csv').read()\nopen('/tmp/note', 'w').write(secret)"
    files = {"mine.csv": b"a secret of ann's"}
    cell = quiz("assert len(secret) == 17")
    assert outcome(worker, answer(code), cell, files=files)[0] == "PASS"
    code = "import os\nfound = os.listdir('/tmp') + os.listdir('.')\n"
    code += "text = 'a secret of ' + 'ann' + chr(39)\nhits = 0\n"
    code += "maps = [line.split() for line in open('/proc/self/maps')]\n"
    code += "memory = open('/proc/self/mem', 'rb', 0)\n"
    code += "for span, mode, *_ in maps:\n    if 'rw' in mode:\n"
    code += "        low, high = (int(n, 16) for n in span.split('-'))\n"
    code += "        try:\n            memory.seek(low)\n"
    code += "            hits += memory.read(high - low).count(text.encode() + b's')\n"
    code += "        except (OSError, MemoryError, OverflowError):\n            pass\n"
    cell = quiz("assert 'note' not in found and hits == 0, (found, hits)")
    assert outcome(worker, answer(code), cell)[0] == "PASS"


def test_a_process_that_a_student_leaves_behind_is_ended(worker):
    code = "import subprocess, sys\np = subprocess.Popen([sys.executable, '-c', "
    code += "'import time; time.sleep(987)'], start_new_session=True)"
    assert outcome(worker, answer(code), quiz("assert p.pid > 1"))[0] == "PASS"
    import subprocess

    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True)
    assert "time.sleep(987)" not in shown.stdout


BY_HAND = """
from examiner.ask import call_by_hand
from examiner.errors import Raised
try:
    assert call_by_hand(double, 3)[0] == 6
except Raised as raised:
    assert False, raised.kind
"""


def test_a_function_that_lets_autograd_work_is_found_in_the_sandbox(worker):
    assert outcome(worker, DOUBLE, quiz(BY_HAND))[0] == "PASS"
    lazy = answer("def double(x):\n    x.backward()\n    return 6")
    found = outcome(worker, lazy, quiz(BY_HAND))
    assert found[0] == "FAIL"
    assert "ByAutograd" in found[2]
