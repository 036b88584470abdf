from ..answers.helpers import no_hang, run
from .small_class import graded_folder, marked_class, one_class, small_class

__all__ = ["graded_folder", "marked_class", "no_hang", "one_class", "run", "small_class"]
