"""A class with written answers, graded once and copied for each test; and the desk, asked without a server."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import urlencode

import httpx
import uvicorn

from grader.cli import cli
from grader.cli_review import SIMILAR_ANSWERS_WAIT_S
from grader.kinds.written.marks import load_marks
from grader.review.appeals import Appeals
from grader.review.desk import Desk
from grader.review.desk_answers import SecondReading
from grader.review.guard import Guard
from grader.review.pending import open_review
from grader.review.serve import serve
from grader.review.server import desk_application

TOKEN = "a-token-of-tests"
PORT = 8765
HOST = f"127.0.0.1:{PORT}"
FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Origin": f"http://{HOST}",
    "Sec-Fetch-Site": "same-origin",
}
SCRIPT = "<script>alert(1)</script>"
HOSTILE_NAME = "<img src=x onerror=alert(2)>"
HOSTILE_FILE = "<svg onload=alert(3)>'\".pdf"

QUESTIONS = {
    "assignment.yaml": "assignment: hw\ntitle: Homework\nquestions: [q1, q2]\n",
    "q1.yaml": "question: q1\ntitle: A number\npoints: 10\nanswer: number\nvalue: 3\n",
    "q2.yaml": """\
question: q2
title: One-hot vectors
points: 40
prompt: Name two issues of one-hot vectors.
answer: written
rubric:
  - {name: sparsity, points: 15, keywords: [sparse, "many zeros"]}
  - {name: no similarity, points: 15}
  - {name: new words, points: 10}
