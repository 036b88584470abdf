"""What to write instead, where YAML cannot read an answer: found by the value that stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.documents.blocks import AnswerBlock
from grader.documents.tree import shortened
from grader.errors import Problem, SourceLocation

QUOTING_ADVICE = {
    "quoted scalar": ": the quote that begins here is never closed",
    "block mapping": ": keys that belong together begin in one column",
    "block collection": ": the lines of a list begin with - in one column, and no key stands between them",
    "block scalar": ": a value that begins with | or > goes in quotes",
    "mapping values are not allowed": ": a value that holds `: ` goes in quotes",
    "flow mapping": ": close it with }; inside { } a value that holds [ ] { } or a comma goes in quotes",
    "flow sequence": ": close it with ]; inside [ ] a value that holds [ ] { } or a comma goes in quotes",
    "alias": ": a value that holds * goes in quotes where it is one of a list or a mapping in brackets",
    "anchor": ": a value that begins with & goes in quotes",
}
"""What to do where YAML breaks off, by a part of what the parser says."""

_BLOCK_WITH_TEXT = re.compile(r"[|>][-+0-9]*[ \t]+[^#\s]")
_NUMBERS_SIDE_BY_SIDE = re.compile(r"[\d.\])][ \t]*\n?[ \t]*[ \n][ \t]*[\[(+-]?[\d.\[(]")
_TIGHT_COLON = re.compile(r"\w[\"']?:[\w.\[{\"'+-]")
_PAIRS_SIDE_BY_SIDE = re.compile(r"^\{\s*\w+:\s[^,{}\[\]:]*\s\w+:\s")
_MINUS_APART = re.compile(r"[:,\[]\s*-\s+[\d.]")
_ELIDED = re.compile(r"\.\.\.|…")
_SMART_QUOTES = "“”„‘’«»"
_INDICATORS = "@`%*&!|>,]}?-"
"""Characters with which a value without quotes cannot begin, or means something else to YAML."""

_OTHER_LANGUAGES = {
    "Markdown": re.compile(r"#{1,6} \S|\s*[-*+] \S|\*\*|```"),
    "Python": re.compile(r"(?:import|from|def|class|print)\b|\s*[\w.]+\s*=[^=]"),
    "LaTeX": re.compile(r"\s*\\(?:documentclass|begin|section)\b"),
}
"""What people write answers in, by what lines begin with."""

_COMMAS = "numbers and rows in brackets are parted by commas: [[1, 2], [3, 4]]"
MAX_ADVISED_CHARACTERS = 60


def not_answers(problem: Problem, lines: list[str]) -> Problem:
    """The problem of a text in which nothing looks like an answer, with what it looks like instead."""
    looks = next((name for name, sign in _OTHER_LANGUAGES.items() if any(map(sign.match, lines))), "")
    if not looks or "not YAML" not in problem.message:
        return problem
    advice = "an answer begins at the left margin with the name of its question, a colon and a space: `q1: ...`"
    return Problem(f"{problem.message}: this looks like {looks}, where YAML is wanted; {advice}", problem.place)


def sign_problem(block: AnswerBlock, line: str, place: SourceLocation) -> Problem:
    """What is wrong with what stands between the name of a question and its answer."""
    rest = line.partition(block.key)[2].lstrip("\"').:：= \t").rstrip()
    wanted = f"{block.key}: {shortened(rest, MAX_ADVISED_CHARACTERS)}".strip()
    if not block.sign:
        return Problem(f"an answer begins with the name of its question, a colon and a space: write {wanted!r}", place)
    if block.sign == "=":
        return Problem(f"YAML has a colon and a space where Python has =: write {wanted!r}", place)
    if block.sign == "：":
        return Problem(f"the colon after {block.key} is a full-width one: write {wanted!r}", place)
    return Problem(f"YAML wants a space after the colon: write {wanted!r}", place)


def advised(problem: Problem, block: AnswerBlock, lines: list[str], file: str) -> Problem:
    """The problem of a block with what to write instead of it."""
    for found in _advice(problem.message, block, lines, file):
        if isinstance(found, Problem):
            return found
        return Problem(f"{_bare(problem.message)}: {found}", problem.place)
    return problem


def _bare(message: str) -> str:
    """What the parser found, without what it advises in general."""
    for advice in QUOTING_ADVICE.values():
        message = message.removesuffix(advice)
    return message


def _advice(message: str, block: AnswerBlock, lines: list[str], file: str) -> Iterator[str | Problem]:
    """Advice in the order in which it is worth giving; a `Problem` says all by itself."""
    value = lines[0].partition(":")[2].strip()
    whole = "\n".join([value, *lines[1:]]).strip()
    key = block.key
    margin = next((n for n, line in enumerate(lines) if n and line.strip() and line[0] not in " \t#]}"), None)
    if "a tab indents" in message or "nested more than" in message or "U+" in message:
        return
    if _BLOCK_WITH_TEXT.match(value):
        yield f"after `{key}: {value[0]}` the text begins on the next line, indented by two spaces"
    if "escape" in message:
        yield f"in double quotes a backslash begins an escape: use single quotes, {key}: '...'"
    if value[:1] in ('"', "'") and value:
        yield _of_quotes(key, value, whole)
    if any(sign in value for sign in _SMART_QUOTES):
        quote = _first(value, _SMART_QUOTES)
        yield f"{quote} is a typographic quote, which YAML does not know: {_in_quotes(key, value)}"
    if value[:1] in ("[", "{"):
        yield from _of_brackets(key, whole)
        return
    if margin is not None:
        text = shortened(lines[margin].strip())
        place = SourceLocation(file, block.first + margin + 1, 1)
        yield Problem(
            f"{text!r} stands at the left margin: indent every line of the answer to {key} by two spaces", place
        )
    if value[:1] in _INDICATORS and value:
        yield f"a value that begins with {value[0]} goes in quotes: {_in_quotes(key, value)}"
    if ": " in value or value.endswith(":") or (value and re.search(r":\s", whole)):
        yield f"a value that holds `: ` goes in quotes, {_in_quotes(key, whole)}; or {_below(key)}"
    if not value and "flow" in message and _NUMBERS_SIDE_BY_SIDE.search(whole):
        yield _COMMAS
    if not value:
        advice = f"indent all lines of the answer to {key} alike, and close what is opened"
        yield f"{advice}; where it is prose, {_below(key)}"
    if len(lines) > 1:
        yield _below(key)


def _of_quotes(key: str, value: str, whole: str) -> str:
    quote = value[0]
    closed = re.match(r'"(?:[^"\\]|\\.)*"' if quote == '"' else r"'(?:[^']|'')*'", whole, re.DOTALL)
    if closed is None:
        return f"the quote {quote} that opens here is not closed"
    if quote == "'" and re.match(r"\w", whole[closed.end() :]):
        return f"inside single quotes an apostrophe is written twice (''); or {_below(key)}"
    return f"text follows the closing quote: put all of the value inside of quotes, or {_below(key)}"


def _below(key: str) -> str:
    return f"write `{key}: |` and the text on the lines below, indented by two spaces"


def _of_brackets(key: str, whole: str) -> Iterator[str]:
    if _TIGHT_COLON.search(whole):
        yield "YAML wants a space after each colon: {a: 1, b: 2}"
    if _PAIRS_SIDE_BY_SIDE.search(whole):
        yield "what stands in braces is parted by commas: {a: 1, b: 2}"
    if _MINUS_APART.search(whole):
        yield "a minus sign stands right before its number: -1.5"
    if _ELIDED.search(whole):
        yield "numbers are left out here (...): write all of them"
    if _NUMBERS_SIDE_BY_SIDE.search(whole):
        yield _COMMAS
    opened, closed = sum(map(whole.count, "[{")), sum(map(whole.count, "]}"))
    if opened > closed:
        yield f"{opened} {'bracket is' if opened == 1 else 'brackets are'} opened and {closed} closed"
    elif closed > opened:
        yield f"{closed} brackets are closed and {opened} opened"
    else:
        yield f"a formula or a text that begins with a bracket goes in quotes: {_in_quotes(key, whole)}"


def _in_quotes(key: str, value: str) -> str:
    """The answer in single quotes, as it can be written."""
    plain = " ".join(value.strip(_SMART_QUOTES).split())
    return f"{key}: '{shortened(plain, MAX_ADVISED_CHARACTERS).replace(chr(39), chr(39) * 2)}'"


def _first(text: str, characters: str) -> str:
    return next(c for c in text if c in characters)
