"""The topics of the help, and a page of each: files in `grader/help/`, and pages made of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module

from grader.deferred import dataclass
from grader.errors import GraderError, did_you_mean, listed
from grader.help_pages.generated import GENERATED_PAGES

PAGE_ENDING = ".md"
FIRST_TOPICS = ("students", "begin", "teaching", "ci")
"""What somebody new reads first; those of them that there are stand at the head of the list of topics."""

MAX_MENTIONS = 6
"""Pages that are named for a word which is no topic."""

_LINK = re.compile(r"\[([^\]\n]+)\]\(([\w-]+)\.md(?:#[\w-]*)?\)")
"""A link from one page to another: `[the pages](pages.md)`."""

_EXAMPLE = re.compile(r"^\$ grader ((?:[a-z]+ ?)+)", re.MULTILINE)
"""A command of this package in an example."""


class UnknownTopicError(GraderError):
    """There is no page of this name; the message says what may be meant."""


@dataclass(frozen=True)
class HelpPage:
    """A page: Markdown that begins with a title, and shows itself in a notebook and at a prompt."""

    topic: str
    text: str

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0].removeprefix("# ")

    @property
    def plain(self) -> str:
        """The text as it is read where no link can be followed: a link names the page, `grader help TOPIC`."""
        return _LINK.sub(_named, self.text)

    def section(self, words: str) -> HelpPage:
        """The sections whose titles hold these words, below the page's own title.

        Raises:
            UnknownTopicError: if there are none.
        """
        found = [text for title, text in self._sections() if words.lower() in title.lower()]
        if found:
            return HelpPage(self.topic, "\n".join([f"# {self.title}\n", *found]))
        names = [title for title, _ in self._sections()]
        guess = did_you_mean(words, [*names, *(word for title in names for word in title.split())])
        there = listed(f"{title!r}" for title in names)
        raise UnknownTopicError(f"`grader help {self.topic}` has no section {words!r}{guess}; its sections are {there}")

    def _sections(self) -> Iterator[tuple[str, str]]:
        """The parts of the page that have titles of their own: the title without marks, and the text with it."""
        for part in re.split(r"^(?=## )", self.text, flags=re.MULTILINE)[1:]:
            yield part.partition("\n")[0].removeprefix("## ").replace("`", ""), part

    def _repr_markdown_(self) -> str:
        return self.plain

    def __repr__(self) -> str:
        return self.plain.rstrip("\n")


def _named(link: re.Match[str]) -> str:
    """`grader help pages` stays as it is; of other words the page is named behind them."""
    words, topic = link[1], link[2]
    command = f"`grader help {topic}`"
    return words if command in words else f"{words} ({command})"


def written_pages() -> Mapping[str, str]:
    """The text of each page in `grader/help/` by its topic, in the order of the topics."""
    from importlib import resources

    folder = resources.files("grader") / "help"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(PAGE_ENDING)), key=lambda file: file.name)
    return {file.name.removesuffix(PAGE_ENDING): file.read_text(encoding="utf-8") for file in files}


def topics() -> tuple[str, ...]:
    """Every topic: what somebody new reads first, then the others by name."""
    named = {*written_pages(), *GENERATED_PAGES}
    first = [topic for topic in FIRST_TOPICS if topic in named]
    return (*first, *sorted(named.difference(first)))


def help_page(topic: str) -> HelpPage:
    """The page of a topic.

    Raises:
        UnknownTopicError: if there is none.
    """
    if topic in GENERATED_PAGES:
        return HelpPage(topic, import_module(GENERATED_PAGES[topic]).page_text())
    pages = written_pages()
    if topic in pages:
        return HelpPage(topic, pages[topic])
    raise UnknownTopicError(no_topic(topic))


def no_topic(name: str, others: tuple[str, ...] = ()) -> str:
    """What is said of a name that is no topic, and none of the `others` either.

    A word of the pages is spelled right: they are named. Of any other, what is spelled alike is meant.
    """
    known = (*topics(), *others)
    found = [] if name.lower() in known else list(mentions(name))
    if found:
        plural = f"{name.lower()}s"
        guess = did_you_mean(plural, [plural]) if plural in topics() else ""
        advice = f"{guess}: it is mentioned in {listed(f'`grader help {topic}`' for topic in found[:MAX_MENTIONS])}"
    else:
        advice = did_you_mean(name, known) or ": `grader help` lists the topics"
    return f"there is no help on {name!r}{advice}"


def mentions(word: str) -> Iterator[str]:
    """The topics of the written pages that mention a word, those which do so most often first."""
    if not word.strip():
        return
    sought = re.compile(rf"(?<!\w){re.escape(word.strip())}(?!\w)", re.IGNORECASE)
    counts = {topic: len(sought.findall(text)) for topic, text in written_pages().items()}
    yield from sorted((topic for topic, count in counts.items() if count), key=lambda topic: -counts[topic])


def pages_that_show(command: str) -> tuple[str, ...]:
    """The topics of the written pages with an example of a command, `spec check`."""
    words = command.split()
    found = []
    for topic, text in written_pages().items():
        shown = {tuple(example.split()[: len(words)]) for example in _EXAMPLE.findall(text)}
        found += [topic] if tuple(words) in shown else []
    return tuple(found)


def list_of_topics() -> HelpPage:
    """The page that lists the others, a line each."""
    names = topics()
    lines = [f"- `{name}`: {help_page(name).title}" for name in names if name not in GENERATED_PAGES]
    made = [f"- `{name}`: {help_page(name).title}" for name in names if name in GENERATED_PAGES]
    head = "# Help\n\n`grader help TOPIC` shows a page, `grader help COMMAND` a command.\n"
    return HelpPage("", "\n".join([head, *lines, "\nTo look things up:\n", *made, ""]))
