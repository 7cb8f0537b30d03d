"""The command ``examiner``, which Windows is told at once that it cannot run."""

import os
import sys


def main() -> None:
    """Run the command."""
    if not hasattr(os, "fork"):
        sys.stderr.write(
            "examiner: Windows cannot fork a process, and nbgrader does not run there "
            "either. Use the Windows Subsystem for Linux: wsl --install\n"
        )
        sys.exit(2)
    from examiner.cli import main as run

    run()


if __name__ == "__main__":
    main()
