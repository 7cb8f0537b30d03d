"""What an assignment closes stays closed, whichever way one comes."""

import subprocess
import sys
import textwrap

import pytest

from throughtime.assignment import write_yourself
from throughtime.errors import ThroughTimeError

CLOSED = ("bptt", "cells", "gated", "layers", "models", "spectrum", "unroll")
OPEN = (
    *("assignment", "decode", "device", "download", "errors", "graph", "images"),
    *("metrics", "plot", "shapes", "tasks", "testing", "text", "train"),
)


def _run(program):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_no_public_name_of_a_closed_module_can_be_imported():
    lines = _run(f"""
        import importlib, pkgutil
        import throughtime
        modules = [m.name for m in pkgutil.walk_packages(throughtime.__path__,
                                                         "throughtime.")]
        loaded = {{m: importlib.import_module(m) for m in modules}}
        closed = [m for m in modules if m.split(".")[1] in {CLOSED}]
        names = {{
            n for m in closed for n, value in vars(loaded[m]).items()
            if not n.startswith("_") and value.__class__.__name__ != "module"
            and getattr(value, "__module__", "") in closed
        }}
        assert {{"rnn_step", "unroll", "backward", "Weights"}} <= names, names

        throughtime.assignment.write_yourself(*{CLOSED})
        from throughtime.errors import WriteItYourself
        attempts = [f"from {{m}} import {{n}}" for m in closed for n in names]
        attempts += [f"import {{m}}" for m in closed]
        for attempt in attempts:
            try:
                exec(attempt)
            except WriteItYourself:
                continue
            raise SystemExit(attempt + " got through")
        for m in set(modules) - set(closed):
            module = importlib.import_module(m)
            handed_on = [n for n, value in vars(module).items()
                         if getattr(value, "__module__", "") in closed]
            assert not handed_on, (m, handed_on)
        print(len(attempts))
    """)
    assert int(lines[0]) > 20


@pytest.mark.parametrize("before", ["", "import throughtime.unroll, throughtime.cells"])
def test_every_way_to_import_ends_in_one_sentence(before):
    lines = _run(f"""
        import importlib, importlib.util
        {before}
        from throughtime.assignment import write_yourself
        from throughtime.errors import WriteItYourself
        write_yourself("cells")
        write_yourself("cells", "unroll")
        for attempt in (
            "import throughtime.cells",
            "import throughtime.cells as c",
            "from throughtime import cells",
            "from throughtime.cells import rnn_step",
            "from throughtime.cells import *",
            "importlib.import_module('throughtime.cells')",
            "importlib.import_module('.cells', 'throughtime')",
            "importlib.util.find_spec('throughtime.cells')",
            "__import__('throughtime.cells')",
            "from throughtime import unroll",
        ):
            try:
                exec(attempt)
            except WriteItYourself as error:
                print(error)
        import throughtime
        print(hasattr(throughtime, "cells"))
    """)
    sentence = (
        "throughtime.{} is closed here: this assignment asks you to write what is in "
        "it yourself."
    )
    cells, unroll = sentence.format("cells"), sentence.format("unroll")
    assert lines == [cells] * 9 + [unroll, "False"]


def test_modules_that_took_something_from_a_closed_one_are_unloaded_too():
    lines = _run("""
        import sys
        import types
        from throughtime import cells, text

        def later_module(name, **holds):
            module = types.ModuleType(f"throughtime.{name}")
            vars(module).update(holds)
            sys.modules[module.__name__] = module

        RNN = type("RNN", (), {"__module__": "throughtime.layers"})
        later_module("layers", rnn_step=cells.rnn_step, RNN=RNN)
        later_module("models", RNN=RNN)
        later_module("spectrum", cells=cells)

        from throughtime.assignment import write_yourself
        write_yourself("cells")
        left = {m for m in sys.modules if m.startswith("throughtime.")}
        print(sorted(left & {"throughtime." + m for m in
                             ("cells", "layers", "models", "spectrum", "text")}))
        print(sys.modules["throughtime.text"] is text)
    """)
    assert lines == ["['throughtime.text']", "True"]


def test_the_rest_of_the_library_still_imports_and_works():
    imports = "; ".join(f"import throughtime.{module}" for module in OPEN)
    lines = _run(f"""
        from throughtime.assignment import write_yourself
        write_yourself(*{CLOSED})
        {imports}
        from throughtime.text import Vocabulary
        print(Vocabulary.from_text("ab").encode("ba").tolist())
    """)
    assert lines == ["[1, 0]"]


def test_the_modules_that_may_be_open_and_closed_are_all_there_are():
    import pkgutil

    import throughtime

    modules = {module.name for module in pkgutil.iter_modules(throughtime.__path__)}
    assert modules == {*OPEN, *CLOSED}


def test_a_name_that_is_no_module_is_refused_with_the_real_ones_and_closes_nothing():
    with pytest.raises(
        ThroughTimeError, match=r"'cell' is no module.*bptt, cells, decode, dev"
    ):
        write_yourself("text", "cell")
    import throughtime.text  # noqa: F401


def test_another_process_is_not_touched():
    import throughtime.cells

    assert throughtime.cells.rnn_step
