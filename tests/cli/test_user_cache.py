"""The user's cache: never a changed byte, nothing foreign or damaged, and only what is answered is loaded."""

import os
import pickle
import shutil
import threading
from fractions import Fraction
from pathlib import Path

import pytest

import grader
from grader import fingerprint as fingerprints
from grader import user_cache
from grader.answers.submission import Submission
from grader.errors import SpecError
from grader.grading import grade
from grader.kinds import kept_assignment as kept
from grader.kinds import table
from grader.kinds.fingerprint import question_fingerprints, stamped
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.open_submission import Details
from grader.kinds.stored_question import StoredQuestion
from grader.kinds.weights.question import WeightsQuestion
from grader.reports.json import render
from grader.user_cache import keep_cached, read_cached

from ..answers.helpers import Q5, Q6, ROOT, copy_course, write
from ..conftest import RUN
from ..lab.conftest import write_short_lab

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="nothing is kept where nobody owns files")

EXAMPLES = ROOT / "submissions_example"
ASSIGNMENT = ROOT / "specs" / "assignment3"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder of a cache that is empty."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "own"))
    return tmp_path / "own" / "loaded"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """The folder of a cache that has the whole assignment."""
    folder = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(folder))
        kept.kept_or_loaded(ASSIGNMENT)
    return folder


@pytest.fixture(scope="module")
def plain():
    return table.load_assignment(ASSIGNMENT)


@pytest.fixture
def loads(monkeypatch):
    """The question files that are loaded, as they are."""
    found = []
    load = table.load_file

    def counted(root, path, *rest, **named):
        found.append(path.name)
        return load(root, path, *rest, **named)

    monkeypatch.setattr(table, "load_file", counted)
    monkeypatch.setattr(kept, "load_file", counted)
    return found


# ------------------------------------------------------------- files
def test_what_is_kept_comes_back(cache):
    assert read_cached("a") is None
    keep_cached("a", b"one")
    keep_cached("b", b"")
    assert (read_cached("a"), read_cached("b"), read_cached("c")) == (b"one", b"", None)
    assert {path.name for path in cache.iterdir()} == {"a", "b"}
    assert (cache.stat().st_mode & 0o777, (cache / "a").stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_file_that_is_damaged_anywhere_is_not_used(cache):
    keep_cached("a", b"some content")
    data = (cache / "a").read_bytes()
    for spoiled in (
        *(data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :] for i in range(len(data))),
        b"",
        data[:-1],
        data + b"x",
    ):
        (cache / "a").write_bytes(spoiled)
        assert read_cached("a") is None
    (cache / "a").write_bytes(data)
    assert read_cached("a") == b"some content"


def linked_folder(cache):
    cache.rename(cache.with_name("elsewhere"))
    cache.symlink_to(cache.with_name("elsewhere"))


def linked_file(cache):
    (cache / "a").rename(cache / "b")
    (cache / "a").symlink_to(cache / "b")


def fifo(cache):
    (cache / "a").unlink()
    os.mkfifo(cache / "a")


def directory(cache):
    (cache / "a").unlink()
    (cache / "a").mkdir()


FOREIGN = {
    "a folder that the group may write to": lambda cache: cache.chmod(0o770),
    "a folder that all may write to": lambda cache: cache.chmod(0o707),
    "a link in place of the folder": linked_folder,
    "a file that the group may write to": lambda cache: (cache / "a").chmod(0o660),
    "a file that all may write to": lambda cache: (cache / "a").chmod(0o606),
    "a link in place of the file": linked_file,
    "a pipe in place of the file": fifo,
    "a folder in place of the file": directory,
}


@pytest.mark.parametrize("make_foreign", FOREIGN.values(), ids=FOREIGN)
def test_what_others_may_have_put_there_is_not_used(cache, make_foreign):
    keep_cached("a", b"content")
    make_foreign(cache)
    assert read_cached("a") is None


def test_what_belongs_to_another_user_is_neither_used_nor_written_to(cache, monkeypatch):
    keep_cached("a", b"content")
    other = os.geteuid() + 1
    monkeypatch.setattr(user_cache.os, "geteuid", lambda: other)
    assert read_cached("a") is None
    keep_cached("b", b"more")
    assert [path.name for path in cache.iterdir()] == ["a"]


