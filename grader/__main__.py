"""`python -m grader`: the same as the command `grader`."""

from grader.startup import leave_current_folder, look_for_cycles_less_often

leave_current_folder()  # `-m` has put it first on the path, and a student's `click.py` may lie there
look_for_cycles_less_often()

from grader.cli import main  # noqa: E402  # only once the current folder is off the path

main()
