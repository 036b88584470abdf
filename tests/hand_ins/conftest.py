from ..answers.helpers import assignment, course, graded, no_hang, run, shared_course

__all__ = ["assignment", "course", "graded", "no_hang", "run", "shared_course"]
