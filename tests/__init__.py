"""The project's tests. Python may keep what it compiles of them and of the grader, from the first import on (see `conftest`)."""

import sys

sys.dont_write_bytecode = False
