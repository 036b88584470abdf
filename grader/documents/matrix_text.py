"""Matrices as people write and print them in text: MATLAB's, Python's, NumPy's, PyTorch's and LaTeX's.

They are data alone: brackets, separators and numbers; nothing that stands in them is ever computed.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from grader.documents.tree import ScalarNode, SequenceNode, shortened

MAX_MATRIX_DEPTH = 8
MAX_ENVIRONMENTS = 20
"""LaTeX environments in one matrix; each is looked for up to the end of the text."""

_MAKERS = (
    r"(?:(?:np|numpy|torch|jnp|tf|sp|sympy)\s*\.\s*)?"
    r"(?:array|asarray|matrix|tensor|Tensor|FloatTensor|DoubleTensor|constant|Matrix|Parameter|float16|float32|float64|int32|int64)"
)
_MAKER = re.compile(rf"{_MAKERS}\s*\(")
_LEADING = re.compile(r"(?:Parameter containing:\s*)?(?:[A-Za-z_]\w*\s*=(?!=)\s*)?(?:return\s+)?")
_SIGNED_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_ENTRY = re.compile(rf"{_SIGNED_NUMBER}(?:[ \t]*/[ \t]*\d+)?(?![\w.])|[-+]?(?:nan|NaN|inf|Infinity|Inf)\b")
_PLAIN_SIGNED_NUMBER = re.compile(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?(?:\s*/\s*\d+)?\s*")
_TIGHT_COMMA = re.compile(r"(?<![\d.])(\d+),(\d+)(?![\d.])")
_APART_WITHOUT_COMMA = re.compile(r"\d[ \t]+[-+]?[\d.]")
_KEYWORD = re.compile(
    r"\s*,\s*(?:dtype\s*=\s*(?P<dtype>[\w.'\"<]+)|device\s*=\s*['\"]?[\w.:]+['\"]?|requires_grad\s*=\s*(?:True|False)|"
    r"grad_fn\s*=\s*<[^<>]*>|copy\s*=\s*(?:True|False))"
)
_OPENING = {"[": "]", "(": ")", "{": "}"}
_MATRIX_SHEET = re.compile(r"\\begin\{(\w+)\*?\}(?:\{[clr|@ ]*\})?(.*?)\\end\{\1\*?\}", re.DOTALL)
_MATRIX_ENVIRONMENTS = ("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array")
_FRACTION_COMMAND = re.compile(r"\\[dt]?frac\s*(?:\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}|(\d)\s*(\d))")
_LAYOUT = re.compile(r"\\left|\\right|\\!|\\,|\\;|\\:|\\quad|\\hline|\\displaystyle|\$|\\\[|\\\]|\\\(|\\\)")
_MINUS = re.compile("[−–‒﹣－]")


class MatrixTextError(ValueError):
    """Text that looks like a matrix and cannot be read as one: what is wrong, for the student."""


def matrix_in(text: ScalarNode, dimensions: int) -> ScalarNode | SequenceNode | None:
    """The numbers of a text as lists within lists, or as one number; None of a text that does not look like them.

    `dimensions` of what is wanted say what a line break between numbers means: a row where a matrix is.

    Raises:
        MatrixTextError: where something in it is not as it should be.
    """
    if _PLAIN_SIGNED_NUMBER.fullmatch(text):  # as nearly all are
        return None
    plain = _plain(text)
    if not _looks_like_numbers(plain, dimensions):
        return None
    if "..." in plain or "…" in plain:
        raise MatrixTextError("numbers are left out (...): write all of them, or save the array in an .npz file")
    comma = _TIGHT_COMMA.search(plain)
    in_brackets = any(sign in plain for sign in _OPENING)
    if comma and (_APART_WITHOUT_COMMA.search(plain) or not in_brackets or (dimensions == 1 and ";" in plain)):
        raise MatrixTextError(f"{comma[0]} has a decimal comma: write {comma[1]}.{comma[2]}")
    reader = _MatrixReader(plain, text, dimensions)
    value = reader.whole()
    _check_rows(value)
    return value


def _plain(text: str) -> str:
    """The text with one sign for minus, and LaTeX's rows and columns as semicolons and commas."""
    plain = _MINUS.sub("-", text)
    if "\\" in plain or "$" in plain:
        plain = _FRACTION_COMMAND.sub(lambda found: f"{found[1] or found[3]}/{found[2] or found[4]}", plain)
        plain = _MATRIX_SHEET.sub(_in_brackets, plain) if plain.count(r"\begin") < MAX_ENVIRONMENTS else plain
        plain = _LAYOUT.sub(" ", plain)
    plain = plain.strip().rstrip(";").strip()
    return plain[_LEADING.match(plain).end() :]  # type: ignore[union-attr]  # it matches nothing as well


