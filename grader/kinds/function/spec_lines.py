"""Lines of a function question that ask for nothing, for the same twice, or for what cannot be; read, not run."""

from __future__ import annotations

from collections.abc import Iterator

from grader.inputs.input_set import fed_names
from grader.inputs.outputs import names_used as names_of_sizes
from grader.kinds.finding import Finding
from grader.kinds.function.models import AIM_KEYS
from grader.kinds.function.properties import OUTPUT_NAME
from grader.kinds.function.question import Equals, FunctionCheck, FunctionQuestion, Holds, Partly
from grader.language.printing import to_text
from grader.language.rewriting import replaced
from grader.language.tree import Binary, Call, Compare, ListExpr, Name, Number, Tree, names_in, subtrees
from grader.verdict import points_in_words

MIN_CASES = 20
"""Inputs below which a line says little about a function."""

LOOSE_RTOL = 1.0
"""From this relative tolerance on, 0 is close to every number."""

OPPOSITES = {frozenset(pair) for pair in (("<", ">="), (">", "<="), ("==", "!="), ("<", ">"), ("<", "=="), (">", "=="))}


def check_lines(question: FunctionQuestion) -> Iterator[Finding]:
    """What is wrong with lines that can be seen without an answer."""
    for i, check in enumerate(question.checks):
        yield from _aims_at_output(question, i, check)
        yield from _tolerances(question, i, check)
        yield from _partly(question, i, check)
        yield from _lists(question, i, check)
        yield from _earlier(question, i, check)
    yield from _unused_inputs(question)


def _aims_at_output(question: FunctionQuestion, i: int, check: FunctionCheck) -> Iterator[Finding]:
    aims = [
        (check.aim, ("checks", i)),
        *((part.aim, ("checks", i, "partly", n)) for n, part in enumerate(check.partly)),
    ]
    for aim, keys in aims:
        if not isinstance(aim, Holds):
            continue
        key = "holds" if aim.everywhere else "somewhere"
        called = any(isinstance(node, Call) and node.function == question.signature.name for node in subtrees(aim.tree))
        if not called and not {OUTPUT_NAME, *_fed(check)} & set(names_in(aim.tree)):
            text = f"{check.name!r}: {aim.text.strip()!r} does not speak of `out`, so that no function can be wrong"
            place = question.place(*keys, key)
            yield Finding(question.id, "fail", f"{text}: compare `out` with what is right", place=place)
        elif any(_is_same_on_both_sides(node) for node in subtrees(_with_output_named(question, check, aim.tree))):
            text = f"{check.name!r}: {aim.text.strip()!r} compares something with itself, which is true of every output"
            place = question.place(*keys, key)
            yield Finding(question.id, "fail", f"{text}: compare `out` with what is right", place=place)


def _fed(check: FunctionCheck) -> dict[str, tuple[str, int]]:
    return fed_names(check.sets)


def _with_output_named(question: FunctionQuestion, check: FunctionCheck, tree: Tree) -> Tree:
    """An expression with `out` for the call of the function with its own arguments, which gives the same.

    Beside a random generator it need not: that a function draws from it alone is worth a line.
    """
    if any(members.is_random for members in check.sets.values()):
        return tree
    own = tuple(map(Name, question.signature.parameters))

    def change(node: Tree) -> Tree | None:
        is_output = isinstance(node, Call) and node.function == question.signature.name and node.arguments == own
        return Name(OUTPUT_NAME) if is_output else None

    return replaced(tree, change)


def _is_same_on_both_sides(tree: Tree) -> bool:
    return isinstance(tree, Compare) and tree.operands[0] == tree.operands[-1] and len(tree.operands) == 2


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
    stronger: list[tuple[Holds | Equals, float, float]] = []
    if isinstance(check.aim, Holds | Equals):
        stronger.append((check.aim, check.rtol, check.atol))
    order = sorted(range(len(check.partly)), key=lambda n: -check.partly[n].points)
    for n in order:
        part, keys = check.partly[n], ("checks", i, "partly", n)
        where = f"{check.name!r}: partly[{n + 1}]"
        if check.points and part.points == check.points:
            text = f"{where} earns all points of the line, though the line fails: say fewer than "
            text += points_in_words(check.points)
            yield Finding(question.id, "fail", text, place=question.place(*keys, "points"))
        if any(_asks_no_less(part, *one) for one in stronger):
            text = f"{where} is never reached: it asks for what the line asks for, or a part that earns more"
            key = "holds" if isinstance(part.aim, Holds) else "equals"
            place = question.place(*keys, key)
            yield Finding(question.id, "fail", f"{text}: ask for less, or leave it out", place=place)
        stronger.append((part.aim, part.rtol, part.atol))