@pytest.mark.parametrize("off", ["off", "", "0", "OFF", "no", "relative", "../own"])
def test_it_can_be_switched_off(cache, monkeypatch, off):
    keep_cached("a", b"content")
    monkeypatch.setenv("GRADER_CACHE", off)
    assert read_cached("a") is None
    keep_cached("b", b"more")
    assert [path.name for path in cache.iterdir()] == ["a"]
    assert user_cache.user_folder() is None


def test_a_folder_that_cannot_be_made_costs_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("GRADER_CACHE", str(place))
        keep_cached("a", b"content")
        assert read_cached("a") is None


def test_no_more_files_are_kept_than_stated(cache, monkeypatch):
    monkeypatch.setattr(user_cache, "MAX_CACHED_FILES", 8)
    for number in range(30):
        keep_cached(f"{number:02}", b"content")
        os.utime(cache / f"{number:02}", ns=(number, number))
        assert len(list(cache.iterdir())) <= 8
    assert read_cached("29") == b"content"


def test_runs_beside_each_other_read_whole_files_alone(cache):
    texts = [bytes([65 + n]) * 200_000 for n in range(4)]
    keep_cached("a", texts[0])
    seen = []
    writers = [threading.Thread(target=lambda text=text: [keep_cached("a", text) for _ in range(10)]) for text in texts]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen.append(read_cached("a"))
    assert set(seen) <= set(texts)
    assert [path.name for path in cache.iterdir()] == ["a"]


# ------------------------------------------------------------- assignments
def report_of(folder, assignment):
    submission = Submission(folder)
    report = grade(submission, assignment, run=RUN, details=Details(robustness=True, machines=True))
    return render(stamped(report, assignment))


