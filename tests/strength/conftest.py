from ..answers.helpers import no_hang, run

__all__ = ["no_hang", "run"]
