"""`grader.help("weights")`: a page in a notebook or at a prompt."""

from __future__ import annotations

from grader.help_pages.pages import HelpPage, help_page, list_of_topics


def help(topic: str | None = None) -> HelpPage:
    """The page of a topic, or a section of it (`keys weights`), which shows itself; without one, the list of topics.

    Raises:
        UnknownTopicError: if there is no such topic, or no such section.
    """
    if topic is None:
        return list_of_topics()
    name, _, words = topic.partition(" ")
    return help_page(name).section(words) if words else help_page(name)
