"""A submission that lies in no folder: answers by question, as nodes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.answers.submission import Answer, Submission
from grader.answers.tree import SubmissionFiles
from grader.answers.unread import Unread, WantedFile
from grader.documents import Node


class InMemorySubmission(Submission):
    """Answers that are given as they are, under a name; there is no code among them."""

    def __init__(self, name: str, contents: Mapping[str, Node]) -> None:
        self.path, self.name = Path(os.devnull), name
        self._problems, self._answers, self._answered = (), None, {}
        self.files = SubmissionFiles(self.path)  # there is no code at that path
        self._shared = ()
        self._contents = {question: Answer(name, content) for question, content in contents.items()}

    def answer(self, question: str) -> Answer | None:
        return self._contents.get(question)

    def answered(self, question: str) -> Answer | None:
        return self._contents.get(question)

    @property
    def notes(self) -> tuple[str, ...]:
        return ()

    @property
    def students(self) -> tuple[str, ...]:
        return ()

    def unread(self, wanted: Mapping[str, WantedFile], graded: Iterable[str]) -> list[Unread]:
        return []

    def nothing_read(self) -> None:
        return None