WITH_ENTRIES_ALONE = [
    folder.name
    for folder in sorted(EXAMPLES.iterdir())
    if not folder.name.startswith("lab_") and folder.name != "plain_words"
]
LONG = ("in_latex", "near_misses", "solved_sheet")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in WITH_ENTRIES_ALONE]
)
def test_a_report_has_the_same_bytes_with_the_cache(name, filled, plain, monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", str(filled))
    assignment = kept.kept_or_loaded(ASSIGNMENT)
    assert all(type(question) is StoredQuestion for question in assignment.questions)
    assert Submission(EXAMPLES / name).holds_entries_alone
    assert report_of(EXAMPLES / name, assignment) == report_of(EXAMPLES / name, plain)


WRONG_RUN = "\ndef free_run(step, state, token, length):\n    return [step(state, token)[1]] * length\n"


@pytest.mark.long
def test_functions_of_an_assignment_in_the_cache_are_judged_alike(loads, tmp_path):
    """No question file is read again, and the report has the same bytes, that of a wrong function among them."""
    lab, folder = write_short_lab(tmp_path / "course"), tmp_path / "alice"
    shutil.copytree(EXAMPLES / "lab_right", folder)
    write(folder, {"solution.py": (folder / "solution.py").read_text("utf-8") + WRONG_RUN})
    wanted = report_of(folder, table.load_assignment(lab))
    assert '"kind": "counterexample"' in wanted
    kept.kept_or_loaded(lab)
    loads.clear()
    found = kept.kept_or_loaded(lab)
    assert all(type(question) is StoredQuestion for question in found.questions)
    assert report_of(folder, found) == wanted
    assert {question.path.parent for question in found.questions} == {lab}
    assert loads == []


TEXTS = {
    "nothing": "{}",
    "another kind of answer": "q1: 3\nq5: words\nq6: [1, 2]\nq2: {a: 1}\n",
    "a key that is like a question": "q_5: {W1: 1}\nQ6: 1\nq3: 4\n",
    "parts below their question": "q3: {3: '4'}\n",
    "code where none is read": "q1: |\n  def q1(x):\n    return 0\n",
    "twice": "q5: {W1: 1}\nq5: {W1: 2}\n",
    "not to be read": "q5: {W1\n",
    "prose": "q2: words that nobody has marked so far in this course\nq4.1: more\n",
    "a number": "q3.3: '4'\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_same_holds_for_answers_that_fit_nothing(text, filled, plain, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADER_CACHE", str(filled))
    folder = write(tmp_path / "alice", {"answers.yaml": text})
    assert report_of(folder, kept.kept_or_loaded(ASSIGNMENT)) == report_of(folder, plain)


def test_fingerprints_and_what_is_asked_of_an_assignment_are_the_same(filled, plain, monkeypatch, loads):
    monkeypatch.setenv("GRADER_CACHE", str(filled))
    assignment = kept.kept_or_loaded(ASSIGNMENT)
    assert question_fingerprints(assignment) == question_fingerprints(plain)
    for name in ("id", "title", "path", "listed", "points", "names_of_answers", "headings", "packages", "salt", "late"):
        assert getattr(assignment, name) == getattr(plain, name)
    assert [(q.id, q.title, q.points, q.prompt, q.rubric) for q in assignment.questions] == [
        (q.id, q.title, q.points, q.prompt, q.rubric) for q in plain.questions
    ]
    assert assignment.only(["q3"]).named(["q3.1"]) == ["q3.1"]
    assert loads == []


def test_a_question_is_loaded_when_more_is_asked_of_it(filled, monkeypatch, loads):
    monkeypatch.setenv("GRADER_CACHE", str(filled))
    questions = {question.id: question for question in kept.kept_or_loaded(ASSIGNMENT).questions}
    assert isinstance(questions["q5"], WeightsQuestion)
    assert questions["q5"].output_name == "y"
    assert questions["q5"].path == ASSIGNMENT / "q5.yaml"
    assert questions["q3.1"].near[0].name == "forgot W"
    assert questions["q3.4"].kind.name == "formula"
    assert list(questions["q3.4"].kind.blank(questions["q3.4"]))
    assert questions["q3.3"].near[0].name == "|W| (1/4)^(T-t)"
    assert questions["q2"].accepted[0].name == "high dimension and sparsity"
    assert loads == []  # they are kept as they are
    assert len(questions["q1"].ways) > 1
    assert loads == []
    assert list(questions["q1"].kind.blank(questions["q1"]))
    assert loads == ["q1.yaml"]


def test_a_question_with_something_in_it_that_is_not_kept_is_loaded_anew(cache, plain, monkeypatch, loads):
    """And the others of the assignment are kept all the same."""

    class Pickler(pickle.Pickler):
        def reducer_override(self, obj):
            if isinstance(obj, FormulaQuestion):
                raise TypeError("planted")
            return NotImplemented

    monkeypatch.setattr(kept.pickle, "Pickler", Pickler)
    kept.kept_or_loaded(ASSIGNMENT)
    loads.clear()
    questions = {question.id: question for question in kept.kept_or_loaded(ASSIGNMENT).questions}
    assert (questions["q3.3"].unit, questions["q5"].output_name, loads) == ("", "y", [])
    wanted = next(question for question in plain.questions if question.id == "q3.1")
    assert (questions["q3.1"].symbols, questions["q3.1"].near) == (wanted.symbols, wanted.near)
    assert loads == ["q3.yaml"]


def test_a_check_of_weights_loads_no_question_file_again(run, tmp_path, cache, monkeypatch, loads):
    monkeypatch.chdir(ROOT)
    folder = write(tmp_path / "alice", {"answers.yaml": f"assignment: assignment3\n{Q5}{Q6}"})
    first = run("check", folder)
    assert loads == ["q1.yaml", "q2.yaml", "q3.yaml", "q4.yaml", "q5.yaml", "q6.yaml"]
    again = run("check", folder)
    assert len(loads) == 6
    monkeypatch.setenv("GRADER_CACHE", "off")
    assert first == again == run("check", folder)


def test_a_check_of_one_question_loads_that_one_alone(run, tmp_path, cache, monkeypatch, loads):
    monkeypatch.chdir(ROOT)
    folder = write(tmp_path / "alice", {"answers.yaml": f"assignment: assignment3\n{Q5}"})
    first = run("check", folder, "-q", "q5")
    assert loads == ["q5.yaml"]
    assert run("check", folder, "-q", "q5") == first
    assert loads == ["q5.yaml"]


ALL_FILES = ["q1.yaml", "q2.yaml", "q3.yaml", "q4.yaml", "q5.yaml", "q6.yaml"]


@pytest.mark.parametrize(
    ("question", "answer", "again"),
    [
        ("q5", {"W1": 1, "W2": 0, "b2": 0, "W3": 1, "b3": 0}, []),
        ("q3.1", "dL[t+1] * W * h[t+1] * (1 - h[t+1])", []),
        ("q2", "Words of my own.", []),
        ("q3.3", "4 and more", []),
        ("q1", "x", ["q1.yaml"]),
    ],
)
def test_an_answer_that_is_checked_alone_loads_its_question_alone(
    question, answer, again, filled, tmp_path, monkeypatch, loads
):
    """Of every assignment of the course, among which it looks for the question."""
    shutil.copytree(ASSIGNMENT, tmp_path / "specs" / "assignment3")
    shutil.copytree(ROOT / "reference", tmp_path / "reference")
    (tmp_path / "specs" / "other").mkdir()
    (tmp_path / "specs" / "other" / "assignment.yaml").write_text("assignment: other\nquestions: [number]\n")
    number = "question: number\ntitle: A number\npoints: 1\nanswer: number\nvalue: 4\n"
    (tmp_path / "specs" / "other" / "number.yaml").write_text(number)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADER_CACHE", "off")
    wanted = grader.check(question, answer)
    assert loads == [*ALL_FILES, "number.yaml"]
    monkeypatch.setenv("GRADER_CACHE", str(filled))
    grader.check(question, answer)
    loads.clear()
    found = grader.check(question, answer)
    assert loads == again
    assert (found, repr(found), found._repr_html_()) == (wanted, repr(wanted), wanted._repr_html_())


def test_one_question_is_taken_from_the_whole_assignment(filled, plain, monkeypatch, loads):
    monkeypatch.setenv("GRADER_CACHE", str(filled))
    found = kept.kept_or_loaded(ASSIGNMENT, ["q3", "q5"])
    wanted = plain.only(["q3", "q5"])
    assert [question.id for question in found.questions] == [question.id for question in wanted.questions]
    assert (found.listed, found.points) == (wanted.listed, wanted.points)
    with pytest.raises(SpecError, match=r"'q7' is not a question .assignment3 has q1, q2, q3.1"):
        kept.kept_or_loaded(ASSIGNMENT, ["q7"])
    assert loads == []


def test_code_and_prose_are_graded_against_an_assignment_that_is_loaded_as_a_whole(
    run, tmp_path, cache, monkeypatch, loads
):
    monkeypatch.chdir(ROOT)
    files = {"answers.yaml": f"assignment: assignment3\n{Q5}", "q2.md": "Two issues, in words of my own: one, and two."}
    folder = write(tmp_path / "alice", files)
    first = run("check", folder)
    loads.clear()
    assert run("check", folder) == first
    assert len(loads) == 6


# ------------------------------------------------------------- keys
def reworded(course):
    spec = course / "specs" / "assignment3" / "q5.yaml"
    spec.write_text(spec.read_text().replace("stays 0 ever after", "stays 0 from then on"))


def worth_more(course):
    spec = course / "specs" / "assignment3" / "q6.yaml"
    text = spec.read_text().replace("points: 70", "points: 71").replace("points: 10,", "points: 11,")
    spec.write_text(text.replace("earns: 70", "earns: 71"))


def marked(course):
    (course / "specs" / "assignment3" / "marks.yaml").write_text("- {submission: a, question: q5, met: [x]}\n")


def without_a_reference(course):
    (course / "reference" / "latch.py").unlink()


def of_another_name(course):
    spec = course / "specs" / "assignment3" / "assignment.yaml"
    spec.write_text(spec.read_text().replace("Recurrent", "Feedback"))


CHANGES = [reworded, worth_more, marked, without_a_reference, of_another_name]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_loading_rests_on_is_in_the_key(change, tmp_path, cache):
    course = copy_course(tmp_path / "course")
    path = course / "specs" / "assignment3"
    kept.kept_or_loaded(path)
    assert kept.kept_assignment(path) is not None
    change(course)
    assert kept.kept_assignment(path) is None
    try:
        wanted = [(question.id, question.points, question.rubric) for question in table.load_assignment(path).questions]
    except SpecError:
        wanted = None
    if wanted is not None:
        assert [(q.id, q.points, q.rubric) for q in kept.kept_or_loaded(path).questions] == wanted


def test_a_course_that_lies_elsewhere_is_the_same_one(tmp_path, cache):
    first = copy_course(tmp_path / "first") / "specs" / "assignment3"
    kept.kept_or_loaded(first)
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    found = kept.kept_assignment(tmp_path / "second" / "specs" / "assignment3")
    assert found is not None
    assert found.questions[0].path == tmp_path / "second" / "specs" / "assignment3" / "q5.yaml"


def test_a_grader_that_has_changed_finds_nothing(tmp_path, cache, monkeypatch):
    path = copy_course(tmp_path / "course") / "specs" / "assignment3"
    kept.kept_or_loaded(path)
    monkeypatch.setattr(kept, "grader_fingerprint", lambda: "0" * 32)
    assert kept.kept_assignment(path) is None


def test_a_spec_with_a_fault_is_told_each_time(run, tmp_path, cache, monkeypatch):
    """Also one of a question that was not answered: nothing is kept of it."""
    course = copy_course(tmp_path / "course")
    monkeypatch.chdir(course)
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    assert run("check", folder).code == 1
    spec = course / "specs" / "assignment3" / "q6.yaml"
    spec.write_text(spec.read_text().replace("points: 70", "points: 71"))
    for _ in range(2):
        result = run("check", folder)
        assert (result.code, result.out) == (2, "")
        assert "q6.yaml:3:9: points: the checks add up to 70, but the question is worth 71" in result.err
    assert run("check", folder, "-q", "q5").code == 0  # which does not read it


def test_faulty_marks_are_told_each_time(run, tmp_path, cache, monkeypatch):
    course = copy_course(tmp_path / "course")
    marked(course)
    monkeypatch.chdir(course)
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    said = {run("check", folder) for _ in range(2)}
    assert [(result.code, "'q5' is not a written question" in result.err) for result in said] == [(2, True)]


def test_a_spec_that_changes_while_it_is_loaded_is_not_kept(tmp_path, cache, monkeypatch):
    course = copy_course(tmp_path / "course")
    path, load = course / "specs" / "assignment3", kept.load_assignment

    def loaded(*arguments, **named):
        found = load(*arguments, **named)
        reworded(course)
        return found

    monkeypatch.setattr(kept, "load_assignment", loaded)
    kept.kept_or_loaded(path)
    assert kept.kept_assignment(path) is None


@pytest.mark.parametrize("spoil", [lambda data: data[:40], lambda _: pickle.dumps(Fraction(1)), lambda _: b"no pickle"])
def test_what_is_no_assignment_is_loaded_anew(tmp_path, cache, spoil):
    """Even under the right name, and whole."""
    path = copy_course(tmp_path / "course") / "specs" / "assignment3"
    kept.kept_or_loaded(path)
    (name,) = [file.name for file in cache.iterdir() if file.name.startswith("assignment-")]
    keep_cached(name, spoil(read_cached(name)))
    assert kept.kept_assignment(path) is None
    assert [question.id for question in kept.kept_or_loaded(path).questions] == ["q5", "q6"]
    assert kept.kept_assignment(path) is not None


class Harmful:
    """What a pickle must not be able to do."""

    def __reduce__(self):
        return os.mkdir, (os.environ["GRADER_CACHE"] + "/made",)


def test_nothing_is_made_but_the_parts_of_an_assignment(cache, tmp_path):
    with pytest.raises(pickle.UnpicklingError, match="is no part of an assignment"):
        kept._unpickled(pickle.dumps(Harmful()))
    assert not (tmp_path / "own" / "made").exists()


def called(module, name):
    """A pickle that calls something by its module and its name there, with the name of a folder to make."""
    asked = "".join(f"\x8c{chr(len(text))}{text}" for text in (module, name))
    return (
        b"\x80\x04"
        + asked.encode("latin-1")
        + b"\x93"
        + pickle.dumps((os.environ["GRADER_CACHE"] + "/made",))[2:-1]
        + b"R."
    )


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("grader.user_cache", "os.mkdir"),
        ("grader.fingerprint", "metadata.os.mkdir"),
        ("pathlib", "os.mkdir"),
        ("grader.kinds.kept_assignment", "_unpickled"),
        ("grader.kinds.kept_assignment", "partial"),
        ("datetimes", "mkdir"),
        ("grader.user_cache", "os"),
    ],
)
def test_nothing_is_called_that_its_modules_reach(cache, tmp_path, module, name):
    cache.mkdir(parents=True)
    with pytest.raises(pickle.UnpicklingError, match="is no part of an assignment"):
        kept._unpickled(called(module, name))
    assert not (tmp_path / "own" / "made").exists()