def _in_brackets(found: re.Match[str]) -> str:
    if found[1] in ("vmatrix", "Vmatrix"):
        raise MatrixTextError(f"{found[1]} is a determinant or a norm: write a pmatrix or a bmatrix")
    if found[1] not in _MATRIX_ENVIRONMENTS:
        return found[0]
    rows = re.split(r"\\\\(?:\[[^\]]*\])?|\\cr\b", found[2])
    filled = [row.replace("&", ",") for row in rows if row.replace(r"\hline", "").strip()]
    return f"[{'; '.join(filled)}]"


def _looks_like_numbers(plain: str, dimensions: int) -> bool:
    if _MAKER.match(plain):
        return True
    if not dimensions:
        return plain[:1] in _OPENING
    return plain[:1] in _OPENING or bool(_ENTRY.match(plain) and not _PLAIN_SIGNED_NUMBER.fullmatch(plain))


class _Group(NamedTuple):
    """What stands in a pair of brackets: rows of values; one row where nothing parts any."""

    rows: list[list[ScalarNode | SequenceNode]]


class _MatrixReader:
    """Reads one text from left to right."""

    def __init__(self, plain: str, text: ScalarNode, dimensions: int) -> None:
        self.plain = plain
        self.text = text
        self.dimensions = dimensions
        self.at = 0

    def whole(self) -> ScalarNode | SequenceNode:
        """Everything that stands in the text."""
        if self.plain[:1] in _OPENING or _MAKER.match(self.plain):
            value = self.value(0)
            self.spaces()
            if self.at == len(self.plain):
                return value
            rest = self.plain[self.at :]
            if rest[0] not in "[(,;\n" and not rest[0].isdigit():
                self.fail()
            self.at = 0
        return self.listed(self.items("", 0))

    def spaces(self) -> bool:
        """Skips blanks and line breaks; whether there was a line break."""
        start = self.at
        while self.at < len(self.plain) and self.plain[self.at].isspace():
            self.at += 1
        return "\n" in self.plain[start : self.at]

    def value(self, depth: int) -> ScalarNode | SequenceNode:
        """A number, a call that makes an array, or a pair of brackets."""
        if depth > MAX_MATRIX_DEPTH:
            raise MatrixTextError(f"brackets stand more than {MAX_MATRIX_DEPTH} deep")
        if maker := _MAKER.match(self.plain, self.at):
            return self.made(maker, depth)
        closing = _OPENING.get(self.plain[self.at : self.at + 1])
        if closing is not None:
            self.at += 1
            return self.listed(self.items(closing, depth))
        entry = _ENTRY.match(self.plain, self.at)
        if entry is None:
            self.fail()
        self.at = entry.end()
        return self.number(entry[0])

    def number(self, written: str) -> ScalarNode:
        return ScalarNode(re.sub(r"\s", "", written), self.text.place)

    def made(self, maker: re.Match[str], depth: int) -> ScalarNode | SequenceNode:
        """The argument of a call such as `np.array(...)`, and keywords that change no number."""
        self.at = maker.end()
        self.spaces()
        value = self.value(depth + 1)
        types = {maker[0].strip(" ("): maker[0]}
        while keyword := _KEYWORD.match(self.plain, self.at):
            self.at = keyword.end()
            types[keyword[0].strip(" ,")] = keyword["dtype"] or ""
        for written, kind in types.items():
            if re.search("int|bool|complex", kind) and any(map(_has_part, _leaves(value))):
                raise MatrixTextError(f"{written} would change numbers that are not whole: leave it out")
        self.spaces()
        if self.plain[self.at : self.at + 1] == ",":
            self.at += 1
            self.spaces()
        if self.plain[self.at : self.at + 1] != ")":
            self.fail()
        self.at += 1
        return value

    def items(self, closing: str, depth: int) -> _Group:
        """Values up to the closing bracket, or up to the end of the text."""
        rows: list[list[ScalarNode | SequenceNode]] = [[]]
        only_numbers = True
        after_comma = False
        parted = True  # whether something parts the next value from the one before
        while True:
            before = self.at
            broken = self.spaces()
            parted = parted or self.at > before
            sign = self.plain[self.at : self.at + 1]
            if sign == closing or not sign:
                if sign != closing:
                    raise MatrixTextError(f"a bracket is not closed: {closing} is missing")
                self.at += len(closing)
                return _Group([row for row in rows if row] or [[]])
            if sign == ";" or (
                broken and not after_comma and rows[-1] and only_numbers and self.dimensions > 1 and sign not in ",["
            ):
                rows.append([])
                only_numbers = True
            if sign in ",;":
                if sign == "," and (after_comma or not rows[-1]):
                    raise MatrixTextError(f"a number is missing before a comma: {self.shown()!r}")
                self.at += 1
                parted, after_comma = True, sign == ","
                continue
            if not parted:
                self.fail()
            rows[-1].append(self.value(depth + 1))
            only_numbers = only_numbers and isinstance(rows[-1][-1], ScalarNode)
            parted = after_comma = False

    def listed(self, group: _Group) -> SequenceNode:
        """The rows as lists; one row by itself is a list of its values."""
        rows = [SequenceNode(self.text.place, row) for row in group.rows]
        if len(rows) == 1:
            return rows[0]
        if self.dimensions == 1 and all(len(row) == 1 for row in rows):
            rows = [row[0] for row in rows]
        return SequenceNode(self.text.place, rows)

    def shown(self) -> str:
        return shortened(self.plain[max(self.at - 10, 0) : self.at + 20].strip(), 30)

    def fail(self) -> NoReturn:
        there = shortened(self.plain[self.at : self.at + 20].split("\n")[0].strip(), 20)
        advice = "write the numbers themselves, since nothing is computed"
        raise MatrixTextError(f"{there!r} is no number: {advice}" if there else f"a number is missing: {advice}")


def _leaves(value: ScalarNode | SequenceNode) -> list[ScalarNode]:
    return [value] if isinstance(value, ScalarNode) else [leaf for item in value for leaf in _leaves(item)]


def _has_part(number: str) -> bool:
    """Whether a number is written with a fraction that is not zero."""
    return "/" in number or bool(re.search(r"\.\d*[1-9]|[eE]-", number))


def _check_rows(value: ScalarNode | SequenceNode) -> None:
    """Raises `MatrixTextError` where one row has another length than the first."""
    if isinstance(value, ScalarNode) or not value:
        return
    kinds = [len(row) if isinstance(row, SequenceNode) else None for row in value]
    for number, kind in enumerate(kinds, 1):
        if kind != kinds[0]:
            if kind is None or kinds[0] is None:
                raise MatrixTextError("numbers and rows stand side by side: put every row in brackets of its own")
            raise MatrixTextError(f"row {number} has {kind} entries, and row 1 has {kinds[0]}")
    for row in value:
        _check_rows(row)
