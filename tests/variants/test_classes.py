"""A class with variants: each submission meets those of its student, whoever else is there and whatever it says itself."""

import json
import os
from contextlib import closing

import pytest

from grader.classroom.class_details import ClassDetails
from grader.classroom.class_list import ClassList
from grader.classroom.class_page import ClassPageRequest, class_pages
from grader.classroom.class_row import ClassRow
from grader.classroom.counting import class_statistics
from grader.classroom.course_content import read_course
from grader.classroom.entries import Entry, entries_in
from grader.classroom.executors import InProcess, Processes
from grader.classroom.gradebook import gradebook_for_run
from grader.classroom.gradebook_recorder import GradebookRecorder
from grader.classroom.graded import TextsInMemory
from grader.classroom.groups import StudentGroup
from grader.classroom.overrides import faulty_decisions, load_overrides
from grader.classroom.people import Person, as_written
from grader.classroom.regrading import Regrading
from grader.classroom.roster import read_roster
from grader.classroom.run import grade_class
from grader.classroom.statistics_json import render
from grader.classroom.statistics_text import class_text
from grader.classroom.variant_students import student_of_submission, variant_students
from grader.classroom.work import RunSettings, Task, grade_work
from grader.deferred import replace
from grader.engines.engine import Unknown
from grader.engines.horn import HornEngine
from grader.errors import SpecError
from grader.kinds.open_submission import Resources
from grader.kinds.table import KINDS, load_assignment
from grader.spec.course import CourseSearch

from ..answers.helpers import write
from ..conftest import RUN
from ..forked import forked
from .courses import FUNCTION, LISTS, NUMBER, WEIGHTS, constants_of, right_answers, write_course

QUICK = ("latch", "total", "gate", "slope", "essay", "chain", "both", "plain")
STUDENTS = ("alice", "bob", "carol", "dave", "erin", "frank")


