"""A choice put to the test: that something can be wrong, and that what is said is heard."""

from __future__ import annotations

from collections.abc import Iterator

from grader.errors import listed
from grader.kinds.choice.question import ChoiceQuestion
from grader.kinds.finding import Finding


def check_choice_question(question: ChoiceQuestion) -> Iterator[Finding]:
    """Options that are all right, or the same; choices listed twice; words about right choices."""
    right = [str(name) for name in question.source.lookup("right") or ()]
    if question.right == question.options.keys():
        text = f"every option is right ({listed(question.options)}): add one that is wrong"
        yield Finding(question.id, "warn", text, place=question.place("right"))
    for n, name in enumerate(right):
        if name in right[:n]:
            text = f"{name!r} is listed twice: leave one out"
            yield Finding(question.id, "warn", text, place=question.place("right", n))
    seen: dict[str, str] = {}
    for name, option in question.options.items():
        words = " ".join(option.lower().split())
        if words in seen:
            text = f"{name!r} and {seen[words]!r} are the same text: change one of them"
            yield Finding(question.id, "warn", text, place=question.place("options", name))
        seen.setdefault(words, name)
    for name in question.say:
        if name in question.right:
            text = f"what is said to {name!r} is never shown, because it is right: leave it out"
            yield Finding(question.id, "warn", text, place=question.place("say", name))