def test_an_assignment_that_is_due_by_the_clock_of_a_place_is_kept(cache, tmp_path):
    (tmp_path / "spec").mkdir()
    shutil.copy(ASSIGNMENT / "q5.yaml", tmp_path / "spec")
    due = "deadline: 2026-02-01 23:59\ntimezone: Europe/Berlin\nlate: {penalty_per_day: 10%, late_days: 3}\n"
    (tmp_path / "spec" / "assignment.yaml").write_text(f"assignment: a\nquestions: [q5]\n{due}")
    loaded = kept.kept_or_loaded(tmp_path / "spec")
    found = kept.kept_assignment(tmp_path / "spec")
    assert found is not None
    assert found.late == loaded.late
    assert found.late.deadline.tzinfo is loaded.late.deadline.tzinfo


CHOSEN_SIZE = """\
question: q5
title: A sum of units
points: 5
answer: weights
network:
  sizes: {n: 1..3}
  inputs: {x: bit}
  parameters: {W: [n], v: [n]}
  functions: {phi: {one of: [step, relu]}}
  equations: {h: "phi(W*x[t])", y: "v @ h[t]"}
  output: y
behaviour: {equations: {o: "2*x[t]"}, output: o}
checks: [{name: all, points: 5}]
"""
ANSWERS = [
    "q5: {W: [2], v: [1], phi: relu}\n",
    "q5: {W: [1, 1], v: [1, 1], phi: step}\n",
    "q5: {W: [1, 1, 1], v: [1, 1, 1], phi: step}\n",
    "q5: {W: [1, 1, 1, 1], v: [1, 1, 1, 1], phi: step}\n",
    "q5: {W: [1, 1], v: [1, 1]}\n",
]