def settings_of(course, **how):
    return RunSettings(read_course(CourseSearch(course), "hw"), "hw", **how)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class in which everybody solves the own variants, but for one who hands in what alice did."""
    folder = write_course(tmp_path_factory.mktemp("course"), QUICK)
    for name in STUDENTS:
        write(folder / "class" / name, {"answers.yaml": right_answers(name)["answers.yaml"]})
    write(folder / "class" / "mallory", {"answers.yaml": right_answers("alice")["answers.yaml"]})
    return folder


@pytest.fixture(scope="module")
def tasks(course):
    return [Task(entry, settings_of(course)) for entry in entries_in(course / "class").submissions]


@pytest.fixture(scope="module")
def rows(tasks):
    return {row.name: row for row in InProcess(RUN).run(tasks)}


def question(row, name):
    return next(found for found in json.loads(row.report)["questions"] if found["id"] == name)


@pytest.mark.long
def test_who_solves_the_own_variants_has_all_points(rows):
    for name in STUDENTS:
        assert rows[name].total == rows[name].max_points - 6, name  # the essay waits
        assert question(rows[name], "latch")["variant"] == constants_of(name, "latch")


def test_a_copied_answer_is_told_to_be_right_for_the_other_variant(rows):
    """Which questions that shows in is worked out from the draws alone."""
    own, others = ({name: constants_of(who, name) for name in LISTS} for who in ("mallory", "alice"))
    differ = {name for name in ("total", "slope", "both") if own[name] != others[name]}
    assert differ
    for name in differ:
        found = question(rows["mallory"], name)
        wanted = ", ".join(f"{key} = {value}" for key, value in others[name].items())
        assert found["points"] < found["max_points"]
        assert wanted in found["right_for"], name
        assert "right_for" not in question(rows["alice"], name)
    assert not any("right_for" in found for found in json.loads(rows["bob"].report)["questions"])


def test_the_variant_that_somebody_has_is_named_whatever_others_an_answer_is_right_for(tmp_path):
    values = [str(number) for number in range(1, 8)]
    draw = f"{{a: [{', '.join(values)}], c: [{', '.join(values)}]}}"
    spec = (
        "question: many\ntitle: A sum\npoints: 5\nprompt: ${a} and ${c}\nanswer: number\n"
        f'variants: {{draw: {draw}}}\nvalue: "${{a}} + ${{c}}"\n'
    )

    def own(name):
        return constants_of(name, "many", lists={"a": values, "c": values})

    names = [f"student {number}" for number in range(1000)]
    ann = next(name for name in names if own(name) == {"a": "7", "c": "1"})
    bob = next(name for name in names if sum(map(int, own(name).values())) != 8)
    course = write_course(tmp_path, ["many"], many=spec)
    for name in (ann, bob):
        write(course / "class" / name, {"answers.yaml": "assignment: hw\nmany: 8\n"})
    tasks = [Task(entry, settings_of(course)) for entry in entries_in(course / "class").submissions]
    rows = {row.name: row for row in InProcess(RUN).run(tasks)}
    assert question(rows[bob], "many")["right_for"] == [f"a = {a}, c = {8 - a}" for a in range(1, 8)]
    text = class_text(class_statistics([ClassRow(row, row.name) for row in rows.values()]), 200, full=True)
    told = [line for line in text.splitlines() if "right answer to the variant" in line]
    assert len(told) == 1
    assert f"a = 7, c = 1 (that of 1 other submission): {bob}" in told[0]


def test_variants_of_a_name_that_the_roster_does_not_have_are_told(course, tmp_path):
    """Nobody was given them, so what looks wrong may be right: of a team that its answers alone name, of a typo."""
    write(tmp_path, {"roster.csv": "id,name\nalice,Alice\nbob,Bob\n"})
    for name in ("alice", "team7", "bobb"):
        write(tmp_path / "class" / name, {"answers.yaml": "assignment: hw\nstudents: [bob]\ntotal: 11\n"})
    entries = entries_in(tmp_path / "class").submissions
    graded = InProcess(RUN).run([Task(entry, settings_of(course)) for entry in entries])
    made = ClassList(entries, read_roster(tmp_path / "roster.csv")).rows(sorted(graded, key=lambda row: row.name))
    told = [text.partition(": right answers")[0] for text in made.said if "met the variants" in text]
    assert told == [
        "bobb: met the variants of bobb, by which roster.csv knows nobody",
        "team7: met the variants of team7, by which roster.csv knows nobody",
    ]


def test_staff_are_told_and_students_are_not(course, rows):
    pages = [
        Task(entry, settings_of(course, pages=True))
        for entry in entries_in(course / "class").submissions
        if entry.name == "mallory"
    ]
    (row,) = InProcess(RUN).run(pages)
    assert "right_for" in row.report
    assert "right answer to the variant" not in row.page
    statistics = class_statistics([ClassRow(one, one.name) for one in rows.values()])
    text = class_text(statistics, 200, full=True)
    drawn = constants_of("alice", "total")
    holders = sum(constants_of(name, "total") == drawn for name in (*STUDENTS, "mallory"))
    others = f"{holders} other submission{'s' if holders > 1 else ''}"
    if drawn != constants_of("mallory", "total"):
        assert (
            f"total: a right answer to the variant a = {drawn['a']}, b = {drawn['b']} (that of {others}): mallory"
            in text
        )
    data = json.loads(render(statistics))["assignments"][0]
    assert {one["question"] for one in data["right_for_other_variants"]} >= {"total", "slope", "both"} & {
        name for name in LISTS if constants_of("alice", name) != constants_of("mallory", name)
    }
    variants = next(one["variants"] for one in data["questions"] if one["id"] == "both")
    assert sum(variants.values()) == len(rows)


@pytest.mark.long
def test_another_order_and_two_halves_give_the_same(tasks, rows):
    wanted = list(rows.values())
    with closing(Resources()) as run:
        assert list(InProcess(run).run(tasks[::-1])) == wanted[::-1]
    with closing(Resources()) as first, closing(Resources()) as second:
        assert [*InProcess(first).run(tasks[:3]), *InProcess(second).run(tasks[3:])] == wanted


@pytest.mark.slow
def test_two_processes_give_the_same(tasks, rows):
    with forked():
        assert list(Processes(2).run(tasks)) == list(rows.values())


def test_a_submission_alone_meets_the_same_variants_as_in_its_class(tasks, rows):
    for task in tasks[:2]:
        with closing(Resources()) as run:
            assert grade_work(task.read(), run) == rows[task.entry.name]


def test_what_a_submission_says_of_itself_chooses_nothing(course, rows, tmp_path):
    said = right_answers("alice")["answers.yaml"] + "students: [alice]\nstudent: alice\nname: alice\nvariant: {a: 1}\n"
    folder = write(tmp_path / "mallory", {"answers.yaml": said})
    row = grade_work(Task(Entry.at("mallory", folder), settings_of(course)).read(), RUN)
    for name in ("latch", "total", "slope"):
        assert question(row, name)["variant"] == constants_of("mallory", name)
        assert question(row, name)["points"] == question(rows["mallory"], name)["points"]


@pytest.fixture
def judged(monkeypatch):
    """The answers that were judged, one by one, with the text of what is asked."""
    seen = []
    for name in ("weights", "number"):
        kind = KINDS[name]
        real = kind.score_entry

        def score(question, entry, opened, real=real):
            seen.append((question.id, question.prompt))
            return real(question, entry, opened)

        monkeypatch.setattr(kind, "score_entry", score)
    return seen


@pytest.mark.long
def test_two_with_the_same_variant_share_work_and_two_with_different_ones_never(tmp_path, judged):
    course = write_course(tmp_path, ["latch", "total"])
    answers = {"answers.yaml": "latch: {U: 1, W: 1, b: -3/2}\ntotal: 11\n"}
    names = [f"s{number}" for number in range(12)]
    with closing(Resources()) as run:
        for name in names:
            grade_work(Task(Entry.at(name, write(tmp_path / "class" / name, answers)), settings_of(course)).read(), run)
    own = {prompt for asked, prompt in judged if asked == "total"}
    variants = {tuple(constants_of(name, "total").items()) for name in names}
    assert len(own) > len(variants) - 1
    first = [prompt for asked, prompt in judged if asked == "total"]
    right = [tuple(constants_of(name, "total").items()) for name in names]
    # each variant is judged once as somebody's own, and besides only where a wrong answer is tried with the others
    own_prompts = {f"What is {dict(v)['a']} + {dict(v)['b']}?" for v in right}
    assert own_prompts <= set(first)
    wrong = [v for v in set(right) if sum(int(value) for _, value in v) != 11]
    assert len(first) == len(set(right)) + 6 * len(wrong)


# ------------------------------------------------------------- graded again
class Book:
    """A folder of results that is graded into again and again."""

    def __init__(self, tmp_path):
        self.results = tmp_path / "results"
        self.results.mkdir()

    def grade(self, course, students=None):
        entries = entries_in(course / "class").submissions
        of_students = variant_students(entries) if students is None else students
        entries = [
            Entry.at(entry.name, entry.path, student=name) for entry, name in zip(entries, of_students, strict=True)
        ]
        settings = settings_of(course)
        with closing(Resources()) as run, closing_book(self.results) as book:
            plan = Regrading(book, settings, run).plan(entries)
            recorders = [GradebookRecorder(book, "class", entries, plan.reused)]
            names = [entry.name for entry in entries]
            rows = grade_class(names, plan.tasks, InProcess(run), recorders, plan.reused)
            return plan, {row.name: with_texts_in_memory(row) for row in rows}


def with_texts_in_memory(row):
    """The row, whose texts can be read when its gradebook is closed."""
    return replace(row, texts=TextsInMemory(row.report, row.verdicts))


def closing_book(results):
    return gradebook_for_run(results, "again", fresh=False, say=lambda _: None)


@pytest.mark.long
def test_a_changed_seed_regrades_those_whose_variant_it_changes_and_nothing_else(tmp_path):
    course, book = write_course(tmp_path, ["total", "plain"]), Book(tmp_path)
    names = [f"s{number}" for number in range(8)]
    for name in names:
        write(course / "class" / name, {"answers.yaml": f"assignment: hw\ntotal: {total(name, '')}\nplain: 7\n"})
    _, rows = book.grade(course)
    assert {row.total for row in rows.values()} == {6}
    plan, again = book.grade(course)
    assert set(plan.reused) == set(names)
    assert {name: row.report for name, row in again.items()} == {name: row.report for name, row in rows.items()}
    write_course(tmp_path, ["total", "plain"], total=NUMBER.replace("variants:\n", "variants:\n  seed: spring\n"))
    plan, changed = book.grade(course)
    other = {name for name in names if constants_of(name, "total") != constants_of(name, "total", seed="spring")}
    assert 0 < len(other) < len(names)
    assert set(plan.reused) == set(names) - other
    for name in names:
        right = total(name, "") == total(name, "spring")
        assert changed[name].marks["total"] == (5 if right else 0), name
        assert question(changed[name], "total")["variant"] == constants_of(name, "total", seed="spring")
    fresh = Book(tmp_path / "results")
    assert fresh.grade(course)[1].keys() == changed.keys()
    assert {name: row.report for name, row in fresh.grade(course)[1].items()} == {
        n: row.report for n, row in changed.items()
    }


@pytest.mark.long
def test_code_is_not_run_again_where_another_question_has_changed(tmp_path):
    course, book = write_course(tmp_path, ["scale", "total"]), Book(tmp_path)
    write(course / "class" / "s1", right_answers("s1"))
    _, rows = book.grade(course)
    assert rows["s1"].marks == {"scale": 4, "total": 5}
    write_course(tmp_path, ["scale", "total"], total=NUMBER.replace("title: A sum", "title: Another sum"))
    plan, rows = book.grade(course)
    assert plan.reused == {}
    assert {kept.question: kept.is_new for kept in rows["s1"].verdicts} == {"scale": False, "total": True}
    write_course(tmp_path, ["scale", "total"], scale=FUNCTION.replace("[2, 3]", "[4, 5]"))
    _, rows = book.grade(course)
    assert rows["s1"].marks == {"scale": 0, "total": 5}


def total(student, seed):
    return sum(map(int, constants_of(student, "total", seed=seed).values()))


def test_who_is_known_by_another_name_is_graded_again(tmp_path):
    course, book = write_course(tmp_path, ["total"]), Book(tmp_path)
    write(course / "class" / "s1", {"answers.yaml": f"total: {total('s1', '')}\n"})
    assert book.grade(course)[1]["s1"].total == 5
    other = next(name for name in map(str, range(50)) if total(name, "") != total("s1", ""))
    plan, rows = book.grade(course, [other])
    assert plan.reused == {}
    assert rows["s1"].total == 0
    assert json.loads(rows["s1"].report)["variants_of"] == other


def test_a_value_that_nobody_has_is_told_of_at_once(tmp_path):
    """A verdict says for which other variants an answer is right, so it rests on the lists of all constants."""
    course, book = write_course(tmp_path, ["total"]), Book(tmp_path)
    own = constants_of("s1", "total")
    write(course / "class" / "s1", {"answers.yaml": "total: 77\n"})
    assert "right_for" not in question(book.grade(course)[1]["s1"], "total")
    text = NUMBER.replace("a: [1, 2, 3]", f"a: [{own['a']}, {own['a']}, {own['a']}, 57, 67]")
    write_course(tmp_path, ["total"], total=text)
    mine = constants_of("s1", "total", {"a": [own["a"]] * 3 + ["57", "67"], "b": ["10", "20"]})
    found = question(book.grade(course)[1]["s1"], "total")
    assert found["variant"] == mine
    wanted = {"a = 57, b = 20", "a = 67, b = 10"} - {f"a = {mine['a']}, b = {mine['b']}"}
    assert set(found.get("right_for", ())) == (wanted if found["points"] == 0 else set())


def test_a_fault_in_one_variant_holds_its_students_and_ends_no_run(tmp_path):
    course = write_course(tmp_path, ["total", "plain"], total=NUMBER.replace("sum: a + b", "sum: a + 1/(b - 20)"))
    for name in STUDENTS:
        write(course / "class" / name, {"answers.yaml": "total: 1\nplain: 7\n"})
    rows = {
        r.name: r
        for r in InProcess(RUN).run([Task(e, settings_of(course)) for e in entries_in(course / "class").submissions])
    }
    held = {name for name in STUDENTS if constants_of(name, "total")["b"] == "20"}
    assert 0 < len(held) < len(STUDENTS)
    assert {name for name, row in rows.items() if row.status == "held"} == held
    assert all(rows[name].marks == {"total": None, "plain": 1} for name in held)


# ------------------------------------------------------------- who is who
ROSTER = "id,name,email\n1001,Ada King,ada@x.edu\n1002,Bob Ross,bob@x.edu\n1003,Cy Day,\n"


@pytest.fixture
def roster(tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER)
    return file


def entry(name, *people):
    return Entry.at(
        name, write(name) if isinstance(name, os.PathLike) else __import__("pathlib").Path(name), students=people
    )


ADA = Person("King, Ada", (("platform", "77"),))
WHO = {
    "the name of the folder": ("s17", (), False, (), "s17"),
    "the name of a file": ("s17.yaml", (), False, (), "s17"),
    "an id of the roster": ("1001", (), True, (), "ada@x.edu"),
    "a name of the roster": ("king_ada", (), True, (), "ada@x.edu"),
    "without an e-mail there": ("1003", (), True, (), "1003"),
    "nobody in the roster": ("1009", (), True, (), "1009"),
    "whom the platform names": ("submission_4", (Person("Ada", (("id", "1001"), ("email", "ada@x.edu"))),), False, (), "ada@x.edu"),
    "the platform's name in the roster": ("x", (ADA,), True, (), "ada@x.edu"),
    "a name alone": ("x", (ADA,), False, (), "King, Ada"),
    "a login": ("hw1-ada", (Person("", (("login", "ada"),)),), False, (), "ada"),
    "the first of a group": ("submission_5", (Person("Z", (("email", "z@x.edu"),)), Person("A", (("email", "B@x.edu"),))), False, (), "B@x.edu"),
    "a group of the course": ("1002", (), True, (("one", ("1002", "1001")),), "ada@x.edu"),
    "a group by its name": ("team 1", (), True, (("team 1", ("1002", "1003")),), "1003"),
    "another group": ("1002", (), True, (("one", ("1001", "1003")),), "bob@x.edu"),
    "hidden characters": ("a\u202eb", (), False, (), "a\\u202eb"),
}  # fmt: skip


@pytest.mark.parametrize("case", WHO)
def test_whose_variants_a_submission_meets(case, roster, tmp_path):
    name, people, has_roster, groups, wanted = WHO[case]
    path = tmp_path / name
    path.write_text("") if name.endswith(".yaml") else path.mkdir()
    entries = [Entry.at(name, path, students=people)]
    teams = [StudentGroup(team, tuple(map(as_written, members))) for team, members in groups]
    assert variant_students(entries, read_roster(roster) if has_roster else None, teams) == [wanted]


def test_whose_they_are_rests_on_no_other_submission(tmp_path):
    """A folder and a file of one name are told apart by longer names in tables, which the draws do not rest on."""
    write(tmp_path / "class" / "s1", {"answers.yaml": "total: 1\n"})
    write(tmp_path / "class", {"s1.yaml": "total: 1\n", "s2.yaml": "total: 1\n"})
    entries = entries_in(tmp_path / "class").submissions
    assert [entry.name for entry in entries] == ["s1", "s1.yaml", "s2"]
    assert variant_students(entries) == ["s1", "s1", "s2"]


def test_one_submission_meets_the_variants_that_its_class_would_give_it(roster, tmp_path):
    metadata = tmp_path / "submission_metadata.json"
    metadata.write_text(json.dumps({"users": [{"id": 4, "email": "bob@x.edu", "name": "Bob"}, {"email": "Ada@x.edu"}]}))
    assert student_of_submission("s1", None, None, None) == "s1"
    assert student_of_submission("1001", None, roster, None) == "ada@x.edu"
    assert student_of_submission("s1", "Ada King", roster, None) == "ada@x.edu"
    assert student_of_submission("submission", None, None, metadata) == "Ada@x.edu"
    assert student_of_submission("submission", "carol", None, metadata) == "carol"
    for named, text in (
        (" ", "no student is named"),
        ("Adda King", "'Adda King' is nobody in roster.csv (did you mean 'Ada King'?)"),
    ):
        with pytest.raises(SpecError) as refusal:
            student_of_submission("s1", named, roster, None)
        assert text in str(refusal.value)
    for name, wanted in (
        ("1001", "ada@x.edu"),
        ("nobody", "nobody"),
        ("a\\\\b", "a\\\\b"),
    ):  # a roster beside, as in a class
        assert student_of_submission(name, None, None, None, roster.parent) == wanted
    metadata.write_text("{}")
    with pytest.raises(SpecError, match=r"submission_metadata\.json names nobody who handed in"):
        student_of_submission("submission", None, None, metadata)


def test_a_misspelt_id_is_another_student_and_says_so(tmp_path):
    course = write_course(tmp_path, ["latch"], latch=WEIGHTS)
    folder = write(tmp_path / "class" / "alcie", {"answers.yaml": right_answers("alice")["answers.yaml"]})
    row = grade_work(Task(Entry.at("alcie", folder), settings_of(course)).read(), RUN)
    assert json.loads(row.report)["variants_of"] == "alcie"
    assert question(row, "latch")["variant"] == constants_of("alcie", "latch")


def test_people_decide_of_the_lines_of_any_variant(tmp_path):
    text = WEIGHTS.replace("name: before", 'name: "before the first ${zero}"')
    assignment = load_assignment(write_course(tmp_path, ["latch"], latch=text) / "specs" / "hw")
    decided = "- {student: x, question: latch, line: before the first %s, points: 4, reason: r, by: N. Neumann}\n"
    write(tmp_path, {"overrides.yaml": decided % 0 + decided % 1 + decided % 2})
    problems = [
        str(one) for one in faulty_decisions(load_overrides(tmp_path / "overrides.yaml"), {"hw": assignment}, [])
    ]
    assert len(problems) == 1
    assert problems[0].startswith("overrides.yaml:3:39: 'before the first 2' is not a line of latch (did you mean")


def test_the_page_of_the_class_tells_of_answers_to_other_variants_and_hides_names(rows):
    details = ClassDetails()
    book = [ClassRow(one, one.name) for one in rows.values()]
    statistics = class_statistics(book, details.add)
    pages = {}
    for names in (False, True):
        pages[names] = "".join(class_pages(ClassPageRequest(statistics, details, {}, book, names=names)).values())
    for names, page in pages.items():
        assert "right for another variant" in page
        assert ("mallory" in page) is names


@pytest.mark.long
def test_other_variants_are_tried_with_little_work(tmp_path, monkeypatch):
    """Engines that search long are asked for the own variant, and once more at most, however many others there are."""
    text = WEIGHTS.replace("theta: [1/4, 1/2, 3/4]", f"theta: [{', '.join(f'{n}/64' for n in range(20, 24))}]")
    text = text.replace("checks:\n", "budget: {samples: 30, longest: 60}\nchecks:\n")
    text = text.replace('h: "phi(W*h[t-1] + U*x[t] + b)"', 'h: "W*h[t-1] + U*x[t] + b", y: "phi(h[t])"')
    course = write_course(tmp_path, ["latch"], latch=text.replace("output: h\n", "output: y\n"))
    write(course / "class" / "s1", {"answers.yaml": "latch: {U: 7/5, W: -99/100, b: 1/997}\n"})
    asked = []

    def counted(engine, network, specification, lines, budget):
        asked.append(budget)
        return Unknown("it would take long")

    monkeypatch.setattr(HornEngine, "decide", counted)
    (entry,) = entries_in(course / "class").submissions
    (row,) = InProcess(RUN).run([Task(entry, settings_of(course))])
    assert row.total < 10, "so others are tried"
    assert 1 <= len(asked) <= 2
