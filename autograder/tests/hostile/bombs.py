"""Code that takes all there is: memory, processes, files, the disk, the screen."""

from hostile.corpus import FULL, LOST, RIGHT, attack, hand_in, spoil

_GONE = LOST  # which limit is met first may differ from machine to machine
_MEMORY = {"MEMORY", "DIED"}
_BOMBS = {
    "memory_in_one_process": (
        "x = []\nwhile True: x.append(bytearray(b'x' * 10**7))",
        _MEMORY,
    ),
    "memory_in_one_piece": ("x = b'x' * 2**36", _MEMORY),
    # Twice what is allowed, and no more: this must not take the machine down.
    "memory_in_many_processes": (
        """
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                x = b'x' * 2**27
                time.sleep(1000)
        time.sleep(2)
        """,
        _MEMORY,
    ),
    "memory_by_mmap": (
        """
        import mmap
        boxes = []
        for _ in range(16):
            box = mmap.mmap(-1, 2**26, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            box.write(b'x' * 2**26)
            boxes.append(box)
        import time
        time.sleep(1)
        """,
        _GONE,
    ),
    "memory_by_shared_mmap_of_many": (
        """
        import mmap, os, time
        for _ in range(8):
            if os.fork() == 0:
                box = mmap.mmap(-1, 2**27, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
                box.write(b'x' * 2**27)
                time.sleep(1000)
        time.sleep(2)
        """,
        _MEMORY,
    ),
    "memory_by_memfd": (
        """
        import os, time
        for _ in range(64):
            handle = os.memfd_create("x")
            for _ in range(16): os.write(handle, bytes(2**20))
        time.sleep(1)
        """,
        _GONE,
    ),
    "memory_in_a_numpy_array": ("x = np.ones(2**34)", _MEMORY),
    "memory_in_a_torch_tensor": ("import torch\nx = torch.ones(2**34)", _GONE),
    "memory_in_pipes_and_sockets": (
        """
        import socket
        kept = []
        for _ in range(1000):
            pair = socket.socketpair()
            kept.append(pair)
            for box in pair:
                box.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**26)
                box.setblocking(False)
                while True:
                    try: box.send(bytes(2**16))
                    except BlockingIOError: break
        """,
        _GONE,
    ),
    "forks": (
        """
        import os
        while True:
            try: os.fork()
            except OSError: pass
        """,
        _GONE,
    ),
    "forks_of_a_shell": (
        "import os\nos.system(':(){ :|:& };:')\nwhile True: pass",
        _GONE,
    ),
    "threads": (
        """
        import threading, time
        while True: threading.Thread(target=time.sleep, args=(1000,)).start()
        """,
        _GONE,
    ),
    "open_files": ("x = []\nwhile True: x.append(open('/dev/null'))", {"ERROR"}),
    "a_full_home": (
        "with open('big', 'wb') as f:\n    while True: f.write(bytes(2**20))",
        _GONE,
    ),
    "a_full_tmp": (
        """
        n = 0
        while True:
            with open(f'/tmp/{n}', 'wb') as f: f.write(bytes(2**20))
            n += 1
        """,
        _GONE,
    ),
    "a_full_shared_memory": (
        "with open('/dev/shm/x', 'wb') as f:\n    while True: f.write(bytes(2**20))",
        _GONE,
    ),
    "tiny_files": (
        "n = 0\nwhile True:\n    open(f'/tmp/{n}', 'w').close()\n    n += 1",
        _GONE,
    ),
    "folders_in_folders": (
        "import os\nwhile True:\n    os.mkdir('d')\n    os.chdir('d')",
        _GONE,
    ),
    "message_queues_and_semaphores": (
        """
        import ctypes
        C, n = ctypes.CDLL(None), 0
        while C.shmget(n + 1, 2**26, 0o1777) >= 0 or C.semget(n + 1, 100, 0o1777) >= 0:
            n += 1
            if n > 10**6: break
        raise RuntimeError(n)
        """,
        _GONE,
    ),
    "a_zip_bomb_unpacked": (
        """
        import zlib
        bomb = b'\\0' * 2**20
        out = zlib.compressobj()
        packed = b''.join(out.compress(bomb) for _ in range(4096)) + out.flush()
        zlib.decompress(packed)
        """,
        _GONE,
    ),
}
for _name, (_code, _outcomes) in _BOMBS.items():
    _own = "\n".join(line.removeprefix("        ") for line in _code.split("\n"))
    _text = f"{_own.strip()}\ndef add(a, b): return a + b"
    spoil(f"a_bomb_of_{_name}", "bombs", "q1", _text, _outcomes)

spoil(
    "a_call_that_takes_all_memory",
    "bombs",
    "q1",
    "def add(a, b):\n    x = []\n    while True: x.append(bytearray(b'x' * 10**7))",
    _MEMORY,
)
spoil(
    "a_call_that_returns_a_gigabyte",
    "bombs",
    "q2",
    "def running_sum(xs): return 'x' * 2**28",
)

# Loud, but right: the answer counts, and the output is cut.
_LOUD = {
    "20_mb_of_text": "print('x' * 20_000_000)",
    "2_million_lines": "print('x\\n' * 2_000_000)",
    "100000_prints": "for i in range(100_000): print(i)",
    "20_mb_of_html": "from IPython.display import HTML, display\n"
    "display(HTML('<p>' * 5_000_000))",
    "3000_displays": "from IPython.display import display\n"
    "for i in range(3000): display(i)",
    "20_mb_on_stderr": "import sys\nprint('x' * 20_000_000, file=sys.stderr)",
    "20_mb_on_the_real_stdout": "import os\nos.write(1, b'x' * 20_000_000)",
    "10000_warnings": "import warnings\n"
    "for i in range(10_000): warnings.warn(f'careful {i}')",
    "a_figure_of_many_points": "import matplotlib.pyplot as plt\n"
    "for i in range(3):\n    plt.plot(np.random.rand(5000))\n    plt.show()",
    "threads_that_print_later": "import threading, time\n"
    "def late():\n    while True:\n        print('late')\n        time.sleep(0.001)\n"
    "threading.Thread(target=late, daemon=True).start()",
}
for _name, _code in _LOUD.items():

    def _make(folder, notebook, code=_code):
        hand_in(folder, notebook, {**RIGHT, "q1": f"{RIGHT['q1']}\n{code}"})

    _make.__name__ = f"output_of_{_name}"
    attack("bombs", score=FULL, outcomes={"q1_test": {"PASS"}})(_make)
