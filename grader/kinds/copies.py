"""What of a question travels in a student's copy: the keys that are listed here and no others.

Left out are what is right (references, `right`, `derivative`, `value`, rubrics of prose), what only a wrong answer is
told (`say`, near misses, known answers, readings), and lines that are hidden or have the answer written into them. What
the copy cannot check then *waits* for the course.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.language.parse import ExpressionError, parse
from grader.language.tree import Binary, Call, Choose, Compare, Fold, Index, Name, Tree, subtrees

Plain = dict[str, Any]
"""A mapping of a spec as plain dictionaries, lists and texts."""

ASSIGNMENT = ("assignment", "title", "points", "questions")
COMMON = ("question", "title", "points", "prompt", "answer")
SHARED = ("symbols", "sequences", "aliases", "network")
WEIGHTS = ("network", "behaviour", "accept", "assume", "length", "credit", "budget")
LINE = ("name", "points", "when")
FUNCTION = ("signature", "inputs", "returns", "assume", "network", "credit", "cases", "seed", "call_seconds")
CHECK = (
    *LINE,
    *("holds", "somewhere", "equals", "of", "raises", "pure", "returns"),
    *("inputs", "exhaustive", "rtol", "atol", "nan"),
)
PARTLY = ("holds", "equals", "points", "rtol", "atol")
FORMULA = (*SHARED, "without")

ASKS = {"number": "a number", "choice": "one of the options, or a list of them", "written": "text in your own words"}
NETWORK = "network"
"""`equals: network`: the network of the question, which students have."""


def kept(root: Plain, keys: tuple[str, ...]) -> Plain:
    """The part of a mapping that travels."""
    return {key: root[key] for key in keys if key in root}


def travelling(root: Plain, prompt: str = "") -> Plain:
    """One question as it travels, but for the seal of a formula; `prompt` is what students read before it."""
    common = kept(root, COMMON)
    match root.get("answer"):
        case "weights":
            checks = [kept(line, LINE) for line in root["checks"]]
            promised = _promised(root.get("examples", {}), f"{prompt} {root.get('prompt', '')}")
            return {**common, **kept(root, WEIGHTS), **promised, "checks": checks}
        case "function":
            name = root["signature"].partition("(")[0].strip()
            checks = [_check(check, name, number) for number, check in enumerate(root["checks"], start=1)]
            return {**common, **kept(root, FUNCTION), "checks": checks}
        case "formula":
            return {**common, **kept(root, FORMULA)}
        case "either":
            whole = f"{prompt} {root.get('prompt', '')}"
            return {**common, "ways": [travelling(way, whole) for way in root["ways"]]}
    return waiting(root)


def waiting(root: Plain) -> Plain:
    """A question that only the course can check; the options of a choice stand in its prompt."""
    waits = {**kept(root, COMMON), "answer": "waits", "asks": ASKS.get(root["answer"], "an answer")}
    if "options" in root:
        options = "\n".join(f"{name}: {text}" for name, text in root["options"].items())
        waits["prompt"] = f"{root.get('prompt', '').rstrip()}\n\n{options}\n".lstrip()
    return waits


def _promised(examples: Plain, prompt: str) -> Plain:
    """The examples that the prompt has: the input and the output, in any spacing."""
    said = "".join(prompt.split())
    found = {given: out for given, out in examples.items() if _squeezed(given) in said and _squeezed(out) in said}
    return {"examples": found} if found else {}


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _check(check: Plain, function: str, number: int) -> Plain:
    """A line of a function as it travels; what is hidden, or knows the right answer, waits for the course.

    Such a line goes without its name, which may say what the line knows.
    """
    if check.get("hidden") == "true" or _knows(check, function):
        return {"name": f"line {number}, which waits for the course", "points": check["points"], "waits": "true"}
    partly = [kept(part, PARTLY) for part in check.get("partly", []) if not _knows(part, function)]
    return {**kept(check, CHECK), **({"partly": partly} if partly else {})}


def _knows(aim: Plain, function: str) -> bool:
    """Whether a line or a part of one has the right answer in it, or names Python that has."""
    stated = any(_states_the_answer(aim[key], function) for key in ("holds", "somewhere") if key in aim)
    return stated or aim.get("equals", NETWORK) != NETWORK or "feeds" in aim


def _states_the_answer(text: str, function: str) -> bool:
    """Whether a property says how the output is computed: `out ~ 2 * x`, `abs(out - sum(x)) < 1e-6`."""
    try:
        tree = parse(text, closeness=True)
    except ExpressionError:  # the spec could not be loaded with it
        return True
    return any(
        _is_answer(left, right, function) or _is_answer(right, left, function)
        for node in subtrees(tree)
        for left, right in _compared(node)
    )


def _compared(node: Tree) -> Iterator[tuple[Tree, Tree]]:
    match node:
        case Compare(ops=ops, operands=operands):
            pairs = zip(ops, operands, operands[1:], strict=False)
            yield from ((left, right) for op, left, right in pairs if op in ("==", "~"))
        case Binary(op="-", left=left, right=right):
            yield left, right


def _is_answer(left: Tree, right: Tree, function: str) -> bool:
    """Whether one side is about the output alone, and the other computes something from the arguments."""
    return _has_output(left, function) and not _has_output(right, function) and _computes(right)


def _has_output(tree: Tree, function: str) -> bool:
    return any(
        (isinstance(node, Name) and node.id == "out") or (isinstance(node, Call) and node.function == function)
        for node in subtrees(tree)
    )


def _computes(tree: Tree) -> bool:
    nodes = list(subtrees(tree))
    named = any(isinstance(node, Name) for node in nodes)
    return named and any(isinstance(node, Binary | Call | Choose | Fold) for node in nodes if not _is_length(node))


def _is_length(node: Tree) -> bool:
    """`len(x)`: the shape of an output is no answer."""
    return isinstance(node, Call) and node.function == "len" and isinstance(node.arguments[0], Name | Index)


NO_TEXT = frozenset(
    {
        *("question", "points", "prompt", "answer", "credit", "cases", "seed", "call_seconds", "budget", "asks"),
        *("waits", "pure", "rtol", "atol", "nan", "exhaustive", "equals", "symbols", "sequences", "parameters"),
    }
)
"""Keys of a copy below which nobody writes a text of his own (or, for the prompt, where students read it)."""


def texts(copied: Plain, prompt: str = "") -> Iterator[str]:
    """Every text of a question of a copy that students find beside its prompt, each once, in order."""
    said = " ".join(f"{prompt} {copied.get('prompt', '')}".split())
    seen: set[str] = set()
    for text in _leaves(copied):
        short = " ".join(text.split())
        if short not in said and short not in seen and any(char.isalpha() for char in short):
            seen.add(short)
            yield short


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in NO_TEXT:
                yield from _leaves(value)
    elif isinstance(node, list):
        for item in node:
            yield from _leaves(item)
    else:
        yield str(node)