def _asks_no_less(part: Partly, aim: Holds | Equals, rtol: float, atol: float) -> bool:
    return _is_same_aim(part.aim, aim) and part.rtol <= rtol and part.atol <= atol


def _is_same_aim(one: object, other: object) -> bool:
    """Whether two aims ask for the same, however they are spaced."""
    if isinstance(one, Holds) and isinstance(other, Holds):
        return one.tree == other.tree and one.everywhere == other.everywhere
    if isinstance(one, Equals) and isinstance(other, Equals):
        return one.reference == other.reference and one.of == other.of
    return not isinstance(one, Holds | Equals) and one == other


def _lists(question: FunctionQuestion, i: int, check: FunctionCheck) -> Iterator[Finding]:
    """Lists in `+` and `*`, which work entry by entry here, where Python would join or repeat them."""
    trees = [("when", check.when)]
    if isinstance(check.aim, Holds):
        trees.append(("holds" if check.aim.everywhere else "somewhere", check.aim.tree))
    for key, tree in trees:
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
        key = next(k for k in (*AIM_KEYS, "name") if has_key(question, i, k))
        place = question.place("checks", i, key)
        if _is_same_aim(check.aim, other.aim) and (check.rtol, check.atol) == (other.rtol, other.atol):
            text = f"{check.name!r} asks for what {other.name!r} asks for: make one line of them"
            yield Finding(question.id, "warn", text, place=place)
        elif isinstance(check.aim, Holds) and isinstance(other.aim, Holds) and _contradict(check.aim, other.aim):
            text = f"{check.name!r} contradicts {other.name!r}: no output meets both"
            yield Finding(question.id, "fail", f"{text}; change one of them, or its `when`", place=place)


def has_key(question: FunctionQuestion, line: int, key: str) -> bool:
    """Whether a line of the file has a key."""
    return question.key_place("checks", line, key) != question.key_place("checks", line)


def _contradict(one: Holds, other: Holds) -> bool:
    """Whether two comparisons of the same sides exclude each other on every input."""
    if not (one.everywhere and other.everywhere and isinstance(one.tree, Compare) and isinstance(other.tree, Compare)):
        return False
    if len(one.tree.ops) != 1 or len(other.tree.ops) != 1:
        return False
    ops = frozenset((one.tree.ops[0], other.tree.ops[0]))
    if one.tree.operands == other.tree.operands:
        return ops in OPPOSITES
    turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    ops = frozenset((turned.get(one.tree.ops[0], one.tree.ops[0]), other.tree.ops[0]))
    return one.tree.operands[::-1] == other.tree.operands and ops in OPPOSITES


def _unused_inputs(question: FunctionQuestion) -> Iterator[Finding]:
    """Sets that are neither of an argument nor named anywhere."""
    used = set(question.signature.parameters)
    trees = [question.assume]
    for check in question.checks:
        trees += [check.when, getattr(check.aim, "tree", None), getattr(check.aim, "of", None)]
        trees += [getattr(part.aim, "tree", None) for part in check.partly]
        used.update(name for one in check.sets.values() for name in one.names_used())
    used.update(name for tree in trees if tree is not None for name in names_in(tree))
    used.update(names_of_sizes(question.returns) if question.returns is not None else ())
    for name in dict.fromkeys(name for check in question.checks for name in check.sets):
        if name not in used:
            text = (
                f"nothing uses the input {name!r}: it is no argument of {question.signature}; leave it out, or use it"
            )
            yield Finding(question.id, "warn", text, place=question.key_place("inputs", name))
