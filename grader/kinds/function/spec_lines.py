"""Lines of a function question that ask for nothing, for the same twice, or for what cannot be; read, not run."""

from __future__ import annotations

from collections.abc import Iterator

from grader.inputs.outputs import names_used as names_of_sizes
from grader.kinds.finding import Finding
from grader.kinds.function.question import FunctionCheck, FunctionQuestion
from grader.language.printing import to_text
from grader.language.tree import Binary, ListExpr, Number, Tree, names_in, subtrees
from grader.verdict import points_in_words

MIN_CASES = 20
"""Inputs below which a line says little about a function."""

LOOSE_RTOL = 1.0
"""From this relative tolerance on, 0 is close to every number."""


def check_lines(question: FunctionQuestion) -> Iterator[Finding]:
    """What is wrong with lines that can be seen without an answer."""
    for i, check in enumerate(question.checks):
        yield from check.aim.check_written(question, check, ("checks", i))
        for n, part in enumerate(check.partly):
            yield from part.aim.check_written(question, check, ("checks", i, "partly", n))
        yield from _tolerances(question, i, check)
        yield from _partly(question, i, check)
        yield from _lists(question, i, check)
        yield from _earlier(question, i, check)
    yield from _unused_inputs(question)


def _tolerances(question: FunctionQuestion, i: int, check: FunctionCheck) -> Iterator[Finding]:
    rows = [
        (check.rtol, ("checks", i)),
        *((part.rtol, ("checks", i, "partly", n)) for n, part in enumerate(check.partly)),
    ]
    for rtol, keys in rows:
        if rtol >= LOOSE_RTOL:
            text = (
                f"{check.name!r}: `rtol: {rtol:g}` takes wrong outputs for right ones: below {LOOSE_RTOL:g} is wanted"
            )
            yield Finding(question.id, "fail", text, place=question.place(*keys, "rtol"))


def _partly(question: FunctionQuestion, i: int, check: FunctionCheck) -> Iterator[Finding]:
    """Parts that earn all of the points, or ask for no less than the line or a part that earns more."""
    stronger = [(check.aim, check.rtol, check.atol)]
    order = sorted(range(len(check.partly)), key=lambda n: -check.partly[n].points)
    for n in order:
        part, keys = check.partly[n], ("checks", i, "partly", n)
        where = f"{check.name!r}: partly[{n + 1}]"
        if check.points and part.points == check.points:
            text = f"{where} earns all points of the line, though the line fails: say fewer than "
            text += points_in_words(check.points)
            yield Finding(question.id, "fail", text, place=question.place(*keys, "points"))
        if any(part.aim == aim and part.rtol <= rtol and part.atol <= atol for aim, rtol, atol in stronger):
            text = f"{where} is never reached: it asks for what the line asks for, or a part that earns more"
            place = question.place(*keys, part.aim.key())
            yield Finding(question.id, "fail", f"{text}: ask for less, or leave it out", place=place)
        stronger.append((part.aim, part.rtol, part.atol))


def _lists(question: FunctionQuestion, i: int, check: FunctionCheck) -> Iterator[Finding]:
    """Lists in `+` and `*`, which work entry by entry here, where Python would join or repeat them."""
    aim = check.aim
    properties = ((key, tree) for key, tree in aim.expressions().items() if aim.keys[key].sort == "property")
    for key, tree in (("when", check.when), *properties):
        for node in subtrees(tree) if tree is not None else ():
            if text := _accident(node):
                place = question.place("checks", i, key)
                yield Finding(question.id, "warn", f"{check.name!r}: {text}", place=place)


def _accident(node: Tree) -> str:
    if not isinstance(node, Binary):
        return ""
    lists = [side for side in (node.left, node.right) if isinstance(side, ListExpr)]
    if node.op == "*" and len(lists) == 1 and len(lists[0].items) == 1:
        return f"`{to_text(node)}` multiplies the entry and makes no longer list: write the list out, or use a loop"
    if node.op == "+" and len(lists) == 2 and len(lists[0].items) != len(lists[1].items):
        return f"`{to_text(node)}` adds entry by entry and joins no lists: write the whole list"
    if node.op == "+" and len(lists) == 1 and len(lists[0].items) == 1 and _is_list(node):
        return f"`{to_text(node)}` adds entry by entry and joins no lists: write the whole list"
    return ""


def _is_list(node: Binary) -> bool:
    """Whether the other side of a sum is made of a list as well."""
    return any(
        isinstance(part, ListExpr)
        for side in (node.left, node.right)
        if not isinstance(side, ListExpr | Number)
        for part in subtrees(side)
    )


def _earlier(question: FunctionQuestion, i: int, check: FunctionCheck) -> Iterator[Finding]:
    """Lines that ask for what an earlier line asks for, or for the opposite, of the same inputs."""
    for other in question.checks[:i]:
        if (check.sets, check.longest, check.when) != (other.sets, other.longest, other.when):
            continue
        place = question.place("checks", i, "name" if check.aim.pending else check.aim.key())
        if check.aim == other.aim and (check.rtol, check.atol) == (other.rtol, other.atol):
            text = f"{check.name!r} asks for what {other.name!r} asks for: make one line of them"
            yield Finding(question.id, "warn", text, place=place)
        elif check.aim.contradicts(other.aim):
            text = f"{check.name!r} contradicts {other.name!r}: no output meets both"
            yield Finding(question.id, "fail", f"{text}; change one of them, or its `when`", place=place)


def _unused_inputs(question: FunctionQuestion) -> Iterator[Finding]:
    """Sets that are neither of an argument nor named anywhere."""
    used = set(question.signature.parameters)
    trees = [question.assume]
    for check in question.checks:
        trees += [check.when, *(tree for aim in check.aims for tree in aim.expressions().values())]
        used.update(name for one in check.sets.values() for name in one.names_used())
    used.update(name for tree in trees if tree is not None for name in names_in(tree))
    used.update(names_of_sizes(question.returns) if question.returns is not None else ())
    for name in dict.fromkeys(name for check in question.checks for name in check.sets):
        if name not in used:
            text = (
                f"nothing uses the input {name!r}: it is no argument of {question.signature}; leave it out, or use it"
            )
            yield Finding(question.id, "warn", text, place=question.key_place("inputs", name))
