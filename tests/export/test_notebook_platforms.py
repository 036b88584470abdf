"""Notebooks for nbgrader and Otter: what their cells and tests say, and both run truly where they are installed.

`NBGRADER_BIN` and `OTTER_BIN` name the folder of commands of an environment with nbgrader or Otter and this grader.
"""

import ast
import csv
import json
import os
import subprocess
import zipfile
from pathlib import Path

import nbformat
import pytest

from grader.errors import SpecError
from grader.export.archives import write_folder
from grader.export.nbgrader import nbgrader_files
from grader.export.notebook_answers import code_cell, files_beside, notebook, submission_files
from grader.export.notebook_grading import NotGradedError, earned, report_of
from grader.export.otter import otter_files
from grader.export.otter_plugin import OTTER_RESULTS, ProofgradePlugin, line_passed
from grader.kinds.table import load_assignment

from ..answers.helpers import Q5, ROOT, write
from .grading_platforms import lab

LATCH = Q5.removeprefix("q5: ")
COPIES = "{W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}"
TWICE = "def twice(n):\n    return 2 * n"
BREAKS_OUT = (
    """
import os, sys
for place in ("gradebook.db", "../../../gradebook.db", "proofgrade_results.json", "../results/results.json", MARK):
    try:
        open(place, "w").write("forged")
    except BaseException:
        pass
try:
    import grader.export.notebook_grading as grading
    grading.earned = lambda question: 1000.0
except BaseException:
    pass
"""
    + TWICE
)


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return load_assignment(lab(tmp_path_factory.mktemp("lab")))


@pytest.fixture(scope="module")
def whole():
    return load_assignment(ROOT / "specs" / "assignment3")


def nbgrader_folder(assignment, folder):
    write_folder(folder, nbgrader_files(assignment, "strict", show_expected=False))
    return folder


def filled(source, answers, *, code="", first=()):
    """The students' notebook with answers: of text below `%%grade`, of code in the cell of the function."""
    data = json.loads(source)
    for cell in data["cells"]:
        question = cell["metadata"].get("proofgrade", {}).get("answer")
        if question in answers:
            cell["source"] = f"%%grade {question}\n{answers[question]}"
        elif question == "q7" and code:
            cell["source"] = code
    data["cells"] = [*(code_cell(f"mine-{i}", one) for i, one in enumerate(first)), *data["cells"]]
    return json.dumps(data).encode()


def test_the_cells_of_nbgrader_follow_its_rules(whole):
    """`MetadataValidatorV3` of nbgrader, and nbformat's own schema."""
    files = nbgrader_files(whole, "strict", show_expected=False)
    book = nbformat.reads(files["source/assignment3/assignment3.ipynb"].decode(), 4)
    nbformat.validate(book)
    cells = [(cell, cell.metadata["nbgrader"]) for cell in book.cells if "nbgrader" in cell.metadata]
    assert len({data["grade_id"] for _, data in cells}) == len(cells) == len(whole.questions)
    assert sum(data["points"] for _, data in cells) == whole.points
    for cell, data in cells:
        assert set(data) == {"grade", "grade_id", "locked", "points", "schema_version", "solution", "task"}
        assert (data["grade"], data["task"], data["schema_version"]) == (True, False, 3)
        assert data["solution"] is not data["locked"] is (cell.cell_type == "code")
        if cell.cell_type == "code":
            shown, _, hidden = cell.source.partition("### BEGIN HIDDEN TESTS\n")
            assert ast.parse(shown).body == []
            assert hidden.endswith("\n### END HIDDEN TESTS")
            assert ast.unparse(ast.parse(hidden).body[-1]).startswith("earned('")
    seen = json.dumps([cell.source for cell in book.cells])
    assert "reference" not in seen
    assert "known" not in seen
    ast.parse(files["nbgrader_config.py"])
    assert {"proofgrade/assignment3/spec", "proofgrade/assignment3/reference/latch.py"} <= set(files)


def test_a_course_is_found_by_a_name_in_any_letters_whatever_encoding_texts_have_by_default(tmp_path, monkeypatch):
    spec = lab(tmp_path / "lab")
    named = load_assignment(spec.rename(spec.with_name("übung")))
    files = nbgrader_files(named, "strict", show_expected=False)
    write_folder(tmp_path / "nbgrader", files)
    (notebook_file,) = (name for name in files if name.endswith(".ipynb"))
    write(tmp_path / "alice", {"alice.ipynb": filled(files[notebook_file], {"q5": LATCH}).decode()})
    (course,) = (tmp_path / "nbgrader" / name.removesuffix("/spec") for name in files if name.endswith("/spec"))
    monkeypatch.setattr("io.text_encoding", lambda encoding, stacklevel=2: encoding or "ascii")
    report = report_of(tmp_path / "alice" / "alice.ipynb", course)
    assert [question.points for question in report.questions if question.id == "q5"] == [70]