""",
}
SAME = "All of them are orthogonal: no two words are similar."
ANSWERS: Mapping[str, str | bytes] = {
    "anna": SAME,
    "berta": SAME.upper(),
    "clara": f"  {SAME}\n",
    "doris": "They are sparse, and have MANY  zeros, $x^T y = 0$.",
    "emma": "They are sparse, and have many ones, $x^T y = 0$.",
    "frieda": f"{SCRIPT}\n\n# A title\n\n[a](javascript:alert(4)) <b onclick='alert(5)'>bold</b> $\\text{{{SCRIPT}}}$\x07\x1b[31m\u202e",
    HOSTILE_NAME: "A short answer.",
}


def write_course(folder: Path) -> Path:
    specs = folder / "specs" / "hw"
    specs.mkdir(parents=True)
    for name, text in QUESTIONS.items():
        (specs / name).write_text(text, encoding="utf-8")
    return folder


def write_answers(folder: Path) -> Path:
    for name, text in ANSWERS.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "answers.yaml").write_text("q1: 4\n")
        (folder / name / "q2.md").write_text(str(text), encoding="utf-8")
    (folder / "gerda").mkdir()
    (folder / "gerda" / HOSTILE_FILE).write_bytes(b"%PDF-1.4\n\x00 gerda's scan")
    return folder


def grade(course: Path, answers: Path, results: Path, *options: str) -> None:
    """Grades in this process."""
    arguments = ["grade", str(answers), "--course", str(course), "--out", str(results), "--jobs", "1", *options]
    assert cli.main(arguments, standalone_mode=False) in (0, None)


class Class(NamedTuple):
    """A folder with a course, the answers of a class, and its results."""

    folder: Path

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    @property
    def answers(self) -> Path:
        return self.folder / "answers"

    @property
    def marks(self) -> Path:
        return self.course / "specs" / "hw" / "marks.yaml"

    @property
    def overrides(self) -> Path:
        return self.course / "specs" / "hw" / "overrides.yaml"

    def grade(self, *options: str) -> None:
        grade(self.course, self.answers, self.results, *options)

    def opened(
        self, reader: str = "N. Neumann", second: SecondReading | None = None, **options: Any
    ) -> tuple[Desk, Appeals | None]:
        desk = Desk(partial(open_review, self.results, None, self.course, None), b"secret", reader, second, **options)
        return desk, Appeals(self.results, desk.review.assignment, None) if second is None else None

    def desk(self, reader: str = "N. Neumann", second: SecondReading | None = None, **options: Any) -> Client:
        opened, appeals = self.opened(reader, second, **options)
        return Client(desk_application(opened, appeals, TOKEN, PORT, "once"), opened)


def copied(graded: Path, folder: Path) -> Class:
    """A class of its own for a test, as it was graded; what was handed in lies where it was graded from."""
    shutil.copytree(graded, folder, dirs_exist_ok=True)
    return Class(folder)


@dataclass
class Client:
    """Asks the desk as a browser does, without a server."""

    app: Guard
    desk: Desk
    headers: Mapping[str, str] = field(default_factory=lambda: {"Host": HOST})

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **data: Any) -> httpx.Response:
        """A request to an address as it is."""
        kept = {**self.headers, **(headers or {})}

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
                request = client.build_request(method, path, headers=kept, **data)
                return await client.send(request)

        return asyncio.run(asked())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.send("GET", path if path.startswith(f"/{TOKEN}") else f"/{TOKEN}{path}", headers)

    def post(self, path: str, fields: Sequence[tuple[str, str]], **headers: str) -> httpx.Response:
        address = path if path.startswith(f"/{TOKEN}") else f"/{TOKEN}{path}"
        return self.send("POST", address, {**FORM, **headers}, content=urlencode(list(fields)).encode())

    def list(self, show: str = "all") -> dict[str, str]:
        """The addresses of the groups that a filter lists, by how they are called."""
        page = self.get(f"/questions/0?show={show}").text
        found = re.findall(r'<li><a href="([^"]*/answers/[^"]*)"><span class="name">([^<]*)', page)
        return {unescape(name): unescape(address) for address, name in found}

    def address(self, name: str) -> str:
        """The page on which the answer of a submission is marked."""
        return f"/{TOKEN}/questions/0/answers/{self.desk.key_of(name)}"

    def mark(self, name: str, *fields: tuple[str, str], page: str | None = None, **headers: str) -> httpx.Response:
        """Sends the form of a page as it stands (by default as it stands now) with these fields in it."""
        address = self.address(name)
        hidden = form_fields(page if page is not None else self.get(address).text)
        return self.post(address, [*hidden.items(), *fields], **headers)


def form_fields(page: str) -> dict[str, str]:
    """What the form of a page says without the reader: the versions that it has seen."""
    form = page[page.index('id="marking"') :]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[: form.index("</form>")])
    return {name: unescape(value) for name, value in found}


def status(response: httpx.Response) -> str:
    """What a page says of the mark."""
    found = re.search(r'id="status">([^<]*)', response.text)
    return unescape(found[1]) if found else ""


def marks(desk_class: Class) -> dict[str, tuple[tuple[str, ...], Fraction | None, str, str]]:
    """By submission: points that are met, adjusted points, note, reader."""
    found = load_marks(desk_class.marks) if desk_class.marks.exists() else {}
    return {name: (mark.met, mark.points, mark.note, mark.reader) for (name, _), mark in found.items()}


class ServedDesk:
    """The command `grader review` in a process of its own."""

    def __init__(self, desk_class: Class, *options: str) -> None:
        command = [
            sys.executable,
            "-m",
            "grader",
            "review",
            str(desk_class.results),
            "--course",
            str(desk_class.course),
        ]
        self.process = subprocess.Popen(
            [*command, "--no-open", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"(http://127\.0\.0\.1:\d+)(/[\w-]{43}/)$", line.strip())
        assert found, line + self.process.stdout.read()
        self.origin, self.path = found.groups()
        self.address = self.origin + self.path

    def end(self, by: int = signal.SIGINT) -> str:
        """What else it wrote until it ended."""
        self.process.send_signal(by)
        said, _ = self.process.communicate(timeout=60)
        return said


class ServedHere:
    """The desk on a port, served by a thread of this process: nothing has to be started and imported for it."""

    def __init__(self, desk_class: Class, reader: str, **options: Any) -> None:
        desk, appeals = desk_class.opened(reader, patience_seconds=SIMILAR_ANSWERS_WAIT_S, **options)
        self._server: uvicorn.Server | None = None
        self._is_made = threading.Event()
        self._thread = threading.Thread(target=serve, args=(desk, appeals, 0, self._ready), daemon=True)
        with patch("uvicorn.Server", self._made):
            self._thread.start()
            assert self._is_made.wait(60)

    def _ready(self, address: str, _once: str) -> None:
        self.address = address
        self.origin = address.rsplit("/", 2)[0]

    def _made(self, config: uvicorn.Config) -> uvicorn.Server:
        self._server = _Server(config)
        self._is_made.set()
        return self._server

    def end(self) -> None:
        """It answers no more."""
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
        self._thread.join(60)
        assert not self._thread.is_alive()


_Server = uvicorn.Server
"""As it is, while `ServedHere` looks for the one that is made."""
