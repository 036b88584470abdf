"""Prose in documents of word processors, PDFs and notebooks: read for a reader, or left to one with the file named."""

import io
import json
import subprocess
import sys
import zipfile
from functools import cache

import numpy as np
import pytest

from grader.answers import document_text
from grader.answers.submission import Submission
from grader.errors import SourceLocation
from grader.grading import grade
from grader.kinds.written.marks import Mark
from grader.sandbox import probe
from grader.sandbox.installation import CHILD_FOLDER

from ..answers.helpers import write
from ..answers.test_arrays import npz
from ..conftest import RUN
from .small_course import answers, assignment, keep_their_marks, refused, report_on, results_of

GATE = "The gate forgets, since its slope is below one."
CELL = "The cell keeps “what” it was given: naïve, but right."


def docx(*blocks):
    """A Word document of headings (`# ...`), tables (lists) and paragraphs."""
    import docx

    document = docx.Document()
    for block in blocks:
        if isinstance(block, list):
            cells = document.add_table(1, len(block)).rows[0].cells
            for cell, text in zip(cells, block, strict=True):
                cell.text = text
        elif block.startswith("# "):
            document.add_heading(block[2:], 1)
        else:
            document.add_paragraph(block)
    return saved(document.save)


def odt(*blocks):
    """An OpenDocument text."""
    from odf.opendocument import OpenDocumentText
    from odf.text import H, P

    document = OpenDocumentText()
    for block in blocks:
        heading = block.startswith("# ")
        document.text.addElement(H(outlinelevel=1, text=block[2:]) if heading else P(text=block))
    return saved(document.write)


def pdf(*blocks, password="", picture=False):
    """A PDF with a line a block."""
    from reportlab.lib import pdfencrypt
    from reportlab.pdfgen import canvas

    def draw(out):
        page = canvas.Canvas(out, encrypt=pdfencrypt.StandardEncryption(password) if password else None)
        if picture:
            page.rect(50, 50, 200, 200, fill=1)
        for line, block in enumerate(blocks):
            page.drawString(60, 780 - 20 * line, block.removeprefix("# "))
        page.showPage()
        page.save()

    return saved(draw)


def rtf(*blocks):
    """A rich text."""
    coded = ("".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in block.removeprefix("# ")) for block in blocks)
    return ("{\\rtf1\\ansi " + "\\par ".join(coded) + "}").encode()


def ipynb(*cells):
    """A notebook of Markdown cells, and code where a text begins with `>>>`."""
    made = [
        {
            "cell_type": "code" if text.startswith(">>>") else "markdown",
            "metadata": {},
            "source": text.removeprefix(">>>"),
        }
        for text in cells
    ]
    made = [cell | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}) for cell in made]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def markdown(*blocks):
    """A Markdown text."""
    return "\n\n".join(blocks).encode()


def saved(save):
    out = io.BytesIO()
    save(out)
    return out.getvalue()


MAKERS = {".docx": docx, ".odt": odt, ".pdf": pdf, ".rtf": rtf, ".md": markdown, ".txt": markdown}


@cache
def made(suffix, *blocks):
    return MAKERS[suffix](*blocks)


def pending(result, *said):
    """Asserts that a question waits for a reader, and that its messages say some things."""
    assert (result.status, result.points) == ("pending", 0), result.messages
    text = "\n".join(result.messages)
    for part in said:
        assert part in text, result.messages
    return text


def text_in(suffix, data):
    return "\n".join(block.text for block in document_text.text_in_document(data, suffix, f"q2{suffix}").blocks)


@pytest.mark.long
@pytest.mark.parametrize("suffix", [".docx", ".odt", ".pdf", ".rtf", ".md"])
def test_the_text_of_a_document_comes_out_in_order(suffix):
    text = text_in(suffix, made(suffix, "# Gates", GATE, "Then the cell."))
    assert [line.strip() for line in text.splitlines() if line.strip()] == ["Gates", GATE, "Then the cell."]