def test_the_tests_of_otter_are_a_file_a_question_and_a_case_a_line(whole):
    files = otter_files(whole, "strict", show_expected=False)
    nbformat.validate(nbformat.reads(files["student/assignment3.ipynb"].decode(), 4))
    tests = {name: ast.parse(data) for name, data in files.items() if name.startswith("tests/")}
    assert set(tests) == {f"tests/{name}.py" for name in ("q1", "q3-1", "q3-2", "q3-3", "q3-4", "q5", "q6")}
    q5 = tests["tests/q5.py"]
    points = [node.decorator_list[0].keywords[1].value.value for node in q5.body if isinstance(node, ast.FunctionDef)]
    assert points == [20, 20, 30]
    assert "OK_FORMAT = False" in files["tests/q5.py"].decode()
    assert files["requirements.txt"].decode().splitlines()[-1].startswith("proofgrade==")


def test_questions_with_like_names_have_test_files_of_their_own(tmp_path):
    ids = ["q3.1", "q3-1", "Q3 1"]
    spec = {f"{name}.yaml": f"question: {name}\ntitle: Three\npoints: 1\nanswer: number\nvalue: 3\n" for name in ids}
    folder = write(tmp_path / "hw", {"assignment.yaml": f"assignment: hw\nquestions: {ids}\n", **spec})
    files = otter_files(load_assignment(folder), "strict", show_expected=False)
    tests = {name: data.decode() for name, data in files.items() if name.startswith("tests/")}
    assert len({name.lower() for name in tests}) == len(ids)
    assert [f"name = {name!r}\n" in text for name, text in zip(ids, tests.values(), strict=True)] == [True] * 3


def test_a_blank_notebook_holds_no_answers(assignment):
    files = nbgrader_files(assignment, "strict", show_expected=False)
    found = submission_files(files["source/assignment3/assignment3.ipynb"], assignment)
    assert set(found) <= {"q5.yaml", "solution.ipynb"}


CELLS = {
    "one answer": ([f"%%grade q5\n{LATCH}"], {"q5.yaml": LATCH}),
    "with its name": (["%%grade q5\n" + Q5], {"q5.yaml": Q5}),
    "spaces and returns": ([f"\n  %%grade  q5 \r\n{LATCH}"], {"q5.yaml": LATCH}),
    "nothing below": (["%%grade q5"], {"q5.yaml": ""}),
    "two that differ": ([f"%%grade q5\n{LATCH}", f"%%grade q5\n{COPIES}"], {"q5.yaml": LATCH, "q5 (1).yaml": COPIES}),
    "no question of this": (["%%grade q99\n1"], {}),
    "code": ([TWICE], {}),
    "code below a question of code": ([f"%%grade q7\n{TWICE}"], {}),
    "a path": (["%%grade ../q5\n1"], {}),
    "time": (["%%time\n1"], {}),
}


@pytest.mark.parametrize("cells", CELLS)
def test_what_a_cell_holds_is_told_by_its_first_line(assignment, cells):
    sources, files = CELLS[cells]
    found = submission_files(notebook([code_cell(f"c{i}", source) for i, source in enumerate(sources)]), assignment)
    code = found.pop("solution.ipynb", None)
    assert {name: data.decode() for name, data in found.items()} == files
    assert (code is not None) == (not files)
    if "code" in cells:
        assert TWICE in json.loads(code)["cells"][0]["source"]


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"cells": 3}', b'{"cells": [{"cell_type": "code"}]}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_notebook_is_handed_on(assignment, data):
    assert submission_files(data, assignment) == {"solution.ipynb": data}


def test_links_and_other_notebooks_beside_are_left_aside(tmp_path):
    write(tmp_path, {"utils.py": "x = 1", "other.ipynb": "{}"})
    (tmp_path / "secret.yaml").symlink_to("/etc/passwd")
    (tmp_path / "folder").mkdir()
    assert files_beside(tmp_path) == {"utils.py": b"x = 1"}


