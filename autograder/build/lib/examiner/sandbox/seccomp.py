"""The system calls that a student's process may not make.

Computing needs none of them. Most need privileges that the process does not have
anyway: this is the second lock, against faults in the kernel behind the first.
"""

import errno

REFUSED = [
    # Namespaces, mounts and the root folder.
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount"),
    *("open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr"),
    # Other processes' memory and files.
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp"),
    *("process_madvise", "open_by_handle_at", "name_to_handle_at"),
    # Memory that belongs to no process, and is not counted.
    *("memfd_create", "memfd_secret"),
    # The kernel's own machinery, and wide surfaces with a history.
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter"),
    *("io_uring_register", "keyctl", "add_key", "request_key", "fanotify_init"),
    *("kexec_load", "kexec_file_load", "init_module", "finit_module"),
    *("delete_module", "reboot", "swapon", "swapoff", "acct", "quotactl", "syslog"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname"),
    *("setdomainname", "iopl", "ioperm", "nfsservctl", "lookup_dcookie", "vhangup"),
    *("mbind", "set_mempolicy", "migrate_pages", "move_pages", "personality"),
]
NEW_NAMESPACES = 0x7E020000  # the flags CLONE_NEW* of clone
TIOCSTI, TIOCLINUX = 0x5412, 0x541C  # put characters into a terminal


def available() -> bool:
    """Tell whether this machine can refuse system calls."""
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError):
        return False
    return hasattr(pyseccomp, "SyscallFilter")


def refuse_calls() -> None:
    """Refuse the calls for this process and all its children, for good.

    Raises:
        OSError: The kernel does not take the filter.
    """
    import pyseccomp as sc

    no = sc.ERRNO(errno.EPERM)
    calls = sc.SyscallFilter(sc.ALLOW)
    for name in REFUSED:
        _add(calls, no, name)
    for flag in (1 << bit for bit in range(32) if NEW_NAMESPACES >> bit & 1):
        _add(calls, no, "clone", sc.Arg(0, sc.MASKED_EQ, flag, flag))
    # Its flags lie in memory, where no filter sees them: C libraries then use clone.
    _add(calls, sc.ERRNO(errno.ENOSYS), "clone3")
    for request in (TIOCSTI, TIOCLINUX):
        _add(calls, no, "ioctl", sc.Arg(1, sc.MASKED_EQ, 0xFFFFFFFF, request))
    calls.load()


def _add(calls: object, action: int, name: str, *arguments: object) -> None:
    """Add a rule, unless this processor or library has no such call."""
    import pyseccomp as sc

    if sc.resolve_syscall(sc.Arch.NATIVE, name) >= 0:
        calls.add_rule(action, name, *arguments)
