"""The entry point of the command, for `grader` and `python -m grader`: Ctrl-C ends it quietly from its start on.

All else is imported once an interrupt is heeded, as these imports take longer than many a command does.
"""

import sys


def start() -> None:
    """Runs the command; one that is interrupted before it can say so ends with 130 and without a word."""
    try:
        from grader.startup import leave_current_folder, look_for_cycles_less_often

        leave_current_folder()  # `-m` has put it first on the path, and a student's `click.py` may lie there
        look_for_cycles_less_often()
        from grader.cli import main

        main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    start()