@pytest.fixture
def handed_in(assignment, tmp_path, monkeypatch):
    """The folder in which a notebook is graded, with the course beside it."""
    course = nbgrader_folder(assignment, tmp_path / "course")
    source = (course / "source" / "assignment3" / "assignment3.ipynb").read_bytes()
    monkeypatch.setenv("PROOFGRADE_COURSE", str(course / "proofgrade" / "assignment3"))
    place = tmp_path / "autograder" / "submission"

    def hand_in(files=(), **values):
        write(place, {"assignment3.ipynb": filled(source, **values), **dict(files)})
        monkeypatch.chdir(place)
        return place

    report_of.cache_clear()
    return hand_in


def test_a_grading_cell_shows_the_points_and_why(handed_in, capsys, tmp_path):
    hostile = BREAKS_OUT.replace("MARK", repr(str(tmp_path / "mark")))
    handed_in(answers={"q5": COPIES}, code=hostile, files={"grader.py": "1/0", "sitecustomize.py": "1/0"})
    assert (earned("q5"), earned("q7")) == (40.0, 3.0)
    said = capsys.readouterr()
    assert "which is not right, from step 2 on" in said.out
    assert "wanted" not in said.out
    assert said.err == "", "nbgrader takes what is written there for an error"
    assert not (tmp_path / "mark").exists()


def test_code_that_is_no_unicode_is_the_students_and_no_fault_of_the_grader(handed_in, capsys):
    handed_in(answers={"q5": LATCH}, code='x = "\ud800"')
    assert (earned("q5"), earned("q7")) == (70.0, 0.0)
    assert "not valid Unicode" in capsys.readouterr().out


def test_without_a_course_or_a_sound_reference_there_is_no_mark(handed_in, monkeypatch):
    handed_in(answers={"q5": LATCH}, code=TWICE)
    course = Path(os.environ["PROOFGRADE_COURSE"])
    (course / "reference" / "secret.py").write_text("def twice(n):\n    raise OSError('ksxqvz')\n")
    assert earned("q5") == 70.0
    with pytest.raises(NotGradedError, match="q7: Part of this submission could not be marked") as caught:
        earned("q7")
    assert "ksxqvz" not in str(caught.value)
    with pytest.raises(NotGradedError, match="q9 is not among the questions"):
        earned("q9")
    report_of.cache_clear()
    (course / "spec").unlink()
    with pytest.raises(NotGradedError, match="the course in assignment3 cannot be used"):
        earned("q5")
    monkeypatch.delenv("PROOFGRADE_COURSE")
    with pytest.raises(NotGradedError, match="PROOFGRADE_COURSE names no course"):
        earned("q5")


def test_otters_plugin_leaves_nothing_that_was_handed_in_beside_the_tests(handed_in, assignment, monkeypatch):
    place = handed_in(answers={"q5": COPIES}, code=TWICE, files={"otter.py": "1/0", OTTER_RESULTS: "forged"})
    write(place / "tests", {"q5.py": ""})
    write(place / "package", {"__init__.py": "1/0"})
    (place / "link").symlink_to("/etc")
    source = place.parent / "source" / "files"
    write_folder(
        source,
        {
            name: data
            for name, data in otter_files(assignment, "strict", show_expected=False).items()
            if name.startswith("proofgrade/")
        },
    )
    plugin = ProofgradePlugin(str(place / "assignment3.ipynb"), {}, {})
    plugin.before_grading(None)
    assert sorted(path.name for path in place.iterdir()) == ["assignment3.ipynb", OTTER_RESULTS, "tests"]
    assert plugin.before_execution("whatever was handed in")["cells"] == []
    line_passed("q5", 0)
    with pytest.raises(AssertionError, match="stays 0 ever after: on input 01 the output is 01, which is not right"):
        line_passed("q5", 2)

    class Results:
        test_files = ("q5", "q7")
        failed, given = False, {}  # one instance

        def has_catastrophic_failure(self):
            return self.failed

        def update_score(self, name, score):
            self.given[name] = score

    plugin.after_grading(results := Results())
    assert results.given == {"q5": 40, "q7": 3}
    results.failed = True
    with pytest.raises(RuntimeError, match="there is no mark"):
        plugin.after_grading(results)


def commands(variable):
    folder = os.environ.get(variable)
    if not folder:
        pytest.skip(f"{variable} names no environment")
    return folder