@pytest.mark.parametrize("text", ANSWERS)
def test_networks_whose_sizes_students_choose_are_kept_too(text, tmp_path, cache):
    path = write(tmp_path / "specs", {"q5.yaml": CHOSEN_SIZE}) / "q5.yaml"
    folder = write(tmp_path / "alice", {"answers.yaml": text})
    plain = table.load_assignment(path)
    kept.kept_or_loaded(path)
    found = kept.kept_or_loaded(path)
    assert type(found.questions[0]) is StoredQuestion
    assert report_of(folder, found) == report_of(folder, plain)


# ------------------------------------------------------------- the grader itself
@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package in the place of the grader's own, whose fingerprint is asked for anew each time."""
    source = write(tmp_path / "package", {"__init__.py": "", "module.py": "a = 1\n"})
    (source / "__pycache__").mkdir()
    monkeypatch.setattr(fingerprints, "__file__", str(source / "fingerprint.py"))

    def fingerprint():
        for function in (fingerprints.grader_fingerprint, fingerprints.source_digest, fingerprints.state_on_disk):
            function.cache_clear()
        return fingerprints.grader_fingerprint()

    yield source, fingerprint
    for function in (fingerprints.grader_fingerprint, fingerprints.source_digest, fingerprints.state_on_disk):
        function.cache_clear()


