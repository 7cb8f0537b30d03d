"""Code that never ends, or ends its process: its own question is lost, no other."""

from hostile.corpus import LOST, spoil

STOPPED = {"TIMEOUT"}
ENDED = {"DIED"}

# What a cell does while it runs, after a right answer or before it.
_CELLS = {
    "an_endless_loop": ("while True: pass", STOPPED),
    "an_endless_loop_that_ignores_sigint": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        STOPPED,
    ),
    "an_endless_loop_that_catches_all": (
        "while True:\n    try:\n        while True: pass\n"
        "    except BaseException: pass",
        STOPPED,
    ),
    "an_endless_loop_in_c": ("sum(iter(int, 1))", STOPPED),
    "a_pattern_that_never_ends": (
        "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')",
        STOPPED,
    ),
    "a_power_that_never_ends": ("9 ** 9 ** 9", STOPPED),
    "a_long_sleep": ("import time\ntime.sleep(10**6)", STOPPED),
    "a_deadlock": (
        "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
        STOPPED,
    ),
    "a_thread_that_is_waited_for": (
        "import threading, time\nt = threading.Thread(target=time.sleep, args=(1e6,))\n"
        "t.start()\nt.join()",
        STOPPED,
    ),
    "an_alarm_that_never_comes": ("import signal\nsignal.pause()", STOPPED),
    "a_child_that_is_waited_for": (
        "import os, subprocess\nsubprocess.run(['sleep', '1000000'])",
        STOPPED,
    ),
    "an_end_with_code_0": ("import os\nos._exit(0)", ENDED),
    "an_end_by_segfault": ("import ctypes\nctypes.string_at(0)", ENDED),
    "an_end_by_abort": ("import os\nos.abort()", ENDED),
    "an_end_by_closed_files": ("import os\nos.closerange(0, 1000)", ENDED),
    "an_end_by_its_own_kill": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nwhile True: pass",
        ENDED | STOPPED,
    ),
    "an_end_by_recursion_in_c": (
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\n"
        "def f(n): return repr(f(n + 1)) + f(n)\nf(0)",
        LOST,
    ),
    "an_endless_recursion": ("def f(): return f()\nf()", {"ERROR"}),
    "an_exit": ("import sys\nsys.exit(0)", {"ERROR"}),
    "a_quit": ("raise SystemExit", {"ERROR"}),
    "a_question_to_the_user": ("answer = input('Your name? ')", {"ERROR"}),
    "a_password": ("import getpass\ngetpass.getpass()", {"ERROR"}),
    "an_exception_whose_str_raises": (
        "class Bad(Exception):\n    def __str__(self): raise Bad()\nraise Bad()",
        {"ERROR"},
    ),
    "an_exception_of_20_mb": ("raise ValueError('x' * 20_000_000)", {"ERROR"}),
    "a_syntax_error": ("def broken(:", {"ERROR"}),
    "brackets_500_deep": ("x = " + "(" * 500 + ")" * 500, {"ERROR"}),
    "an_expression_50000_long": ("x = " + "-" * 50_000 + "1", LOST),
}
for _name, (_code, _outcomes) in _CELLS.items():
    spoil(_name, "amok", "q1", f"{_code}\ndef add(a, b): return a + b", _outcomes)

# What a function does when a test calls it.
_CALLS = {
    "a_call_that_never_returns": ("while True: pass", STOPPED),
    "a_call_that_ignores_sigint": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        STOPPED,
    ),
    "a_call_that_sleeps": ("import time\ntime.sleep(10**6)", STOPPED),
    "a_call_that_exits_with_code_0": ("import os\nos._exit(0)", ENDED),
    "a_call_that_segfaults": ("import ctypes\nctypes.string_at(0)", ENDED),
    "a_call_that_stops_itself": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass",
        STOPPED,
    ),
    "a_call_that_recurses": ("return add(a, b)", LOST),
    "a_call_that_asks_the_user": ("return input()", LOST),
    "a_call_that_exits": ("import sys\nsys.exit(0)", LOST),
    "a_call_that_leaves_a_debugger": ("breakpoint()\nreturn 1", LOST),
    "a_call_that_hands_out_a_slow_object": (
        "class Slow:\n        def __eq__(self, other):\n            while True: pass\n"
        "    return Slow()",
        LOST,
    ),
    "a_call_whose_result_never_goes": (
        "class Slow:\n        def __del__(self):\n            while True: pass\n"
        "    Slow()\n    return a - b",
        STOPPED,
    ),
}
for _name, (_body, _outcomes) in _CALLS.items():
    _lines = _body if "    " in _body else _body.replace("\n", "\n    ")
    spoil(_name, "amok", "q1", f"def add(a, b):\n    {_lines}", _outcomes)