@pytest.mark.slow
def test_nbgrader_itself_gives_the_marks(assignment, tmp_path):
    bin_folder = commands("NBGRADER_BIN")
    course = nbgrader_folder(assignment, tmp_path / "course")
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}

    def nbgrader(*arguments):
        return subprocess.run(
            ["nbgrader", *arguments], cwd=course, env=environment, capture_output=True, text=True, timeout=300
        )

    assert nbgrader("generate_assignment", "assignment3").returncode == 0
    release = (course / "release" / "assignment3" / "assignment3.ipynb").read_text()
    assert "earned" not in release
    mark = tmp_path / "mark"
    evil = BREAKS_OUT.replace("MARK", repr(str(mark)))
    planted = dict.fromkeys(
        ("grader.py", "sitecustomize.py", "IPython.py", "json.py", "ipykernel_launcher.py"), f"open({str(mark)!r}, 'w')"
    )
    cheats = json.loads(filled(release, {"q5": COPIES}))
    for cell in cheats["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"], cell["metadata"]["nbgrader"]["points"] = "1000.0", 1000
    without = json.loads(filled(release, {"q5": LATCH}, code=TWICE))
    without["cells"] = [cell for cell in without["cells"] if "nbgrader" not in cell["metadata"]]
    hand_ins = {
        "honest": {"assignment3.ipynb": filled(release, {"q5": LATCH}, code=TWICE)},
        "hostile": {"assignment3.ipynb": filled(release, {"q5": LATCH}, code=evil, first=[evil]), **planted},
        "changed": {"assignment3.ipynb": json.dumps(cheats)}, "deleted": {"assignment3.ipynb": json.dumps(without)},
    }  # fmt: skip
    for student, files in hand_ins.items():
        write(course / "submitted" / student / "assignment3", files)
    ran = nbgrader("autograde", "assignment3")
    assert ran.returncode == 0, ran.stderr
    assert nbgrader("export").returncode == 0
    with (course / "grades.csv").open() as file:
        marks = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert marks == {"honest": 73.0, "hostile": 73.0, "changed": 40.0, "deleted": 73.0}
    assert not mark.exists()
    (course / "proofgrade" / "assignment3" / "reference" / "secret.py").write_text("def twice(n):\n    raise OSError\n")
    held = nbgrader("autograde", "assignment3", "--student", "honest", "--force")
    assert held.returncode != 0
    assert "no mark for grade-2-q7" in held.stderr
    assert not (course / "autograded" / "honest" / "assignment3").exists()


@pytest.mark.slow
def test_otter_itself_gives_the_marks(assignment, tmp_path):
    bin_folder = commands("OTTER_BIN")
    folder = tmp_path / "otter"
    write_folder(folder, otter_files(assignment, "strict", show_expected=False))
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}

    def otter(*arguments):
        return subprocess.run(
            ["otter", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
        )

    made = otter("generate", "-t", "tests", "-c", "otter_config.json", "-r", "requirements.txt", "proofgrade")
    assert made.returncode == 0, made.stderr
    (archive,) = folder.glob("*.zip")
    mark = tmp_path / "mark"
    evil = BREAKS_OUT.replace("MARK", repr(str(mark)))
    source = (folder / "student" / "assignment3.ipynb").read_text()
    names = ("grader.py", "otter.py", "pickle.py", "nbformat.py", "sitecustomize.py", "tests/evil.py", "__init__.py")
    planted = {name: f"open({str(mark)!r}, 'w')" for name in names}
    hand_ins = {
        "honest": (filled(source, {"q5": LATCH}, code=TWICE), {}, {"q5": 70, "q7": 3}),
        "hostile": (filled(source, {"q5": COPIES}, code=evil, first=[evil]), planted, {"q5": 40, "q7": 3}),
    }  # fmt: skip
    for name, (book, files, marks) in hand_ins.items():
        with zipfile.ZipFile(folder / f"{name}-hand-in.zip", "w") as packed:
            packed.writestr("assignment3.ipynb", book)
            for file, content in files.items():
                packed.writestr(file, content)
        (folder / name).mkdir()
        ran = otter("run", "-a", archive.name, "-o", name, f"{name}-hand-in.zip")
        assert ran.returncode == 0, ran.stderr
        results = json.loads((folder / name / "results.json").read_text())
        assert {test["name"]: test["score"] for test in results["tests"] if "score" in test} == marks
        assert "is wanted" not in json.dumps(results)
    assert not mark.exists()


def test_a_folder_that_holds_something_is_refused(assignment, tmp_path):
    write(tmp_path, {"mine": "kept"})
    with pytest.raises(SpecError, match="is not empty: nothing was written"):
        write_folder(tmp_path, {"mine": b"lost"})
    assert (tmp_path / "mine").read_text() == "kept"