def test_the_fingerprint_of_the_grader_is_that_of_its_files(package, cache, monkeypatch):
    _, fingerprint = package
    first = fingerprint()
    assert [path.name for path in cache.iterdir() if path.name.startswith("grader-")]
    read = []
    monkeypatch.setattr(fingerprints, "source_digest", lambda: read.append(1) or "")
    monkeypatch.setattr(fingerprints.source_digest, "cache_clear", lambda: None, raising=False)
    assert fingerprint() == first
    assert read == []
    monkeypatch.undo()


def same_size_and_time(file: Path):
    """Another content, put back to the time that the file had."""
    before = file.stat()
    file.write_text("a = 2\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        lambda source: same_size_and_time(source / "module.py"),
        lambda source: (source / "more.py").write_text(""),
        lambda source: (source / "module.py").unlink(),
        lambda source: (source / "module.py").rename(source / "other.py"),
    ],
)
def test_a_change_of_any_file_is_seen(package, cache, change):
    source, fingerprint = package
    first = fingerprint()
    change(source)
    assert fingerprint() != first


def test_a_library_that_is_installed_beside_it_is_seen(package, cache, tmp_path, monkeypatch):
    _, fingerprint = package
    libraries = write(tmp_path / "libraries", {})
    monkeypatch.setattr(fingerprints.sys, "path", [*fingerprints.sys.path, str(libraries)])
    fingerprint()
    states = {fingerprints.state_on_disk()}
    for version in ("1.0", "1.1"):
        (libraries / f"thing-{version}.dist-info").mkdir()
        fingerprints.state_on_disk.cache_clear()
        states.add(fingerprints.state_on_disk())
    assert len(states) == 3
