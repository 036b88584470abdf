"""A file of answers of which YAML can read only a part: every block that can be read, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import field

from grader.deferred import dataclass
from grader.documents.blocks import (
    CONFLICT_MARKS,
    DOCUMENT_SEPARATORS,
    AnswerBlock,
    blocks_of,
    leading_key,
    with_tabs_as_spaces,
)
from grader.documents.encodings import DecodedText
from grader.documents.tree import (
    MAX_PROBLEMS,
    DocumentError,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    describe_node,
    shortened,
)
from grader.documents.yaml import read_yaml_text
from grader.errors import Problem, SourceLocation

ASSIGNMENT_KEY_OF_ANSWERS = "assignment"
"""The key of a file of answers behind which the name of the assignment stands."""
STUDENTS_KEY_OF_ANSWERS = "students"
"""The key of a file of answers behind which those stand who hand it in together."""
KEYS_OF_NO_QUESTION = (ASSIGNMENT_KEY_OF_ANSWERS, STUDENTS_KEY_OF_ANSWERS)
MAX_RECOVERED_BLOCKS = 2_000
"""Blocks that are read one by one; a broken file with more of them is refused as a whole."""


@dataclass
class AnswersTree:
    """What a file of answers holds, by question.

    `problems_by_question` are those that cost one question alone, `problems` those of lines that belong to no question:
    a question without an answer may have been meant by them.
    """

    root: MappingNode
    problems_by_question: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_answers_yaml(found: DecodedText, file: str) -> AnswersTree:
    """The answers of a YAML text that can be read as a whole.

    Raises:
        DocumentError: where it cannot; `yaml_in_blocks` may then read a part of it.
    """
    has_tabs = "\t" in found.text  # which alone keep the blocks from being left as they are
    lines = _lines(found, blocks_of(found.text.split("\n"), ()) if has_tabs else [])
    if problem := found.problem(file, 1, [line if line[:1] != "#" else "" for line in lines]):
        raise DocumentError(problem)
    return whole_tree(lambda: read_yaml_text("\n".join(lines), file))


def whole_tree(read: Callable[[], Node]) -> AnswersTree:
    """The tree of a file that is readable but for some of its answers."""
    try:
        return AnswersTree(_as_mapping(read()))
    except DocumentError as error:
        if error.rest is None:
            raise
        return AnswersTree(error.rest.root, dict(error.rest.problems_by_question))


def yaml_in_blocks(found: DecodedText, file: str, known: Collection[str], error: DocumentError) -> AnswersTree:
    """The answers of a YAML text that cannot be read as a whole, block by block.

    `known` are the names of questions, as far as they are known, `error` is why it cannot be read.

    Raises:
        DocumentError: where nothing can be told apart.
    """
    blocks = blocks_of(found.text.split("\n"), known)
    if error.whole or len(blocks) > MAX_RECOVERED_BLOCKS:
        raise error
    lines = _lines(found, blocks)
    if not blocks:
        from grader.documents.advice import not_answers

        raise DocumentError(not_answers(error.problems[0], lines))
    return _Recovery(lines, file, known, found).read(blocks)


def _lines(found: DecodedText, blocks: list[AnswerBlock]) -> list[str]:
    lines = found.text.split("\n")
    with_tabs_as_spaces(lines, blocks)
    return lines


def _as_mapping(root: Node) -> MappingNode:
    """The root, or the one mapping that a list of mappings with different keys amounts to."""
    if isinstance(root, MappingNode):
        return root
    if not isinstance(root, SequenceNode) or not all(isinstance(item, MappingNode) for item in root):
        message = f"holds {describe_node(root)}, not answers by question (`q5:` and what belongs to it)"
        has_keys = isinstance(root, ScalarNode) and not root.quoted and leading_key(root) is not None
        raise DocumentError(Problem(message, root.place), whole=not has_keys)
    whole = MappingNode(root.place)
    for item in root:
        for key, value in item.items():
            if key in whole:
                raise DocumentError(Problem(f"{shortened(key)!r} stands here a second time", key.place))
            whole[key] = value
    return whole


class _Recovery:
    """Reads the blocks one after the other."""

    def __init__(self, lines: list[str], file: str, known: Collection[str], found: DecodedText) -> None:
        self.lines = lines
        self.file = file
        self.known = known
        self.found = found
        self.tree = AnswersTree(MappingNode(SourceLocation(file, 1, 1)))
        self.stray: list[Problem] = []
        self.at_margin: set[str] = set()

    def read(self, blocks: list[AnswerBlock]) -> AnswersTree:
        self.note_stray(0, blocks[0].first)
        self.at_margin = {block.key for block in blocks}
        for block in blocks:
            self.block(block)
        self.tree.problems = tuple(self.stray[:MAX_PROBLEMS])
        return self.tree

    def note_stray(self, first: int, end: int) -> None:
        """Names the first line of some that belong to no answer, if there is anything in them."""
        for number in range(first, end):
            line = self.lines[number].strip()
            if line and not line.startswith(("#", "%", *DOCUMENT_SEPARATORS)):
                message = f"{shortened(line)!r} belongs to no answer and is not read: put a # before it, or take it out"
                self.stray.append(Problem(message, SourceLocation(self.file, number + 1, 1)))
                return

    def block(self, block: AnswerBlock) -> None:
        lines = self.lines[block.first : block.end]
        lines = ["" if line.startswith((*DOCUMENT_SEPARATORS, *CONFLICT_MARKS)) else line for line in lines]
        if (problem := self.problem_of(block, lines)) is not None:
            self.refuse(block, problem)
            return
        try:
            root = read_yaml_text("\n".join(lines), self.file, block.first + 1)
        except DocumentError as error:
            self.broken(block, lines, error)
            return
        self.add(block, root)

    def problem_of(self, block: AnswerBlock, lines: list[str]) -> Problem | None:
        """What keeps a block from being looked at as YAML."""
        place = SourceLocation(self.file, block.first + 1, 1)
        if block.in_conflict:
            message = (
                "a merge conflict is left open here: keep one of the two versions, and take the <<<, === and >>> out"
            )
            return Problem(message, place)
        if problem := self.found.problem(self.file, block.first + 1, lines):
            return problem
        if block.sign == ":":
            return None
        from grader.documents.advice import sign_problem

        return sign_problem(block, lines[0], place)

    def broken(self, block: AnswerBlock, lines: list[str], error: DocumentError) -> None:
        """Keeps a value that is whole by itself though stray lines follow it; else says what to write instead."""
        if error.rest is not None:
            self.refuse(block, *error.problems, node=error.rest.root.lookup(block.key))
            return
        if pieces := self.pieces(block):
            for piece in pieces:
                self.block(piece)
            return
        end = next((n for n, line in enumerate(lines) if n and _is_stray(line)), len(lines))
        if end < len(lines):
            try:
                root = read_yaml_text("\n".join(lines[:end]), self.file, block.first + 1)
            except DocumentError:
                pass
            else:
                value = root.lookup(block.key) if isinstance(root, MappingNode) else None
                if _is_whole(block.key, value):
                    self.add(block, root)
                    self.note_stray(block.first + end, block.end)
                    return
        from grader.documents.advice import advised

        self.refuse(block, advised(error.problems[0], block, lines, self.file))

    def pieces(self, block: AnswerBlock) -> list[AnswerBlock]:
        """The parts of a block, where names of questions without a block of their own begin lines further down in it.

        They are the parts of one question, or a question that was indented by mistake.
        """
        starts: list[tuple[int, str, str]] = []
        for number in range(block.first + 1, block.end):
            if key := leading_key(self.lines[number]):
                rest = key.name.strip("().")
                names = [key.name, *(f"{block.key}{between}{rest}" for between in ("", ".", "_", "-"))]
                name = next((name for name in names if name in self.known and name not in self.at_margin), None)
                if name is not None and name != block.key:
                    starts.append((number, name, key.sign))
        ends = [number for number, _, _ in starts[1:]] + [block.end]
        pieces = [
            AnswerBlock(name, sign, first, end, block.in_conflict)
            for (first, name, sign), end in zip(starts, ends[: len(starts)], strict=True)
        ]
        return [block._replace(end=starts[0][0]), *pieces] if pieces else []

    def refuse(self, block: AnswerBlock, *problems: Problem, node: Node | None = None) -> None:
        """The block cannot be used: its question pays for it, if it is one."""
        key = ScalarNode(block.key, SourceLocation(self.file, block.first + 1, 1))
        if self.known and block.key not in self.known:
            self.stray += problems
        before = self.tree.problems_by_question.get(block.key, ())
        self.tree.problems_by_question[block.key] = (*before, *problems)
        if key not in self.tree.root:
            self.tree.root[key] = node if node is not None else ScalarNode("", key.place)

    def add(self, block: AnswerBlock, root: Node) -> None:
        for n, (key, value) in enumerate(root.items() if isinstance(root, MappingNode) else ()):
            key = key if n else ScalarNode(block.key, key.place)
            if key in self.tree.root:
                first = next(k.place.line for k in self.tree.root if k == key)
                message = f"{shortened(key)!r} stands here a second time (first on line {first})"
                before = self.tree.problems_by_question.get(key, ())
                self.tree.problems_by_question[str(key)] = (*before, Problem(message, key.place))
            else:
                self.tree.root[key] = value


def _is_whole(key: str, value: Node | None) -> bool:
    """Whether a value surely ends before the stray lines behind it; of text without quotes they could be a part."""
    if isinstance(value, ScalarNode):
        return value.quoted or key.lower() == ASSIGNMENT_KEY_OF_ANSWERS
    return value is not None


def _is_stray(line: str) -> bool:
    """Whether a line stands at the margin and neither closes a bracket nor is a comment."""
    return bool(line.strip()) and not line[0].isspace() and line[0] not in "#]}"
