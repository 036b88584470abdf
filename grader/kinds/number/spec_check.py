"""A number question put to the test: its value, its tolerance, and what else it takes for right or nearly right."""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from grader.documents import ScalarNode
from grader.errors import SourceLocation
from grader.formulas import Different, Setting, Symbols, Unsettled, decide, is_equal, read_formula
from grader.kinds.finding import Finding, known_answers
from grader.kinds.number.question import NumberQuestion
from grader.kinds.number.score import is_within, score_number
from grader.kinds.number.writings import plain_writing
from grader.language.build import ZERO
from grader.language.parse import ExpressionError
from grader.language.tree import Binary, Number, Tree


def check_number_question(question: NumberQuestion) -> Iterator[Finding]:
    """Known answers against their marks; the value, near misses and accepted writings against each other."""
    if not _same(question.value, question.value):
        text = "the right answer has no value, so that nobody can give it: correct it"
        yield Finding(question.id, "fail", text, place=question.place("value"))
    elif isinstance(decide(ZERO, question.value, Setting(Symbols())), Unsettled):
        text = "the right answer cannot be worked out, so that no other way of writing it is known as right: correct it"
        yield Finding(question.id, "fail", text, place=question.place("value"))
    else:
        yield from _tolerance(question)
        yield from _near(question)
        yield from _accepted(question)
    yield from known_answers(question, lambda text: score_number(question, text))


def _same(one: Tree, other: Tree) -> bool:
    return is_equal(decide(one, other, Setting(Symbols())))


def _is_right(question: NumberQuestion, tree: Tree) -> bool:
    return _same(tree, question.value) or is_within(tree, question.value, question.tolerance)


def _tolerance(question: NumberQuestion) -> Iterator[Finding]:
    if question.tolerance is None:
        return
    place = question.place("tolerance")
    half = Binary("/", question.value, Number(fmpq(2)))
    if not is_within(ZERO, ZERO, question.tolerance):
        yield Finding(question.id, "fail", "`tolerance` is below 0 or has no value: say 0 or more", place=place)
    elif not _same(ZERO, question.value) and is_within(half, question.value, question.tolerance):
        answer = "the answer 0" if is_within(ZERO, question.value, question.tolerance) else "half of the right number"
        yield Finding(question.id, "warn", f"{answer} is right within the tolerance: narrow it", place=place)


def _near(question: NumberQuestion) -> Iterator[Finding]:
    """Near misses that are right, or the same as an earlier one, so that their marks are never given."""
    earlier: list[tuple[int, Tree]] = []
    written = {plain_writing(text): "one of the accepted answers" for text in question.accepts}
    for i, near in enumerate(question.near):
        name = f"near[{i + 1}]"
        if near.value is not None:
            place = question.place("near", i, "value")
            if _is_right(question, near.value):
                within = "" if _same(near.value, question.value) else ", within the tolerance"
                text = f"{name} is the right number{within}, and earns everything: give another one"
                yield Finding(question.id, "fail", text, place=place)
            for j, other in earlier:
                if _same(near.value, other):
                    text = f"{name} is the same number as near[{j + 1}], which is found first: leave one out"
                    yield Finding(question.id, "fail", text, place=place)
            earlier.append((i, near.value))
        for n, text in enumerate(near.writes):
            if plain_writing(text) in written:
                message = f"{name}: {text!r} is {written[plain_writing(text)]}: leave one out"
                yield Finding(question.id, "fail", message, place=question.place("near", i, "writes", n))
            written.setdefault(plain_writing(text), f"written in {name} already")


def _accepted(question: NumberQuestion) -> Iterator[Finding]:
    """Accepted writings that stand there twice, or can be read and are other numbers."""
    plain = [plain_writing(text) for text in question.accepts]
    for n, text in enumerate(question.accepts):
        if plain[n] in plain[:n]:
            message = f"{text!r} is accepted already as {question.accepts[plain.index(plain[n])]!r}: leave one out"
            yield Finding(question.id, "warn", message, place=question.place("accepts", n))
        try:
            tree = read_formula(ScalarNode(text, SourceLocation("")), Symbols()).tree
        except ExpressionError:  # taken word for word, for what is no number
            continue
        if isinstance(decide(tree, question.value, Setting(Symbols())), Different) and not _is_right(question, tree):
            message = f"{text!r}, which is accepted, is another number than the value: correct one of them"
            yield Finding(question.id, "fail", message, place=question.place("accepts", n))