def test_tables_and_other_scripts_come_out_and_what_is_no_text_is_counted():
    import docx
    from docx.oxml import parse_xml

    assert text_in(".docx", made(".docx", "a – ü", "β")).splitlines() == ["a – ü", "β"]
    assert text_in(".docx", docx_with_table()).splitlines() == ["before", "one | two", "after"]
    document = docx.Document()
    document.add_paragraph("By")._p.append(
        parse_xml(
            '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>x</m:t></m:r></m:oMath>'
        )
    )
    results = results_of({"answers.yaml": answers(q2=None), "q2.docx": saved(document.save)})
    pending(results["q2"], "not in the text that was read from q2.docx: 1 equation; open the file to see them")


def docx_with_table():
    return docx("before", ["one", "two"], "after")


@pytest.mark.long
@pytest.mark.parametrize("suffix", MAKERS)
def test_a_document_named_after_its_question_waits_for_a_reader(suffix):
    results = results_of({"answers.yaml": answers(q2=None), f"q2{suffix}": made(suffix, GATE)})
    assert pending(results["q2"]) == ""
    keep_their_marks(results, but="")


def test_a_reader_marks_a_document_as_any_answer(tmp_path):
    path = write(tmp_path / "kim", {"q2.docx": made(".docx", GATE)})
    marks = {("kim", "q2"): Mark(("the gate",), "", "a reader", (SourceLocation("marks.yaml"),))}
    result = next(q for q in grade(Submission(path), assignment(), run=RUN, marks=marks).questions if q.id == "q2")
    assert (result.status, result.points) == ("graded", 5)


UNREADABLE = {
    "a scan": (".pdf", lambda: pdf(picture=True), "there is no text in it (a scan, or pictures?)"),
    "a PDF with a password": (".pdf", lambda: pdf(GATE, password="secret"), "it is locked with a password"),
    "half a PDF": (".pdf", lambda: b"%PDF-1.4\nhalf", "it is no PDF, or damaged"),
    "no PDF": (".pdf", lambda: b"text", "it is no PDF, or damaged"),
    "no Word document": (".docx", lambda: b"text", "it is no file of that kind, or damaged"),
    "a zip of something else": (".docx", lambda: zipped({"a.txt": b"x"}), "it is broken (KeyError)"),
    "half a Word document": (".docx", lambda: made(".docx", GATE)[:500], "it is no file of that kind, or damaged"),
    "an empty Word document": (".docx", lambda: made(".docx"), "there is no text in it"),
    "no OpenDocument": (".odt", lambda: b"text", "it is no file of that kind, or damaged"),
    "no rich text": (".rtf", lambda: b"text", "it is no file of that kind, or damaged"),
    "endless rich text": (".rtf", lambda: b"{\\rtf1 " + b"an lstm " * 50_001 + b"}", "it holds too much text"),
    "old Word": (".doc", lambda: b"\xd0\xcf\x11\xe0", "it is of Word before 2007"),
    "LaTeX": (".tex", lambda: b"\\documentclass{article}", "it is LaTeX"),
    "Pages": (".pages", lambda: b"PK", "it is of Apple Pages"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("suffix", "make", "reason"), UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.sampled(3)
def test_a_document_without_text_waits_for_a_reader_who_opens_it(suffix, make, reason):
    results = results_of({"answers.yaml": answers(q2=None), f"q2{suffix}": make()})
    pending(results["q2"], f"q2{suffix} waits for a reader who opens it: {reason}")
    keep_their_marks(results, but="")


def test_a_library_that_is_missing_is_said_with_what_to_install(monkeypatch):
    monkeypatch.setitem(document_text.DOCUMENT_LIBRARIES, ".docx", ("no_such_package", "python-docx"))
    results = results_of({"answers.yaml": answers(q2=None), "q2.docx": made(".docx", GATE)})
    pending(
        results["q2"], "python-docx, which reads it, is not installed here: pip install python-docx, or pip install"
    )
    keep_their_marks(results, but="")


def zipped(members, over=None):
    """An archive, or another one with some of its members changed."""
    contents = {}
    if over is not None:
        with zipfile.ZipFile(io.BytesIO(over)) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}

    def save(out):
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in {**contents, **members}.items():
                archive.writestr(name, data)

    return saved(save)


def with_declaration(declaration, body):
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<?xml version="1.0"?>{declaration}<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{body}</w:t></w:r></w:p></w:body></w:document>'


BOMB = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(12)) + "]>"
EXTERNAL = "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>"


