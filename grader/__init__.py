"""An autograder for neural-network homework whose verdicts come with a proof.

    >>> import grader
    >>> grader.check("q5", W1=1, W2=1, b2=-1.5, W3=1, b3=0).points
    Fraction(70, 1)

`load`, `check` and `help` are all that is exported, and they are imported when they are first used. `from grader import
*` leaves Python's own `help` as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from grader.api import check, load
    from grader.help_pages.shown import help as help

__all__ = ["check", "load"]


def __getattr__(name: str) -> Any:
    if name == "help":
        from grader.help_pages import shown

        return shown.help
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from grader import api

    return getattr(api, name)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext grader` does in a notebook: `%%grade q5` is known from then on."""
    from grader import notebook

    notebook.register(shell)


def __dir__() -> list[str]:
    return [*globals(), *__all__, "help"]
