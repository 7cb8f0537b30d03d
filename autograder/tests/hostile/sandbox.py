"""Code that tries to get out of its process, and out of the sandbox."""

from hostile.corpus import cheat, tries

# Raw system calls of x86_64, by ctypes; a call that returns 0 or more got through.
_CALL = """
import ctypes, os, platform
_C = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    if platform.machine() != "x86_64":
        return False
    args = [ctypes.c_char_p(a) if isinstance(a, bytes) else ctypes.c_long(a)
            for a in args]
    return _C.syscall(ctypes.c_long(number), *args) >= 0
"""

_ATTEMPTS = {
    "namespaces_are_made": [
        "return call(272, 0x10000000)",  # unshare, CLONE_NEWUSER
        "return call(272, 0x00020000)",  # CLONE_NEWNS
        "return call(272, 0x40000000)",  # CLONE_NEWNET
        "return call(435, 0, 88)",  # clone3
        "import os\nreturn os.system('unshare -Ur true 2>&1') == 0",
    ],
    "namespaces_are_entered": [
        """
        import os
        for kind in ("mnt", "user", "pid", "net", "ipc"):
            for pid in (1, 2, os.getppid()):
                try:
                    handle = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
                except OSError:
                    continue
                if call(308, handle, 0):
                    return True
        """,
        "return call(434, 1, 0) and call(438, 3, 0, 0)",  # pidfd_open, pidfd_getfd
    ],
    "file_systems_are_mounted": [
        'return call(165, b"none", b"/tmp", b"tmpfs", 0, 0)',
        'return call(165, b"/", b"/tmp", b"none", 4096, 0)',
        'return call(165, b"none", b"/", b"none", 32, 0)',  # MS_REMOUNT
        'return call(166, b"/tmp", 2)',  # umount2
        'return call(428, -100, b"/", 1)',  # open_tree
        'return call(430, b"tmpfs", 0)',  # fsopen
        'return call(161, b"/tmp")',  # chroot
        'return call(155, b"/", b"/tmp")',  # pivot_root
    ],
    "processes_are_traced": [
        "import os\nreturn call(101, 16, os.getppid(), 0, 0)",  # PTRACE_ATTACH
        "return call(101, 16, 1, 0, 0)",
        "return call(101, 0x4206, 1, 0, 0)",  # PTRACE_SEIZE
        "import os\nreturn call(310, os.getppid(), 0, 0, 0, 0, 0)",
        "import os\nreturn call(311, os.getppid(), 0, 0, 0, 0, 0)",
    ],
    "other_processes_are_seen": [
        """
        import os
        found = {int(n) for n in os.listdir("/proc") if n.isdigit()}
        return found - {os.getpid()}
        """,
        'return open("/proc/1/environ").read().count("HOME=/root")',
        """
        import os
        return any(os.path.exists(f"/proc/{n}/root@COURSE@") for n in (1, 2, "self"))
        """,
        """
        import os
        return open(f"/proc/{os.getppid()}/mem", "r+b")
        """,
        'return "nursery" in open("/proc/1/cmdline").read() and os.getpid() != 1',
    ],
    "the_kernel_is_told": [
        'return open("/proc/sys/kernel/core_pattern", "w").write("|/bin/sh")',
        'return open("/proc/sysrq-trigger", "w").write("b")',
        'return open("/proc/sys/vm/overcommit_memory", "w").write("1")',
        'return open("/proc/self/oom_score_adj", "w").write("-1000")',
        'return open("/proc/self/uid_map", "w").write("0 0 1000")',
        """
        import glob
        return [open(path, "w") for path in glob.glob("/sys/**/*max*", recursive=True)]
        """,
        'import os\nreturn os.listdir("/sys/fs/cgroup")',
    ],
    "wide_interfaces_of_the_kernel": [
        "return call(425, 8, bytes(120))",  # io_uring_setup
        "return call(321, 0, bytes(64), 64)",  # bpf
        "return call(298, bytes(128), 0, -1, -1, 0)",  # perf_event_open
        "return call(323, 0)",  # userfaultfd
        "return call(250, 0, -3, 1)",  # keyctl
        'return call(248, b"user", b"x", b"y", 1, -3)',  # add_key
        "return call(300, 0, 0)",  # fanotify_init
        "return call(135, 0x0040000)",  # personality, ADDR_NO_RANDOMIZE
        "return call(246, 0, 0, 0, 0)",  # kexec_load
        'return call(175, b"", 0, b"")',  # init_module
        "return call(169, 0xfee1dead, 672274793, 0, 0)",  # reboot, CAD_OFF
        "return call(227, 0, bytes(16))",  # clock_settime
        'return call(170, b"x", 1)',  # sethostname
    ],
    "privileges_are_gained": [
        "import os\nos.setuid(12345)\nreturn True",
        "import os\nos.setgroups([0])\nreturn True",
        'import os\nos.mknod("/tmp/disk", 0o60600, os.makedev(8, 0))\nreturn True',
        """
        import os, shutil
        shutil.copy("/bin/sh", "/tmp/sh")
        os.chmod("/tmp/sh", 0o4755)
        out = os.popen("/tmp/sh -p -c 'cat /proc/self/status'").read()
        found = [l for l in out.splitlines() if l.startswith("CapEff")]
        return found and int(found[0].split()[1], 16)
        """,
        """
        text = open("/proc/self/status").read()
        found = [l for l in text.splitlines() if l.startswith(("CapEff", "CapPrm"))]
        return any(int(line.split()[1], 16) for line in found)
        """,
        """
        return "NoNewPrivs:\\t1" not in open("/proc/self/status").read()
        """,
        'import os\nreturn os.system("sudo -n true 2>&1; su -c true 2>&1") == 0',
    ],
    "limits_are_lifted": [
        """
        import resource as r
        for name in ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CPU"):
            soft, hard = r.getrlimit(getattr(r, name))
            try:
                r.setrlimit(getattr(r, name), (r.RLIM_INFINITY, r.RLIM_INFINITY))
                return name
            except (ValueError, OSError):
                pass
        """,
        "import os\nos.nice(-5)\nreturn True",
        "import os\nos.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))",
    ],
    "libraries_are_written": [
        """
        import numpy, os
        return open(numpy.__file__, "a")
        """,
        """
        import examiner
        return open(examiner.__file__, "r+")
        """,
        """
        import sys
        return open(sys.executable, "r+b")
        """,
        """
        import site, pathlib
        for place in site.getsitepackages():
            pathlib.Path(place, "@MARK@.pth").write_text("import os")
        return True
        """,
        'return open("/etc/passwd", "a")',
        """
        import os
        os.rename("/usr", "/usr2")
        return True
        """,
    ],
    "files_that_were_left_open": [
        """
        import os, stat
        found = []
        for n in os.listdir("/proc/self/fd"):
            try:
                kind = os.stat(f"/proc/self/fd/{n}").st_mode
            except OSError:
                continue
            if not (stat.S_ISCHR(kind) or stat.S_ISSOCK(kind) or stat.S_ISDIR(kind)):
                found.append(os.readlink(f"/proc/self/fd/{n}"))
        return found
        """,
        """
        import os
        return [n for n in os.listdir("/proc/self/fd") if "@COURSE@" in
                os.path.realpath(f"/proc/self/fd/{n}")]
        """,
        'return open("/dev/tty", "w")',
        """
        import fcntl, termios
        return fcntl.ioctl(0, termios.TIOCSTI, b"x") == b"x"
        """,
        """
        import os
        return [n for n in os.listdir("/proc/self/fd") if n.isdigit() and
                os.path.isdir(f"/proc/self/fd/{n}/../../../@COURSE@")]
        """,
    ],
    "devices_of_the_machine": [
        """
        import os
        usual = {"null", "zero", "full", "random", "urandom", "tty", "console", "pts",
                 "ptmx", "shm", "mqueue", "fd", "stdin", "stdout", "stderr", "core"}
        return set(os.listdir("/dev")) - usual
        """,
        'return open("/dev/mem", "rb")',
        'return open("/dev/kmsg", "w")',
        'import os\nreturn os.path.exists("/var/run/docker.sock")',
        'import os\nreturn os.path.exists("/run/dbus/system_bus_socket")',
        'return open("/proc/kcore", "rb").read(1)',
    ],
}
for _name, _attempts in _ATTEMPTS.items():
    cheat(_name, "sandbox", _CALL + tries(*_attempts), says="all tried")
