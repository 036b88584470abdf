"""Files as they arrive: renamed, wrapped, doubled, unread; each hand-in with the marks that it must earn."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment

from .course import (
    DOUBLE,
    ESSAY,
    LATCH,
    Q5,
    Q5_ALONE,
    Q5_JSON,
    Files,
    arrays,
    graded,
    make_course,
    outcomes,
    said,
    tarred,
    written,
    zipped,
)

NPZ = arrays()
OTHER = arrays({**LATCH, "W2": 0.0})
RIGHT = {"q5": "70"}
ALL = {"q2": "pending", "q3": "5", "q5": "70"}
WHOLE = {"answers.yaml": f"q2: {ESSAY}\n{Q5}", "solution.py": DOUBLE}
NONE = {"q2": "missing", "q3": "missing", "q5": "missing"}
REFUSED = {"q2": "rejected", "q3": "rejected", "q5": "rejected"}
LEFT_BY_SYSTEMS = dict.fromkeys(
    (
        *(".DS_Store", "._answers.yaml", "__MACOSX/._answers.yaml", "Thumbs.db", "desktop.ini", ".git/config"),
        *(".ipynb_checkpoints/x-checkpoint.ipynb", "__pycache__/solution.cpython-311.pyc", ".venv/pyvenv.cfg"),
        *(
            "env/pyvenv.cfg",
            "env/lib/answers.yaml",
            "submission_metadata.yml",
            "submission_metadata.json",
            "~$essay.docx",
        ),
        *("node_modules/x/answers.json", ".idea/workspace.xml"),
    ),
    "nothing of the student's",
)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return make_course(tmp_path_factory.mktemp("course"))


# A row: the files of a folder, what comes of the questions (the others are missing), and a piece of what is said.
READ: dict[str, tuple[Files, dict[str, str], str]] = {
    "as asked for": (WHOLE, ALL, ""),
    "capitals": ({"ANSWERS.YAML": Q5}, RIGHT, "ANSWERS.YAML: read as answers.yaml"),
    "yml in capitals": ({"Answers.yml": Q5}, RIGHT, "Answers.yml: read as answers.yml"),
    "YML": ({"answers.YML": Q5}, RIGHT, "answers.YML: read as answers.yml"),
    "JSON": ({"Answers.JSON": Q5_JSON}, RIGHT, "Answers.JSON: read as answers.json"),
    "txt behind yaml": ({"answers.yaml.txt": Q5}, RIGHT, "answers.yaml.txt: read as answers.yaml"),
    "txt behind yml": ({"answers.yml.TXT": Q5}, RIGHT, "answers.yml.TXT: read as answers.yml"),
    "txt behind json": ({"answers.json.txt": Q5_JSON}, RIGHT, "answers.json.txt: read as answers.json"),
    "ending twice": ({"answers.yaml.yaml": Q5}, RIGHT, "answers.yaml.yaml: read as answers.yaml"),
    "browser's copy": ({"answers (1).yaml": Q5}, RIGHT, "answers (1).yaml: read as answers.yaml"),
    "browser's copy, no blank": ({"answers(12).yaml": Q5}, RIGHT, "answers(12).yaml: read as answers.yaml"),
    "platform's copy": ({"answers-1.yaml": Q5}, RIGHT, "answers-1.yaml: read as answers.yaml"),
    "Mac's copy": ({"answers copy.yaml": Q5}, RIGHT, "answers copy.yaml: read as answers.yaml"),
    "Mac's second copy": ({"answers copy 2.yaml": Q5}, RIGHT, "answers copy 2.yaml: read as answers.yaml"),
    "Mac's other copy": ({"answers 2.yaml": Q5}, RIGHT, "answers 2.yaml: read as answers.yaml"),
    "Windows' copy": ({"answers - Copy.yaml": Q5}, RIGHT, "answers - Copy.yaml: read as answers.yaml"),
    "Windows' second copy": ({"answers - Copy (2).yaml": Q5}, RIGHT, "- Copy (2).yaml: read as answers.yaml"),
    "German copy": ({"answers - Kopie.yaml": Q5}, RIGHT, "answers - Kopie.yaml: read as answers.yaml"),
    "Drive's copy": ({"Copy of answers.yaml": Q5}, RIGHT, "Copy of answers.yaml: read as answers.yaml"),
    "copy of a copy": ({"answers copy (1).YAML.txt": Q5}, RIGHT, "read as answers.yaml"),
    "weights in capitals": ({"Q5.NPZ": NPZ}, RIGHT, "Q5.NPZ: read as q5.npz"),
    "a copy of weights": ({"q5 (1).npz": NPZ}, RIGHT, "q5 (1).npz: read as q5.npz"),
    "a question in YAML": ({"Q5 - Copy.yaml": Q5_ALONE}, RIGHT, "Q5 - Copy.yaml: read as q5.yaml"),
    "prose in capitals": ({"Q2.TXT": ESSAY}, {"q2": "pending"}, "Q2.TXT: read as q2.txt"),
    "prose as a copy": ({"q2 copy.md": ESSAY}, {"q2": "pending"}, "q2 copy.md: read as q2.md"),
    "a folder in the folder": ({f"hw5/{n}": c for n, c in WHOLE.items()}, ALL, "hw5/answers.yaml: read as answers.yaml"),
    "two folders deep": ({"hw5/hw5/answers.yaml": Q5}, RIGHT, "hw5/hw5/answers.yaml: read as answers.yaml"),
    "a folder with blanks": ({"my hand-in/Answers (2).yml": Q5}, RIGHT, "my hand-in/Answers (2).yml: read as"),
    "a folder a question": ({"Q5/q5.npz": NPZ, "Q2/q2.md": ESSAY}, {"q5": "70", "q2": "pending"}, "Q5/q5.npz: read as q5.npz"),
    "results of the student's": ({"results/q5.npz": NPZ}, RIGHT, "results/q5.npz: read as q5.npz"),
    "what systems leave": ({**WHOLE, **LEFT_BY_SYSTEMS}, ALL, ""),
    "what systems leave in a folder": ({"a/answers.yaml": Q5, **{f"a/{n}": "" for n in LEFT_BY_SYSTEMS}}, RIGHT, "a/answers.yaml: read as"),
    "a zip in the folder": ({"hw5.zip": zipped(WHOLE)}, ALL, "read from hw5.zip"),
    "a zip with its folder": ({"hw5.zip": zipped({f"hw5/{n}": c for n, c in WHOLE.items()})}, ALL, "read from hw5.zip"),
    "a Mac's zip": ({"hw5.zip": zipped({"hw5/answers.yaml": Q5, "__MACOSX/hw5/._answers.yaml": "x", "hw5/.DS_Store": ""})}, RIGHT, "read from hw5.zip"),
    "a zip in capitals": ({"HW5.ZIP": zipped({"answers.yaml": Q5})}, RIGHT, "read from HW5.ZIP"),
    "a zip in a folder": ({"hw5/hw5.zip": zipped({"answers.yaml": Q5})}, RIGHT, "read from hw5/hw5.zip"),
    "a zip beside a readme": ({"hw5.zip": zipped({"answers.yaml": Q5}), "README.md": ""}, RIGHT, "no answer is looked for there: README.md"),
    "a zip in a zip": ({"a.zip": zipped({"b.zip": zipped({"answers.yaml": Q5})})}, RIGHT, "read from b.zip inside of a.zip"),
    "a tar": ({"hw5.tar": tarred(WHOLE, "w")}, ALL, "read from hw5.tar"),
    "a tar.gz": ({"hw5.tar.gz": tarred({"./hw5/answers.yaml": Q5})}, RIGHT, "read from hw5.tar.gz"),
    "a tgz": ({"hw5.TGZ": tarred({"answers.yaml": Q5})}, RIGHT, "read from hw5.TGZ"),
    "a tar.bz2": ({"hw5.tar.bz2": tarred({"answers.yaml": Q5}, "w:bz2")}, RIGHT, "read from hw5.tar.bz2"),
    "a tar.xz": ({"hw5.tar.xz": tarred({"answers.yaml": Q5}, "w:xz")}, RIGHT, "read from hw5.tar.xz"),
    "a tar called zip": ({"hw5.zip": tarred({"answers.yaml": Q5})}, RIGHT, "read from hw5.zip"),
    "backslashes in a zip": ({"hw5.zip": zipped({"hw5\\answers.yaml": Q5})}, RIGHT, "hw5/answers.yaml: read as answers.yaml"),
    "twice the same": ({"answers.yaml": Q5, "answers (1).yaml": Q5}, RIGHT, "answers (1).yaml: holds the same as answers.yaml"),
    "weights twice the same": ({"q5.npz": NPZ, "Q5 copy.npz": NPZ}, RIGHT, "Q5 copy.npz: holds the same as q5.npz"),
    "in two folders the same": ({"a/answers.yaml": Q5, "b/answers.yaml": Q5}, RIGHT, "b/answers.yaml: holds the same as a/answers.yaml"),
    "an older one further in": ({"answers.yaml": Q5, "old/answers.yaml": "q5: {W1: 0}\n"}, {**RIGHT, "q2": "rejected", "q3": "rejected"}, "old/answers.yaml: is not read: answers.yaml lies further out and counts"),
    "a copy of the specs": ({"submission/answers.yaml": Q5, "specs/sheet/q5.yaml": "question: q5\n"}, RIGHT, "no answer is looked for there: specs/sheet/q5.yaml"),
    "a second Unicode form": ({"Übung/answers.yaml": Q5, "bild.png": ""}, RIGHT, "not read, since no answer is looked for there: bild.png"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected", "piece"), READ.values(), ids=READ)
def test_what_is_clear_is_read_and_it_is_said_from_where(sheet, tmp_path, files, expected, piece):
    report = graded(written(tmp_path / "alice", files), sheet)
    assert outcomes(report) == NONE | expected, said(report)
    assert piece in "\n".join(report.messages)
    assert piece or not report.messages  # of what is read as it is asked for, nothing is said


WANT_Q5 = "hand in q5 as q5.npz or under `q5:` in answers.yaml"
UNREAD: dict[str, tuple[Files, dict[str, str], str]] = {
    "nothing": ({}, {}, ""),
    "a readme alone": ({"README.md": "", "LICENSE": ""}, {}, "holds LICENSE and README.md, of which nothing is read"),
    "a pickle": ({"q5.pkl": b""}, {"q5": "rejected"}, "q5: q5.pkl: is a pickle, which is a program and never run here"),
    "weights without an ending": ({"q5": NPZ}, {"q5": "rejected"}, f"q5: q5: is not read: {WANT_Q5}"),
    "a backup of weights": ({"q5.npz~": NPZ}, {"q5": "rejected"}, f"q5: q5.npz~: is not read: {WANT_Q5}"),
    "weights in a Word file": ({"q5.doc": b""}, {"q5": "rejected"}, "q5: q5.doc: is a document, where text or numbers are wanted"),
    "weights in a workbook": ({"q5.xlsx": b""}, {"q5": "rejected"}, "q5: q5.xlsx: is a workbook, which is not read"),
    "weights in Octave": ({"q5.m": b""}, {"q5": "rejected"}, f"q5: q5.m: is not read: {WANT_Q5}"),
    "weights of no question": ({"weights.npz": NPZ}, {"q5": "rejected"}, "q5: weights.npz: belongs to no question (the questions are q2, q3 and q5): name it after"),
    "an array a file": ({"W1.npy": b"", "W2.npy": b""}, {"q5": "rejected"}, "q5: W2.npy: belongs to no question"),
    "more in the name": ({"hw5_q5_final.npz": NPZ}, {"q5": "rejected"}, "q5: hw5_q5_final.npz: belongs to no question (did you mean 'q5'?)"),
    "weights for nobody": ({"weights.npz": NPZ, "answers.yaml": Q5}, RIGHT, "weights.npz: belongs to no question"),
    "almost answers": ({"answer.yaml": Q5}, REFUSED, "q5: answer.yaml: is not read: answers stand in answers.yaml"),
    "one's own answers": ({"my_answers.yaml": Q5}, REFUSED, "q2: my_answers.yaml: is not read: answers stand in answers.yaml"),
    "answers in text": ({"answers.txt": Q5}, REFUSED, "q5: answers.txt: is not read: answers stand in answers.yaml"),
    "answers in a table": ({"answers.xlsx": b""}, REFUSED, "q5: answers.xlsx: is a workbook, which is not read"),
    "answers in TOML": ({"answers.toml": "[q5]"}, REFUSED, "q5: answers.toml: is not read: answers stand in answers.yaml"),
    "answers without an ending": ({"answers": Q5}, REFUSED, "q5: answers: is not read: answers stand in answers.yaml"),
    "a photo of the answers": ({"answers.jpg": b""}, REFUSED, "q5: answers.jpg: is not read: answers stand in answers.yaml"),
    "another name": ({"alice.yaml": Q5}, REFUSED, "q5: alice.yaml: belongs to no question (the questions are q2, q3 and q5): name it after the one that it answers, or answers.yaml where it answers several"),
    "code called like a text": ({"solution.rst": DOUBLE}, REFUSED, "q3: solution.rst: is not read: code stands in solution.py or in one notebook"),
    "notes of no question": ({"notes.rst": b"", "answers.yaml": Q5}, {**REFUSED, **RIGHT}, "q2: notes.rst: belongs to no question"),
    "an essay that a reader opens": ({"q2.pages": b""}, {"q2": "pending"}, "q2: q2.pages waits for a reader who opens it"),
    "a photo of an essay": ({"Q2.jpg": b"", "answers.yaml": Q5}, {"q2": "pending", **RIGHT}, "q2: Q2.jpg waits for a reader who opens it: it is a picture"),
    "two photos of an essay": ({"q2-1.jpg": b"", "q2-2.png": b""}, {"q2": "pending"}, "q2: q2-1.jpg and q2-2.png wait for a reader who opens them"),
    "a photo of weights": ({"q5.jpg": b""}, {"q5": "rejected"}, f"q5: q5.jpg: is not read: {WANT_Q5}"),
    "all answers in a document": ({"answers.pages": b""}, {**REFUSED, "q2": "pending"}, "q5: answers.pages: is read for prose alone: other answers stand in answers.yaml"),
    "photos alone": ({"IMG_1.HEIC": b"", "IMG_2.HEIC": b""}, REFUSED, "q2: IMG_1.HEIC: belongs to no question"),
    "pictures beside answers": ({"IMG_1.HEIC": b"", "loss.png": b"", "answers.yaml": Q5}, RIGHT, "no answer is looked for there: IMG_1.HEIC and loss.png"),
    "code in text": ({"q3.txt": DOUBLE}, {"q3": "rejected"}, "q3: q3.txt: is not read: hand in q3 as double(x) in solution.py or in a notebook"),
    "weights in Python": ({"q5.py": "W1 = 1"}, {"q3": "rejected", "q5": "rejected"}, f"q5: q5.py: is read as code alone: {WANT_Q5}"),
    "weights with txt behind": ({"q5.npz.txt": NPZ}, {"q5": "rejected"}, "q5: q5.npz.txt: belongs to no question (did you mean 'q5'?)"),
    "code in answers": ({"answers.yaml": f"q3: |\n  {DOUBLE[:12]}\n{Q5}"}, {"q3": "rejected", **RIGHT}, "q3: answers.yaml:1:1: 'q3' is not read here: hand it in as double(x) in solution.py"),
    "code in another language": ({"double.m": b"", "answers.yaml": Q5}, {"q3": "rejected", **RIGHT}, "q3: double.m: belongs to no question"),
    "code and what is not read": ({"solution.py": DOUBLE, "q3.txt": "see solution.py"}, {"q3": "5"}, "q3.txt: is not read: hand in q3 as double(x)"),
    "a key of no question": ({"answers.yaml": f"problem five: 1\n{Q5}"}, {**REFUSED, **RIGHT}, "q2: answers.yaml:1:1: 'problem five' is not a question"),
    "who it is": ({"answers.yaml": f"name: Kim\nstudent id: 17\n{Q5}"}, RIGHT, "'name' is not a question"),
    "an archive beside answers": ({"hw5.zip": zipped({"q2.md": ESSAY}), "answers.yaml": Q5}, {**REFUSED, **RIGHT}, "q2: hw5.zip: is not read, since it is not all that was handed in: unpack it"),
    "two archives": ({"a.zip": zipped({"answers.yaml": Q5}), "b.zip": zipped(WHOLE)}, REFUSED, "q5: b.zip: is not read, since"),
    "two candidates": ({"answers.yaml": Q5, "answers (1).yaml": Q5 + "\n"}, {"q2": "rejected", "q5": "rejected"}, "q5: answers (1).yaml and answers.yaml both hold answers: keep one"),
    "candidates by capitals": ({"answers.yaml": Q5, "Answers.yaml": Q5 + "\n"}, {"q2": "rejected", "q5": "rejected"}, "Answers.yaml and answers.yaml both hold answers"),
    "candidates by ending": ({"answers.yaml": Q5, "answers.json": Q5_JSON}, {"q2": "rejected", "q5": "rejected"}, "answers.json and answers.yaml both hold answers"),
    "candidates in folders": ({"a/answers.yaml": Q5, "b/answers.yaml": Q5 + "\n"}, {"q2": "rejected", "q5": "rejected"}, "a/answers.yaml and b/answers.yaml both hold answers: keep one; `grader grade` takes each folder as a submission"),
    "two files of weights": ({"q5.npz": NPZ, "q5 (1).npz": OTHER}, {"q5": "rejected"}, "q5: q5 is answered twice, in q5 (1).npz and q5.npz: keep one"),
    "weights in two formats": ({"q5.npz": NPZ, "q5.json": "{}", "answers.yaml": Q5}, {"q5": "rejected"}, "q5 is answered twice, in answers.yaml, q5.json and q5.npz: keep one"),
    "two Unicode forms": ({"\u00e9/q5.npz": NPZ, "e\u0301/q5.npz": OTHER}, {"q5": "rejected"}, "q5 is answered twice, in"),
    "a blank at the end": ({"answers.yaml ": Q5, "answers.yaml": Q5 + "\n"}, {"q2": "rejected", "q5": "rejected"}, "both hold answers"),
    "a large folder": ({**{f"data/{i}.txt": "" for i in range(1001)}, "answers.yaml": Q5}, {**REFUSED, **RIGHT}, "data/: is not read: holds more than 1000 files"),
    "many files": ({**{f"{i}.log": "" for i in range(30)}, "answers.yaml": Q5}, RIGHT, "26.log and 10 more"),
    "deep folders": ({"/".join("abcdefghijklmn") + "/answers.yaml": Q5}, REFUSED, "is not read: lies more than 12 folders deep"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected", "piece"), UNREAD.values(), ids=UNREAD)
def test_what_is_not_read_is_named_and_may_be_an_answer(sheet, tmp_path, files, expected, piece):
    report = graded(written(tmp_path / "alice", files), sheet)
    assert outcomes(report) == NONE | expected, said(report)
    assert piece in said(report)


def _single() -> Iterator[tuple[str, bytes, dict[str, str], str]]:
    """Submissions of one file: its name, its contents, what comes of it, and a piece of what is said."""
    yield "alice.yaml", Q5.encode(), RIGHT, ""
    yield "alice.YAML", Q5.encode(), RIGHT, ""
    yield "alice.yaml.txt", Q5.encode(), RIGHT, ""
    yield "alice.zip", zipped(WHOLE), ALL, ""
    yield "alice.tar.gz", tarred(WHOLE), ALL, ""
    yield (
        "alice.zip",
        zipped({"hw5.zip": zipped({"hw5/answers.yaml": Q5})}),
        RIGHT,
        "read from hw5.zip inside of alice.zip",
    )
    yield (
        "alice.rar",
        b"Rar!\x1a\x07\x01\0",
        REFUSED,
        "alice.rar: is a RAR archive, which is not read: hand in a folder",
    )
    yield "alice.zip", b"Rar!\x1a\x07\x01\0", REFUSED, "alice.zip: is a RAR archive, which is not read"
    yield "alice.7z", b"7z\xbc\xaf\x27\x1c\0\4", REFUSED, "alice.7z: is a 7-Zip archive, which is not read"
    yield "alice.zip", zipped({}), REFUSED, "alice.zip: holds no files"
    yield "alice.zip", zipped({"__MACOSX/._x": ""}), REFUSED, "alice.zip: holds no files"
    yield "alice.docx", b"PK", REFUSED, "alice.docx: is no file of answers (one ends in .yaml, .yml or .json)"
    yield "alice.npz", NPZ, {"q2": "rejected", "q5": "rejected"}, "alice.npz: is no file of answers"


@pytest.mark.parametrize(("name", "content", "expected", "piece"), list(_single()))
def test_one_file_is_a_submission(sheet, tmp_path, name, content, expected, piece):
    written(tmp_path, {name: content})
    report = graded(tmp_path / name, sheet)
    assert report.submission == "alice"
    assert outcomes(report) == NONE | expected, said(report)
    assert piece in said(report)


def test_names_that_differ_only_in_their_unicode_form_are_one_name(sheet, tmp_path):
    """A Mac writes é as two characters; a file system may hold both names, a student means one."""
    one, two = (unicodedata.normalize(form, "é/q5.npz") for form in ("NFC", "NFD"))
    report = graded(written(tmp_path / "zip", {"a.zip": zipped({one: NPZ, two: OTHER})}), sheet)
    assert outcomes(report)["q5"] == "rejected"
    assert f"q5 is answered twice, in {two} and {one}: keep one" in said(report)


def test_a_name_with_a_number_is_no_copy_where_it_is_a_question(tmp_path):
    text = "question: {0}\ntitle: A number\npoints: 1\nanswer: number\nvalue: {1}\n"
    course = written(tmp_path / "specs", {
        "q.yaml": text.format("q", 1), "q-1.yaml": text.format("q-1", 2),
        "assignment.yaml": "assignment: a\ntitle: A\nquestions: [q, q-1]\n",
    })  # fmt: skip
    assignment = load_assignment(course)
    both = graded(written(tmp_path / "both", {"q.txt": "1", "Q-1.txt": "2"}), assignment)
    assert outcomes(both) == {"q": "1", "q-1": "1"}
    one = graded(written(tmp_path / "one", {"q-1.txt": "2"}), assignment)
    assert outcomes(one) == {"q": "missing", "q-1": "1"}


def test_the_same_files_give_the_same_report_in_every_wrapping(sheet, tmp_path):
    plain = graded(written(tmp_path / "alice", WHOLE), sheet)
    written(tmp_path / "zip", {"alice.zip": zipped(WHOLE)})
    written(tmp_path / "tar", {"alice.tar.bz2": tarred(WHOLE, "w:bz2")})
    assert graded(tmp_path / "zip" / "alice.zip", sheet) == graded(tmp_path / "tar" / "alice.tar.bz2", sheet) == plain


def test_a_path_of_the_machine_is_in_no_message(sheet, tmp_path):
    for files in (WHOLE, {"hw5.zip": b"PK"}, {"q5.pkl": b""}, {"a.zip": zipped({"../x": ""})}):
        report = graded(written(Path(tmp_path / f"s{len(str(files))}"), files), sheet)
        assert str(tmp_path) not in said(report)


ANSWERED = {"hw/answers.yaml": Q5}
BOTH = {"q2": "pending", "q5": "70"}


@pytest.mark.parametrize(
    ("files", "expected", "piece"),
    [
        ({"hw.zip": zipped(ANSWERED), "q2.md": ESSAY}, BOTH, "read from hw.zip"),
        ({"hw.tar.gz": tarred(ANSWERED), "report.txt": ESSAY}, BOTH, "report.txt names no question: taken for q2"),
        ({"hw.zip": zipped(ANSWERED), "q2.png": b"x"}, BOTH, "q2.png waits for a reader who opens it"),
        ({"hw.zip": zipped({"code.zip": zipped(ANSWERED), "q2.md": ESSAY})}, BOTH, "code.zip inside of hw.zip"),
        ({"hw.zip": zipped({**ANSWERED, "q2.md": ESSAY}), "q2.md": ESSAY}, BOTH, "read from hw.zip"),
        (
            {"hw.zip": zipped({**ANSWERED, "q2.md": ESSAY}), "q2.md": "Other."},
            {"q2": "rejected", "q5": "70"},
            "q2.md: is not read: one of this name is in hw.zip, and another one beside it",
        ),
        (
            {"hw.zip": zipped({**ANSWERED, "q5.npz": OTHER}), "report.md": ESSAY},
            {"q2": "pending", "q5": "rejected"},
            "q5 is answered twice",
        ),
        ({"hw.zip": b"PK", "q2.md": ESSAY}, {**REFUSED, "q2": "pending"}, "hw.zip: is not read: damaged or no archive"),
        ({"hw.zip": zipped({}), "q2.md": ESSAY}, {**REFUSED, "q2": "pending"}, "hw.zip: is not read: holds no files"),
    ],
)
def test_prose_may_lie_beside_the_archive_of_the_rest(sheet, tmp_path, files, expected, piece):
    report = graded(written(tmp_path / "alice", files), sheet)
    assert outcomes(report) == {**NONE, **expected}
    assert piece in said(report)


def test_beside_two_archives_none_is_opened(sheet, tmp_path):
    files = {"a.zip": zipped(ANSWERED), "b.zip": zipped({"answers.yaml": Q5}), "q2.md": ESSAY}
    assert outcomes(graded(written(tmp_path / "alice", files), sheet)) == {**REFUSED, "q2": "pending"}
