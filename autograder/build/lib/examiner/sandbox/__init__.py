"""Keep a student's code away from everything but its own scratch folder.

Bubblewrap gives the fork server a world of its own: no network, a read-only view of
Python and nothing of the course. Inside it each student's process gets namespaces,
folders and limits of its own, and loses all privileges before the first cell runs.

In reading order:

- ``limits``: what a student's process may use.
- ``bubblewrap``: the world around the fork server.
- ``files``: the files that lie beside a student's code.
- ``confine``: what a process gives up before a student's code runs in it.
- ``landlock``: what it may still change of the file system.
- ``seccomp``: the system calls that it may not make.
- ``levels``: how much of this the machine can do.
"""

from examiner.sandbox.limits import Limits

__all__ = ["Limits"]
