from ..answers.helpers import run

__all__ = ["run"]
