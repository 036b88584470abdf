"""The command `grader try`: answers to one question, typed and judged at once, by the path that submissions take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import click

from grader.cli_options import (
    COURSE_OPTION,
    EXIT_EARNED,
    OWN_CODE_SANDBOX_OPTION,
    STUDENT_OPTION,
    STUDENTS_ROSTER_OPTION,
    assignment_asked_for,
    assignment_of_student,
    verdict_code,
)
from grader.console import complain, on_terminal, say, show, terminal_width, wants_colour
from grader.errors import GraderError, SpecError, SubmissionError, listed

if TYPE_CHECKING:
    from grader.kinds.asked import AskedAnswer, AskedValue
    from grader.kinds.open_submission import Details, Resources
    from grader.sandbox import Requirement
    from grader.spec.assignment import Assignment
    from grader.spec.question import Question
    from grader.typed_answer import TypedFiles
    from grader.verdict import Report

TYPED_NAME = "your answer"
"""What a report calls the submission that a typed answer is."""

MAX_PIPED_BYTES = 16 << 20

Ask = Callable[[str], str | None]
"""Shows a prompt and gives the line that is typed; None at the end of the input."""

LEAVING = ("quit", "exit")


@click.command("try")
@click.argument("question", metavar="Q")
@click.option("--spec", metavar="SPEC", help="A folder, a question file, or the name of an assignment in specs/.")
@click.option("--way", type=click.IntRange(1), help="Which way, where the question can be answered in several.")
@click.option("--margins", is_flag=True, help="Say how far the weights of right networks may move.")
@click.option("--machine", is_flag=True, help="Show networks as machines with as few states as can be.")
@OWN_CODE_SANDBOX_OPTION
@STUDENT_OPTION
@STUDENTS_ROSTER_OPTION
@COURSE_OPTION
def try_answers(
    question: str,
    spec: str | None,
    way: int | None,
    margins: bool,
    machine: bool,
    require_sandbox: Requirement | None,
    student: str | None,
    roster: Path | None,
    course: Path | None,
) -> int:
    """Answer question Q at the prompt and see it judged at once; from a pipe, one answer is read."""
    from grader.kinds.open_submission import Details, Resources

    if spec is None and question.endswith(".yaml"):
        assignment = assignment_asked_for(question, course)
    else:
        assignment = assignment_asked_for(spec, course, questions=(question,))
    assignment = assignment_of_student(assignment, student, roster)
    asked_of = _one_question(assignment)
    with closing(Resources()) as run:
        judge = TypedAnswerGrader(assignment, run, require_sandbox, Details(robustness=margins, machines=machine))
        if not on_terminal(sys.stdin):
            return _piped(judge, asked_of, way)
        return TrySession(judge, asked_of, _typed_line, way).run()


def _one_question(assignment: Assignment) -> Question:
    """The only question of an assignment; raises `SpecError` where it has several."""
    if len(assignment.questions) > 1:
        names = listed([question.id for question in assignment.questions], "or")
        raise SpecError(f"one question is tried at a time: name one of its parts, {names}")
    return assignment.questions[0]


@dataclass(frozen=True)
class TypedAnswerGrader:
    """Grades typed answers as submissions to one assignment; they share the sandbox."""

    assignment: Assignment
    run: Resources
    require_sandbox: Requirement | None
    details: Details

    def report(self, files: TypedFiles) -> Report:
        """The report of a submission of these files, which lie in a folder of their own meanwhile."""
        from grader.answers.submission import Submission
        from grader.grading import grade
        from grader.own_code import requirement_for_own_code

        with TemporaryDirectory(prefix="grader-try-") as folder:
            for name, content in files.items():
                (Path(folder) / name).write_bytes(content)
            submission = Submission(Path(folder), TYPED_NAME)
            requirement = requirement_for_own_code(self.require_sandbox)
            return grade(submission, self.assignment, requirement, run=self.run, details=self.details)

    def shown(self, files: TypedFiles) -> int:
        """Shows the report as `grader check` does; its exit code."""
        from grader.own_code import said_of_own_code
        from grader.reports.terminal import render

        report = self.report(files)
        if weaker := said_of_own_code(self.require_sandbox, report.sandbox):
            say(weaker)
        show(render(report, colour=wants_colour(), width=terminal_width()))
        return verdict_code(report)


def _typed_line(prompt: str) -> str | None:
    """A line from the terminal, with the editing and the history that readline gives where it is there."""
    with suppress(ImportError):
        import readline  # noqa: F401  # `input` edits lines with it once it is imported
    try:
        return input(prompt)
    except EOFError:
        show("\n")
        return None


def _piped(judge: TypedAnswerGrader, question: Question, way: int | None) -> int:
    """Judges all that comes from a pipe as one answer."""
    from grader.typed_answer import files_of_all, named_code_file

    data = sys.stdin.buffer.read(MAX_PIPED_BYTES + 1)
    if len(data) > MAX_PIPED_BYTES:
        raise SubmissionError(f"the answer is larger than {MAX_PIPED_BYTES} bytes")
    text = data.decode("utf-8-sig", "surrogateescape")
    if not text.strip():
        raise SubmissionError("no answer came: it is read from the pipe, or typed at a terminal")
    asked = asked_in_way(question, way)
    files = named_code_file(text) if asked.form == "code" else None
    return judge.shown(files or files_of_all(question.id, asked, text))


def asked_in_way(question: Question, way: int | None) -> AskedAnswer:
    """How a question is answered in one of its ways (None: in the only one).

    Raises:
        SpecError: if there are several and none is chosen, or not so many.
    """
    from grader.kinds.kind import kind_of

    ways = kind_of(question).ways(question)
    if len(ways) == 1:
        way = 1 if way is None else way
    if way is None or way > len(ways):
        names = listed([f"{number} ({one.kind.name})" for number, one in enumerate(ways, 1)], "or")
        count = f"{len(ways)} way{'s' if len(ways) > 1 else ''}"
        raise SpecError(f"{question.id} has {count} to answer it: say --way {names}")
    return kind_of(ways[way - 1]).asked(ways[way - 1])


@dataclass
class TrySession:
    """Asks for answers until there are no more; of weights, the values that were typed before are kept."""

    judge: TypedAnswerGrader
    question: Question
    ask: Ask
    way: int | None = None
    values: dict[str, str] = field(default_factory=dict)

    def run(self) -> int:
        """Judges each answer; the exit code of the last one."""
        self._chosen_way()
        asked = asked_in_way(self.question, self.way)
        show("\n".join([*self._heading(), *(f"  {line}" for line in asked.shown), f"wanted: {asked.what}"]) + "\n")
        show(f"({_how_to_end(asked)})\n")
        code = EXIT_EARNED
        while True:
            try:
                files = self._answer(asked)
                if files is None:
                    return code
                code = self.judge.shown(files)
            except SpecError:
                raise
            except GraderError as error:
                complain(error)

    def _chosen_way(self) -> None:
        """Asks which way is taken, where there are several."""
        from grader.kinds.kind import kind_of

        ways = kind_of(self.question).ways(self.question)
        if len(ways) == 1 or self.way is not None:
            return
        for number, way in enumerate(ways, 1):
            show(f"way {number}: {way.kind.name}\n")
        while (line := self.ask("which way? ")) is not None:
            if line.strip().isdecimal() and 1 <= int(line) <= len(ways):
                self.way = int(line)
                return
            say(f"write a number from 1 to {len(ways)}")
        self.way = 1

    def _heading(self) -> list[str]:
        from grader.verdict import points_in_words
        from grader.visible import visible

        head = f"{self.question.id}  {self.question.title} ({points_in_words(self.question.points)} points)"
        return list(map(visible, [head, *(f"  {line}" for line in self.question.prompt.strip("\n").splitlines())]))

    def _answer(self, asked: AskedAnswer) -> TypedFiles | None:
        """The next answer as files; None where there is none."""
        from grader.typed_answer import files_of_line, files_of_text

        match asked.form:
            case "values":
                return self._values(asked)
            case "code":
                return self._code(asked)
            case "text":
                text = self._lines(is_whole=lambda lines: not lines[-1].strip())
                return files_of_text(self.question.id, text) if text.strip() else None
        line = self._line(f"{self.question.id}: ")
        return None if line is None else files_of_line(self.question.id, line)

    def _line(self, prompt: str) -> str | None:
        """A line that says something; None at the end, for an empty line and for a word that ends it."""
        line = self.ask(prompt)
        return None if line is None or line.strip() in ("", *LEAVING) else line

    # --------------------------------------------------------- weights
    def _values(self, asked: AskedAnswer) -> TypedFiles | None:
        """All values at first, then those that change."""
        from grader.typed_answer import files_of_values

        if self.values:
            line = self._line(f"change ({next(iter(self.values))} = ...): ")
            if line is None:
                return None
            self._take(line, asked)
        else:
            for value in asked.values:
                typed = "next" if value.name in self.values else self._first_value(value, asked)
                if typed == "leave":
                    self.values.clear()
                    return None
                if typed == "whole":
                    break
        return files_of_values(self.question.id, self.values)

    def _first_value(self, value: AskedValue, asked: AskedAnswer) -> Literal["next", "whole", "leave"]:
        """Asks for the value of a name: `next` once it is there or left out, `whole` once braces set all."""
        from grader.typed_answer import is_one_value, names_values

        while (line := self.ask(f"  {value.name} ({value.what}): ")) is not None:
            if not line.strip() and value.optional:
                return "next"
            if line.strip() in ("", *LEAVING):
                return "leave"
            try:
                if names_values(line):
                    self._take(line, asked)
                    if line.lstrip().startswith("{"):
                        return "whole"
                elif is_one_value(line):
                    self.values[value.name] = line.strip()
                else:
                    complain(SubmissionError(f"{line.strip()!r} is no value: write {value.what}"))
            except SubmissionError as error:
                complain(error)
            if value.name in self.values:
                return "next"
        return "leave"

    def _take(self, line: str, asked: AskedAnswer) -> None:
        """Changes what a line names; braces stand for all values.

        Raises:
            SubmissionError: if it is no change of a value.
        """
        from grader.typed_answer import is_one_value, typed_values

        changed = typed_values(line, asked)
        broken = [text for text in changed.values() if not is_one_value(text)]
        if broken:
            raise SubmissionError(f"{broken[0]!r} is no value: close its brackets and quotes")
        self.values = changed if line.lstrip().startswith("{") else {**self.values, **changed}

    # --------------------------------------------------------- code and prose
    def _code(self, asked: AskedAnswer) -> TypedFiles | None:
        """Lines up to an empty one behind code that defines what is asked for; or the name of a file."""
        from grader.typed_answer import defines, files_of_code, named_code_file

        def is_whole(lines: Sequence[str]) -> bool:
            is_file = len(lines) == 1 and lines[0].strip().endswith((".py", ".ipynb"))
            return is_file or (not lines[-1].strip() and defines("\n".join(lines), asked.defines))

        text = self._lines(is_whole)
        if not text.strip():
            return None
        return named_code_file(text) or files_of_code(text)

    def _lines(self, is_whole: Callable[[Sequence[str]], bool]) -> str:
        """Lines up to the end of the input, or until they are whole; nothing for an empty first line."""
        lines: list[str] = []
        while (line := self.ask("... " if lines else f"{self.question.id}: ")) is not None:
            if not lines and line.strip() in ("", *LEAVING):
                break
            lines.append(line)
            if is_whole(lines):
                break
        return "\n".join(lines) + "\n"


def _how_to_end(asked: AskedAnswer) -> str:
    """What is said of the end of an answer, and of all answers."""
    match asked.form:
        case "values":
            how = "name by name, or all as {W1: 1, ...}; then only what changes: W1 = 1/2"
            return how.replace("W1", asked.values[0].name) + "; an empty line or Ctrl-D ends it"
        case "code":
            return f"an empty line behind {asked.defines} ends it, or Ctrl-D; a file is taken by its name, solution.py"
        case "text":
            return "an empty line ends the answer; a second one, or Ctrl-D, ends it all"
    return "an empty line or Ctrl-D ends it"
