"""Code that leaves something: for the next student, on the disk, or running."""

from hostile.corpus import FULL, RIGHT, attack, cheat, hand_in, tries

cheat(
    "startup_files_for_the_next_student",
    "leaving",
    """
    import os, pathlib, sys, site
    text = "import builtins\\nbuiltins.HOSTILE = 'hostile-mark'\\n"
    text += "print('REACHED-' + 'IT')\\n"
    home = pathlib.Path.home()
    for place in [
        home / ".ipython/profile_default/startup/00.py",
        home / ".ipython/profile_default/ipython_config.py",
        home / ".local/share/jupyter/kernels/python3/kernel.json",
        home / ".pythonrc.py", home / "sitecustomize.py",
        *(pathlib.Path(p) / "hostile-mark.pth" for p in site.getsitepackages()),
        pathlib.Path(site.getusersitepackages()) / "usercustomize.py",
        *(pathlib.Path(p) / "sitecustomize.py" for p in sys.path if p),
        pathlib.Path("/etc/ipython/startup/00.py"),
    ]:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        except OSError as fault:
            print("refused:", fault)
    os.environ["PYTHONSTARTUP"] = str(home / ".pythonrc.py")
    print("all tried")
    """,
    says="all tried",
)
cheat(
    "the_next_student_finds_a_startup_file",
    "leaving",
    tries(
        "return HOSTILE",
        """
        import pathlib
        return list(pathlib.Path.home().rglob("*")) != []
        """,
    ),
    says="all tried",
)
cheat(
    "marks_written_outside",
    "leaving",
    """
    import os, pathlib
    for place in ["@COURSE@", "@COURSE@/submitted", "@COURSE@/checks", "/tmp",
                  os.path.expanduser("~"), ".", "..", "/", "/var/tmp", "/dev/shm",
                  "/root", "/run", "/etc", "@COURSE@/.."]:
        try:
            pathlib.Path(place, "@MARK@").write_text("x")
        except OSError as fault:
            print("refused:", fault)
    print("all tried")
    """,
    says="all tried",
)
cheat(
    "an_exit_hook_writes_outside",
    "leaving",
    """
    import atexit, os, pathlib
    def leave():
        for place in ["@COURSE@/@MARK@", "/tmp/@MARK@", "/root/@MARK@"]:
            try:
                pathlib.Path(place).write_text("x")
            except OSError:
                pass
    atexit.register(leave)
    import signal
    signal.signal(signal.SIGTERM, lambda *_: leave())
    """,
)
cheat(
    "children_that_live_on",
    "leaving",
    """
    import os, subprocess, sys
    code = "import time, sys; time.sleep(1000)"
    subprocess.Popen([sys.executable, "-c", code, "@MARK@"], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", code, "@MARK@"])
        os._exit(0)
    print("all tried")
    """,
    says="all tried",
)
cheat(
    "the_parent_is_killed",
    "leaving",
    """
    import os, signal
    for target in (os.getppid(), 1, 2, -1, 0):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(target, number)
            except OSError as fault:
                print("refused:", fault)
    """,
)


_SAVED = "\n\n".join(RIGHT.values())


@attack("leaving", score=FULL)
def answers_left_for_a_friend(folder, notebook):
    # Handed in first, with right answers, which it leaves wherever it may write.
    code = f"""
import os, pathlib, socket, sys
text = {_SAVED!r}
for place in ("/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~"), "."):
    try:
        pathlib.Path(place, "friend.py").write_text(text)
    except OSError:
        pass
try:
    from multiprocessing import shared_memory
    box = shared_memory.SharedMemory("friend", create=True, size=10000)
    box.buf[:len(text)] = text.encode()
except Exception:
    pass
server = socket.socket(socket.AF_UNIX)
server.bind("\\0friend")
server.listen()
"""
    hand_in(folder, notebook, {**RIGHT, "q1": RIGHT["q1"] + code})


cheat(
    "answers_taken_from_a_friend",
    "leaving",
    tries(
        """
        import os, pathlib
        for place in ("/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~"), "."):
            file = pathlib.Path(place, "friend.py")
            if file.exists():
                exec(file.read_text(), globals())
                return True
        """,
        """
        from multiprocessing import shared_memory
        return shared_memory.SharedMemory("friend")
        """,
        """
        import socket
        client = socket.socket(socket.AF_UNIX)
        client.connect("\\0friend")
        return True
        """,
        """
        import os
        return os.listdir("/dev/mqueue")
        """,
    ),
    says="all tried",
)

_PATCH = """
import builtins, sys
import importlib.util
def assert_allclose(*a, **k): pass
print("REACHED-" + "IT")
"""


@attack("leaving")
def files_that_shadow_modules(folder, notebook):
    for name in (
        "numpy.py",
        "torch.py",
        "json.py",
        "checks.py",
        "helpers/__init__.py",
        "checks/__init__.py",
        "examiner/__init__.py",
        "sitecustomize.py",
        "usercustomize.py",
        "ipython_config.py",
        "conftest.py",
        ".ipython/profile_default/startup/00.py",
        "nbgrader_config.py",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(_PATCH)
    hand_in(folder, notebook, {"q1": "import json, numpy, torch"})
