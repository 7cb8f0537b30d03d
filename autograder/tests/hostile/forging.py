"""Results forged in the process where the code runs: IPython's hooks, and Python's own.

Where tests run in the same process, each gains points, and the corpus proves it.
"""

from hostile.corpus import cheat

_KERNEL = "it needs a kernel's messages, and the proof runs without one"

_FORGERIES = {
    "exceptions_are_never_shown": """
        ip = get_ipython()
        ip.showtraceback = ip._showtraceback = lambda *a, **k: None
        """,
    "an_exception_hook_that_swallows": """
        get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)
        """,
    "displayhook_before_an_error": """
        ip = get_ipython()
        def forge(*_):
            ip.displayhook(1)
        ip.events.register("pre_run_cell", forge)
        """,
    "displayhook_replaced": """
        ip = get_ipython()
        real = ip.run_code
        async def run_code(code, result=None, **more):
            ip.displayhook(1)
            return False
        ip.run_code = run_code
        """,
    "asserts_dropped_from_the_syntax_tree": """
        import ast
        class NoTests(ast.NodeTransformer):
            def generic_visit(self, node):
                if isinstance(node, ast.stmt):
                    return ast.copy_location(ast.Pass(), node)
                return super().generic_visit(node)
        get_ipython().ast_transformers.append(NoTests())
        """,
    "asserts_dropped_from_the_input": """
        ip = get_ipython()
        def clean(lines):
            return ["pass\\n"] if any("assert" in line for line in lines) else lines
        ip.input_transformers_cleanup.append(clean)
        ip.input_transformers_post.append(clean)
        """,
    "the_compiler_replaced": """
        ip = get_ipython()
        class Lenient(type(ip.compile)):
            def __call__(self, tree, *args, **more):
                return compile("None", "x", "exec")
        ip.compile.__class__ = Lenient
        """,
    "run_cell_wrapped": """
        ip = get_ipython()
        real = ip.run_cell
        ip.run_cell = lambda *a, **k: real("None")
        """,
    "output_cleared_after_each_cell": """
        from IPython.display import clear_output
        def clean(*_):
            clear_output()
        get_ipython().events.register("post_run_cell", clean)
        """,
    "names_of_the_user_lie": """
        ip = get_ipython()
        class Yes:
            def __getattr__(self, name): return Yes()
            def __call__(self, *a, **k): return Yes()
            def __eq__(self, other): return True
            def __len__(self): return 2
            def __iter__(self): return iter([Yes(), Yes()])
        add = squares = running_sum = evens = Tally = scaled = Yes()
        """,
    "fake_checks_are_imported": """
        import sys, types
        fake = types.ModuleType("checks")
        fake.__path__ = []
        fake.h1 = types.ModuleType("checks.h1")
        fake.h1.running_sum = lambda answer: None
        sys.modules["checks"], sys.modules["checks.h1"] = fake, fake.h1
        def running_sum(xs): return []
        """,
    "a_finder_gives_fake_checks": """
        import sys, importlib.machinery, importlib.abc
        class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] == "checks":
                    return importlib.machinery.ModuleSpec(name, self, is_package=True)
            def create_module(self, spec): return None
            def exec_module(self, module):
                module.running_sum = lambda answer: None
        sys.meta_path.insert(0, Finder())
        for name in [n for n in sys.modules if n.split(".")[0] == "checks"]:
            del sys.modules[name]
        def running_sum(xs): return []
        """,
    "import_replaced": """
        import builtins, types
        real = builtins.__import__
        def fake(name, *args, **more):
            if name.startswith("checks"):
                h1 = types.SimpleNamespace(running_sum=lambda answer: None)
                return types.SimpleNamespace(h1=h1)
            return real(name, *args, **more)
        builtins.__import__ = fake
        def running_sum(xs): return []
        """,
    "points_are_set_by_a_trace_function": """
        import sys
        def trace(frame, event, arg):
            if "earned" in frame.f_globals:
                frame.f_globals["earned"] = 2.0
            return trace
        class Never:
            def __eq__(self, other): return False
        def evens(n):
            frame = sys._getframe(1)
            frame.f_trace = trace
            sys.settrace(trace)
            return Never()
        """,
}
for _name, _code in _FORGERIES.items():
    cheat(_name, "forging", _code)

cheat(
    "a_result_sent_with_the_tests_parent_header",
    "forging",
    """
    try:
        ip = get_ipython()
        kernel = ip.kernel
        kernel.session.send
        def forge(*_):
            content = {"data": {"text/plain": "100"}, "metadata": {}}
            content["execution_count"] = 1
            kernel.session.send(kernel.iopub_socket, "execute_result", content,
                                parent=kernel.get_parent())
        ip.events.register("pre_run_cell", forge)
    except AttributeError:
        print("there is no kernel")
    """,
    unshown=_KERNEL,
    says="there is no kernel",
)
cheat(
    "do_execute_wrapped",
    "forging",
    """
    from ipykernel.ipkernel import IPythonKernel
    async def do_execute(self, *args, **more):
        return {"status": "ok", "execution_count": 1, "payload": []}
    IPythonKernel.do_execute = do_execute
    IPythonKernel.execute_request = do_execute
    """,
    unshown=_KERNEL,
)
for _kind in ("SystemExit", "KeyboardInterrupt", "GeneratorExit", "Bye"):
    cheat(
        f"every_answer_raises_{_kind}",
        "forging",
        f"""
        class Bye(BaseException):
            pass
        def add(*args):
            raise {_kind}(0)
        running_sum = squares = evens = Tally = scaled = add
        """,
        unshown="today's IPython takes it for an error; others end the notebook",
    )
