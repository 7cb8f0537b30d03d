"""Code that reaches for the gradebook, the solutions, a classmate, the network."""

from hostile.corpus import cheat, tries

_USE = """
import pathlib, re
def use(text):
    names = {}
    for part in re.findall(r"(?:def|class) \\w+[\\s\\S]*?(?=\\n\\n|\\Z)", text):
        try:
            exec(part, names)
        except Exception:
            pass
    globals().update({k: v for k, v in names.items() if k[:1] != "_"})
"""

cheat(
    "the_gradebook_is_written",
    "reaching",
    tries(
        """
        import sqlite3
        book = sqlite3.connect("file:@COURSE@/gradebook.db?mode=rw", uri=True)
        book.execute("update grade set manual_score = 100, auto_score = 100")
        book.commit()
        return True
        """,
        """
        import pathlib
        with open("@COURSE@/gradebook.db", "ab") as file:
            return file.write(b"x")
        """,
        """
        import os
        return [os.remove(f"@COURSE@/{name}") for name in os.listdir("@COURSE@")]
        """,
    ),
    says="all tried",
)
cheat(
    "the_solution_is_read",
    "reaching",
    _USE
    + tries(
        """
        import json
        text = open("@COURSE@/source/h1/h1.ipynb").read()
        for cell in json.loads(text)["cells"]:
            use("".join(cell["source"]))
        return True
        """,
        """
        import sqlite3
        book = sqlite3.connect("file:@COURSE@/gradebook.db?mode=ro", uri=True)
        rows = book.execute("select source from source_cell").fetchall()
        for (text,) in rows:
            use(text)
        return rows
        """,
        """
        import os
        found = []
        large = {"proc", "sys", "usr", "lib", "lib64", "bin", "site-packages"}
        for top, folders, names in os.walk("/"):
            folders[:] = set(folders) - large
            found += [os.path.join(top, n) for n in names if n.startswith("h1.")]
        return found != ["/home/student/h1.ipynb"] and found
        """,
        """
        import glob
        return glob.glob("@COURSE@/*") or glob.glob("@COURSE@/../*")
        """,
    ),
    says="all tried",
)
cheat(
    "a_classmates_work_is_read",
    "reaching",
    tries(
        """
        import glob
        return glob.glob("@COURSE@/submitted/*/h1/*")
        """,
        """
        import os
        return os.listdir("@COURSE@/autograded")
        """,
        """
        import glob
        return [p for top in ("/home/*", "/tmp", "/tmp/*", "/root")
                for p in glob.glob(f"{top}/*.ipynb")]
        """,
    ),
    says="all tried",
)
cheat(
    "the_environment_tells_that_this_is_grading",
    "reaching",
    tries(
        """
        import os
        told = ("NBGRADER", "EXAMINER", "PYTEST", "COURSE", "JPY_", "JUPYTER")
        return [k for k in os.environ if any(word in k.upper() for word in told)]
        """,
        """
        import os
        return [v for v in os.environ.values() if "@COURSE@" in v]
        """,
    ),
    says="all tried",
)
cheat(
    "the_seed_is_read",
    "reaching",
    tries(
        'return open("@COURSE@/seed").read()',
        """
        from examiner.seed import generator
        return generator("running_sum") is not None
        """,
    ),
    says="all tried",
)
cheat(
    "the_network_is_used",
    "reaching",
    tries(
        """
        import socket
        return socket.create_connection(("1.1.1.1", 53), timeout=1)
        """,
        """
        import socket
        return socket.create_connection(("127.0.0.1", 22), timeout=1)
        """,
        """
        import socket
        box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        return box.sendto(b"x", ("192.0.2.1", 53))
        """,
        """
        import socket
        return [name for _, name in socket.if_nameindex() if name != "lo"]
        """,
        """
        import urllib.request
        return urllib.request.urlopen("http://127.0.0.1:8888", timeout=1)
        """,
    ),
    says="all tried",
)
