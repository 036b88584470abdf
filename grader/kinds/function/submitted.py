"""The code of a submission: found once, loaded once, called for every function question of the assignment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from grader.answers.code import Code, SeveralCodesError, read_code
from grader.answers.modules import taken_names
from grader.documents import shortened
from grader.documents.encodings import in_utf8
from grader.errors import SubmissionError
from grader.kinds.function.case_answers import CaseAnswer
from grader.kinds.function.code_runner import CodeRunner, RunnerPool, runner_pool
from grader.kinds.function.load_notes import load_notes
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.function.score import prefetch
from grader.kinds.function.shown_code import defining_line, texts_of
from grader.kinds.open_submission import OpenSubmission
from grader.kinds.stored_question import loaded
from grader.kinds.table import ways_of_all
from grader.sandbox import FunctionCall, Returned
from grader.verdict import AnswerLocation, CodeDigest
from grader.visible import one_line


class SubmittedCodes:
    """The code that was handed in: one file, or for each function the file that defines it, where several do so."""

    def __init__(self, opened: OpenSubmission) -> None:
        self._opened = opened
        self._by_file: dict[str, SubmittedCode] = {}
        self._by_name: dict[str, Code | SubmissionError | None] = {}

    @classmethod
    def of(cls, opened: OpenSubmission, question: FunctionQuestion) -> SubmittedCode:
        """The code that answers a question, the same object for each question that it answers.

        Raises:
            SubmissionError: if it cannot be read, or two files define the function.
        """
        return opened.resource("code", lambda: cls(opened))._answering(question)

    @cached_property
    def _functions(self) -> tuple[FunctionQuestion, ...]:
        """The questions of the assignment that are answered with a function, each the object that is scored.

        A question from the cache stands for one, but what is known of that one by its identity is not found for it.
        """
        return tuple(loaded(q) for q in ways_of_all(self._opened.assignment) if isinstance(q, FunctionQuestion))

    def _answering(self, question: FunctionQuestion) -> SubmittedCode:
        if not self._by_name:
            self._by_name = self._read()
        code = self._by_name[question.signature.name]
        if isinstance(code, SubmissionError):
            raise SubmissionError(*code.problems)
        file = "" if code is None else code.name
        if file not in self._by_file:
            answered = tuple(q for q in self._functions if self._is_answered_by(file, q))
            self._by_file[file] = SubmittedCode(self._opened, code, answered)
        return self._by_file[file]

    def _is_answered_by(self, file: str, question: FunctionQuestion) -> bool:
        code = self._by_name[question.signature.name]
        return isinstance(code, Code) and code.name == file

    def _read(self) -> dict[str, Code | SubmissionError | None]:
        """The code for each function that is asked for, or why there is none."""
        names = list(dict.fromkeys(question.signature.name for question in self._functions))
        try:
            return dict.fromkeys(names, self._found(names))
        except SeveralCodesError:
            return {name: self._found_or_refused(name) for name in names}
        except SubmissionError as error:
            return dict.fromkeys(names, error)

    def _found_or_refused(self, name: str) -> Code | SubmissionError | None:
        try:
            return self._found([name])
        except SubmissionError as error:
            return error

    def _found(self, names: Sequence[str]) -> Code | None:
        return read_code(self._opened.submission.files, names)

    def close(self) -> None:
        """Ends the children that run code."""
        for code in self._by_file.values():
            code.close()


class SubmittedCode:
    """One file of the code that was handed in (None: there is none); nothing runs before `runner` is called."""

    def __init__(self, opened: OpenSubmission, code: Code | None, functions: tuple[FunctionQuestion, ...]) -> None:
        self._opened = opened
        self.code = code
        self.functions = functions
        self._runner: CodeRunner | None = None

    @property
    def pool(self) -> RunnerPool:
        """Where code runs."""
        return runner_pool(self._opened.run, self._opened.require_sandbox, self._opened.assignment.packages)

    def runner(self) -> CodeRunner | None:
        """What calls the code; None where none was handed in.

        Raises:
            HarnessError: if there is no sandbox that is good enough.
        """
        if self._runner is None and self.code is not None:
            self._runner = self.pool.open(self.code, max(question.call_seconds for question in self.functions))
            self._opened.tier, self._opened.ran = self.pool.tier, beside(self._opened.ran, self.code.snapshot)
            self._opened.notes += [*self._notes(self.code), *load_notes(self.code.name, self._runner.load)]
            prefetch(self.functions, self._runner)
        return self._runner

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of the code by the names that tracebacks have; nothing where none was handed in."""
        return {} if self.code is None else texts_of(self.code)

    def _notes(self, code: Code) -> Iterator[str]:
        """What a reader should know of how the code and its modules were found."""
        yield from (*code.notes, *code.modules.notes)
        for name, source in ((code.name, code.source), *((one.path, one.source) for one in code.modules.files)):
            if in_utf8(source) is not source:
                shown = one_line(shortened(name))
                yield f"{shown} is UTF-16 or UTF-32, which Python itself does not run: save it as UTF-8"
        yield from taken_names(code.name, code.source, code.modules, self._opened.assignment.packages)

    def place_of(self, function: str) -> AnswerLocation | None:
        """The line that defines a function (of a notebook, the file alone)."""
        code = self.code
        if code is None:
            return None
        line = defining_line(self.texts[code.name], function) if code.kind == "python" else 0
        return AnswerLocation(code.name, line)

    def close(self) -> None:
        """Ends the child that runs the code."""
        if self._runner is not None:
            self._runner.close()


def beside(first: CodeDigest | None, further: CodeDigest) -> CodeDigest:
    """The digest of code that ran, and that of further code among its modules."""
    if first is None:
        return further
    files = {digest.file: digest for digest in (*first.modules, replace(further, modules=()), *further.modules)}
    return replace(first, modules=tuple(digest for file, digest in files.items() if file != first.file))


class FunctionAnswer:
    """A student's function for tests by hand; each call runs in the sandbox, until the pool is closed."""

    def __init__(self, question: FunctionQuestion, submitted: SubmittedCode) -> None:
        if submitted.code is None:
            raise SubmissionError(f"{question.id}: no code was handed in")
        self.question = question
        self._code = submitted.code
        self._pool = submitted.pool

    @cached_property
    def _runner(self) -> CodeRunner:
        return self._pool.open(self._code, self.question.call_seconds)

    def __call__(self, *arguments: Any) -> Any:
        """What the function returns: numbers, text, lists, NumPy arrays.

        Raises:
            SubmissionError: if it does not return, with what happened instead.
        """
        __tracebackhide__ = True
        name = self.question.signature.name
        call = FunctionCall(name, arguments, script=self.question.signature.script)
        reply = CaseAnswer(self._runner.call([call])[0]).in_parts(None).reply  # of a class, an exception of any step
        if not isinstance(reply, Returned):
            raise SubmissionError(f"{name} did not return a value: {reply}")
        return reply.value

    def __repr__(self) -> str:
        what = "function" if self.question.signature.script is None else "class"
        return f"<the {what} {self.question.signature} handed in for {self.question.id}>"
