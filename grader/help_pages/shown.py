"""`grader.help("weights")`: a page in a notebook or at a prompt."""

from __future__ import annotations

from grader.help_pages.pages import HelpPage, help_page, list_of_topics


def help(topic: str | None = None) -> HelpPage:
    """The page of a topic, which shows itself; without one, the list of topics.

    Raises:
        UnknownTopicError: if there is no such topic.
    """
    return list_of_topics() if topic is None else help_page(topic)
