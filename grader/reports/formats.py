"""The formats of a report, in one table: each has its own options, and is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Protocol

from grader.audience import Audience, redacted
from grader.deferred import dataclass, replace

if TYPE_CHECKING:
    from pathlib import Path

    from grader.verdict import Report


class Format(Protocol):
    """A way to write a report for its `audience`; the other fields of a format are its options."""

    @property
    def audience(self) -> Audience: ...

    def render(self, report: Report) -> str: ...


@dataclass(frozen=True)
class PlainFormat:
    """A format without options: the function `render(report)` of a module in `grader.reports`."""

    module: str
    audience: Audience = Audience.STUDENT

    def render(self, report: Report) -> str:
        return str(import_module(f"grader.reports.{self.module}").render(report))


@dataclass(frozen=True)
class TerminalFormat:
    """Text for people, in lines of at most `width` columns."""

    colour: bool = False
    width: int = 80
    audience: ClassVar = Audience.STUDENT

    def render(self, report: Report) -> str:
        from grader.reports import terminal

        return terminal.render(report, colour=self.colour, width=self.width)


@dataclass(frozen=True)
class HtmlFormat:
    """A page; `made_from` is a digest of what it was made from, by which it is told whether it is as it should be."""

    made_from: str = ""
    audience: Audience = Audience.STUDENT

    def render(self, report: Report) -> str:
        from grader.reports import html

        return html.render(report, self.made_from)


@dataclass(frozen=True)
class GradescopeFormat:
    """Gradescope's results.json; `metadata` is the platform's file about the submission (None: in its usual place).

    The file is for staff: it says itself which of its texts students see, and only `show_expected` puts expected values
    into those.
    """

    metadata: Path | None = None
    show_expected: bool = False
    audience: ClassVar = Audience.STAFF

    def render(self, report: Report) -> str:
        from grader.reports import gradescope, gradescope_metadata

        file = self.metadata or gradescope_metadata.METADATA_FILE
        metadata = gradescope_metadata.read_metadata(file) if self.metadata or file.is_file() else None
        return gradescope.render(report, metadata, show_expected=self.show_expected)


@dataclass(frozen=True)
class ResultsFormat:
    """What a platform reads and shows to students: `render(report)` of a module, without what they may not see there.

    It is asked for by staff, who may open expected values to students with `show_expected`.
    """

    module: str
    show_expected: bool = False
    audience: ClassVar = Audience.STAFF

    def render(self, report: Report) -> str:
        shown = redacted(report, Audience.PLATFORM, show_expected=self.show_expected)
        return str(import_module(f"grader.reports.{self.module}").render(shown))


@dataclass(frozen=True)
class GithubFormat:
    """Annotations for GitHub Actions; `folder` is where the submission lies in its repository."""

    folder: str = ""
    audience: ClassVar = Audience.STUDENT

    def render(self, report: Report) -> str:
        from grader.reports import github

        return github.render(report, self.folder)


FORMATS: Mapping[str, Format] = {
    "terminal": TerminalFormat(),
    "json": PlainFormat("json"),
    "html": HtmlFormat(),
    "gradescope": GradescopeFormat(),
    "junit": PlainFormat("junit"),
    "markdown": PlainFormat("markdown"),
    "github": GithubFormat(),
    "classroom": PlainFormat("classroom"),
    "prairielearn": ResultsFormat("prairielearn"),
    "autolab": ResultsFormat("autolab"),
    "submitty": ResultsFormat("submitty"),
    "artemis": ResultsFormat("junit"),
}
"""The formats by the name that the command knows them by, with their options as they are if nothing is said."""


def with_expected_values(formats: Mapping[str, Format], *, show_expected: bool) -> dict[str, Format]:
    """The formats, of which those for platforms let students see expected values if `show_expected`."""
    return {
        name: replace(format, show_expected=show_expected) if isinstance(format, ResultsFormat) else format
        for name, format in formats.items()
    }


def render(report: Report, format: Format) -> str:
    """The report as text: all that the audience of the format may see, and nothing else."""
    return format.render(redacted(report, format.audience))
