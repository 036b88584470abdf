"""Reports and results that show themselves: at a prompt, in a terminal with colours, and in a notebook."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader import verdict

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text as RichText


class _Shown(ABC):
    """Text in a terminal, colour with `rich`, a table in a notebook."""

    @abstractmethod
    def _rendered(self, width: int, colour: bool) -> str:
        """The text, in lines of so many characters at most."""

    def __repr__(self) -> str:
        return self._rendered(80, colour=False).rstrip()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RichText]:
        from rich.text import Text as RichText

        yield RichText.from_ansi(self._rendered(options.max_width, colour=True).rstrip("\n"))


@dataclass(frozen=True, repr=False)
class ShownReport(_Shown, verdict.Report):
    """The report of a submission, which shows itself."""

    def _rendered(self, width: int, colour: bool) -> str:
        from grader.reports import terminal

        return terminal.render(self, colour=colour, width=width)

    def _repr_html_(self) -> str:
        from grader.reports.html import report_html

        return report_html(self)


@dataclass(frozen=True, repr=False)
class ShownResult(_Shown, verdict.QuestionResult):
    """The marks of one question, which show themselves."""

    def _rendered(self, width: int, colour: bool) -> str:
        from grader.reports import terminal

        whole = terminal.render(verdict.Report("", "", (self,)), colour=colour, width=width)
        return whole.partition("\n\n")[2]  # without the headline, which is about submissions

    def _repr_html_(self) -> str:
        from grader.reports.html import question_html

        return question_html(self)