def looping_pdf():
    """A PDF whose pages are their own parents and children."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /Parent 2 0 R >>",
               "<< /Type /Page /Parent 2 0 R /Contents [4 0 R] /MediaBox [0 0 9 9] >>", "4 0 R"]  # fmt: skip
    out, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(out)
    out += f"xref\n0 5\n0000000000 65535 f \n{table}trailer << /Size 5 /Root 1 0 R /Prev {start} >>\nstartxref\n{start}\n%%EOF".encode()
    return out


HOSTILE = {
    "a bomb of entities": (".docx", lambda: zipped({"word/document.xml": with_declaration(BOMB, "&a12;")}, made(".docx", GATE)), "it declares a document type or entities"),
    "an external entity": (".docx", lambda: zipped({"word/document.xml": with_declaration(EXTERNAL, "&f;")}, made(".docx", GATE)), "it declares a document type or entities"),
    "an external entity in UTF-16": (".docx", lambda: zipped({"word/document.xml": with_declaration(EXTERNAL, "&f;").replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16")}, made(".docx", GATE)), "it declares a document type or entities"),
    "an external entity in another part": (".docx", lambda: zipped({"word/styles.xml": with_declaration(EXTERNAL, "&f;")}, made(".docx", GATE)), "it declares a document type or entities"),
    "a bomb of entities in OpenDocument": (".odt", lambda: zipped({"content.xml": with_declaration(BOMB, "&a12;")}, made(".odt", GATE)), "it declares a document type or entities"),
    "a bomb of zeros": (".docx", lambda: zipped({"word/document.xml": bytes(60 << 20)}), "it unpacks to too much"),
    "ten thousand parts": (".docx", lambda: zipped({f"{n}.xml": b"" for n in range(6000)}), "it unpacks to too much"),
    "deep XML": (".docx", lambda: zipped({"word/document.xml": with_declaration("", "<w:x>" * 5000 + "</w:x>" * 5000)}, made(".docx", GATE)), "waits for a reader who opens it"),
    "a PDF that loops": (".pdf", looping_pdf, "waits for a reader who opens it"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("suffix", "make", "reason"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.sampled(2)
def test_a_hostile_document_waits_for_a_reader_and_costs_no_other_answer(suffix, make, reason):
    results = results_of({"answers.yaml": answers(q2=None), f"q2{suffix}": make()})
    text = pending(results["q2"], reason)
    assert "root:" not in text
    keep_their_marks(results, but="")


def test_a_document_that_is_too_large_waits_for_a_reader():
    results = results_of({"answers.yaml": answers(q2=None), "q2.pdf": bytes(document_text.MAX_DOCUMENT_BYTES + 1)})
    pending(results["q2"], "q2.pdf waits for a reader who opens it: is too large")


@pytest.mark.long
@pytest.mark.parametrize("suffix", MAKERS)
def test_a_document_with_a_heading_for_each_question_answers_them(suffix):
    document = made(suffix, "# Homework 1", "# Question 2", GATE, "# Question 6: the cell", CELL)
    results = results_of({"answers.yaml": answers(q2=None, q6=None), f"essay{suffix}": document})
    pending(results["q2"], f"read from essay{suffix}, below 'Question 2'")
    pending(results["q6"], f"read from essay{suffix}, below 'Question 6: the cell'")
    keep_their_marks(results, but="")
    report = report_on({"answers.yaml": answers(q2=None, q6=None), f"essay{suffix}": document})
    assert not [message for message in report.messages if f"essay{suffix}" in message]


@pytest.mark.parametrize("heading", [
    "Question 2", "question 2:", "QUESTION 2.", "Q2", "q2", "Q 2", "q2 - Gates", "q2: gates", "Problem 2", "Exercise 2)", "Task #2",
    "Answer to question 2", "(q2)", "**Question 2**", "Aufgabe 2",
])  # fmt: skip
def test_a_line_that_names_a_question_begins_its_answer(heading):
    results = results_of({"answers.yaml": answers(q2=None), "essay.txt": f"{heading}\n{GATE}\n"})
    pending(results["q2"], "read from essay.txt, below")


@pytest.mark.parametrize("heading", ["## 2", "## 2.", "## 2. Gates", "# Question 2 and what it asks", "2\n==="])
def test_a_heading_of_markdown_may_have_the_number_alone(heading):
    results = results_of({"answers.yaml": answers(q2=None), "essay.md": f"{heading}\n\n{GATE}\n"})
    pending(results["q2"], "read from essay.md, below")


@pytest.mark.parametrize(
    "line", ["2. Gates forget.", "Question 2 asks about gates.", "q2x", "question 22", "Question 2.7", "2"]
)
def test_a_line_that_is_no_heading_begins_no_answer(line):
    results = results_of({"answers.yaml": answers(q2=None), "essay.txt": f"{line}\n{GATE}\n"})
    pending(results["q2"], "essay.txt names no question: taken for q2, the only written question without an answer")


def test_only_the_text_below_the_heading_is_the_answer(tmp_path):
    words = "word " * 30
    from grader.answers.document_text import TextBlock
    from grader.kinds.written.documents import parts_of

    blocks = [
        TextBlock(True, "Question 2"),
        TextBlock(False, GATE),
        TextBlock(True, "Question 3.1"),
        TextBlock(False, words),
    ]
    blocks += [
        TextBlock(True, "Question 6"),
        TextBlock(False, CELL),
        TextBlock(True, "Question 2, again"),
        TextBlock(False, "more"),
    ]
    found = parts_of(blocks, ["q2", "q3.1", "q3.2", "q6"])
    assert found["q2"] == [f"Question 2\n{GATE}", "Question 2, again\nmore"]
    assert found["q6"] == [f"Question 6\n{CELL}"]


def test_text_cells_of_a_notebook_below_a_heading_answer_a_question():
    notebook = ipynb(
        "# My homework", "## Question 2", GATE, ">>>x = 1", "and more", "## Question 6\n" + CELL, ">>>def f(): return 1"
    )
    results = results_of({"answers.yaml": answers(q2=None, q6=None), "work.ipynb": notebook})
    pending(results["q2"], "read from work.ipynb, below 'Question 2'")
    pending(results["q6"], "read from work.ipynb, below 'Question 6'")


def test_a_notebook_without_such_a_heading_answers_no_written_question():
    results = results_of({"answers.yaml": answers(q2=None), "work.ipynb": ipynb("# Notes", GATE, ">>>x = 1")})
    assert results["q2"].status in ("missing", "rejected")
    results = results_of({"answers.yaml": answers(q2=None), "work.ipynb": ipynb("# Notes", "```\n# Question 2\n```")})
    assert results["q2"].status in ("missing", "rejected")


def test_a_document_that_names_no_question_is_taken_for_the_only_one_without_an_answer():
    results = results_of({"answers.yaml": answers(q2=None), "essay.docx": made(".docx", GATE)})
    pending(results["q2"], "essay.docx names no question: taken for q2, the only written question without an answer")
    keep_their_marks(results, but="")
    results = results_of({"answers.yaml": answers(q6=None), "scan.pdf": pdf(picture=True)})
    pending(results["q6"], "taken for q6", "scan.pdf waits for a reader who opens it: there is no text in it")


@pytest.mark.long
def test_a_document_that_may_answer_several_questions_is_named_for_each_of_them():
    results = results_of({"answers.yaml": answers(q2=None, q6=None), "essay.docx": made(".docx", GATE)})
    for name in ("q2", "q6"):
        pending(
            results[name], f"essay.docx names no question: a reader looks whether it answers {name}; name a document"
        )
    files = {"answers.yaml": answers(q2=None), "essay.docx": made(".docx", GATE), "notes.pdf": made(".pdf", CELL)}
    pending(
        results_of(files)["q2"],
        "essay.docx and notes.pdf name no question: a reader looks whether one of them answers q2",
    )


def test_a_document_beside_answers_to_everything_changes_no_marks():
    results = results_of({"answers.yaml": answers(), "essay.docx": made(".docx", GATE)})
    keep_their_marks(results, but="")


def test_two_documents_for_one_question_are_refused_by_name():
    files = {"answers.yaml": answers(q2=None), "a.md": f"# Question 2\n{GATE}", "b.md": f"# Question 2\n{CELL}"}
    assert "q2 is answered twice, in a.md and b.md: keep one" in refused(results_of(files), "q2")
    files = {"answers.yaml": answers(), "q2.docx": made(".docx", GATE)}
    assert "q2 is answered twice, in answers.yaml and q2.docx: keep one" in refused(results_of(files), "q2")


@pytest.mark.parametrize("name", ["q1", "q3.1", "q4", "q5"])
def test_a_document_for_a_question_that_asks_for_no_prose_is_refused(name):
    left_out = {name.replace(".", "_"): None}
    results = results_of({"answers.yaml": answers(**left_out), f"{name}.docx": made(".docx", "w * tanh(x)")})
    assert "is a document, where text or numbers are wanted: write the answer in answers.yaml" in refused(results, name)
    keep_their_marks(results, but=name)


@pytest.mark.parametrize("name", ["q2", "q3.1"])
def test_arrays_for_a_question_that_asks_for_text_are_refused(name):
    left_out = {name.replace(".", "_"): None}
    results = results_of({"answers.yaml": answers(**left_out), f"{name}.npz": npz({"W1": np.ones(2)})})
    assert refused(results, name) == f"{name}.npz: holds arrays, where text is wanted"
    keep_their_marks(results, but=name)


def test_code_in_a_text_file_for_a_formula_is_refused():
    results = results_of(
        {
            "answers.yaml": answers(q3_1=None),
            "q3.1.txt": "import numpy as np\n\ndef f(x, w):\n    return w * np.tanh(x)\n",
        }
    )
    refused(results, "q3.1")
    keep_their_marks(results, but="q3.1")
    keep_their_marks(results_of({"answers.yaml": answers(q3_1=None), "q3.1.txt": "w * tanh(x)\n"}), but="")


def test_the_process_that_reads_a_document_has_given_up_files_network_and_processes():
    """Tried in such a process: what it reads is hostile, and a library for it may have a hole."""
    tried = """
import importlib.util, json, os, socket, sys
spec = importlib.util.spec_from_file_location("grader_child", FOLDER + "/__init__.py", submodule_search_locations=[FOLDER])
sys.modules["grader_child"] = importlib.util.module_from_spec(spec)
from grader_child.alone import give_up_the_rest
readable = [path for path in sys.path if os.path.exists(path)]
give_up_the_rest(1 << 30, 20, readable)
def refused(attempt):
    try:
        attempt()
    except OSError:
        return True
    return False
print(json.dumps([
    refused(lambda: open("/etc/hostname")), refused(lambda: open(FOLDER + "/x", "w")), refused(lambda: os.listdir("/")),
    refused(lambda: socket.socket()), refused(lambda: os.fork()), refused(lambda: open(os.__file__)),
]))
"""
    if probe().tier.name not in ("A", "B"):
        pytest.skip("this machine holds back less, and `grader doctor` says so")
    folder = str(CHILD_FOLDER)
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"FOLDER = {folder!r}\n{tried}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout) == [True, True, True, True, True, False]
