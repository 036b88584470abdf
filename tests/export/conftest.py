from ..answers.helpers import assignment, course, run, shared_course
from .gradescope_platform import autograder

__all__ = ["assignment", "autograder", "course", "run", "shared_course"]
