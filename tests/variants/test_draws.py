"""What is drawn for a student: by the documented rule, evenly, and by nobody else's being there."""

from collections import Counter

import pytest

from grader.documents import read_yaml
from grader.errors import SpecError
from grader.kinds.table import load_assignment
from grader.kinds.variants.own import drawn_variants, students_assignment, variants_of, variants_of_named
from grader.spec.variants_reader import read_draws

from .courses import LISTS, constants_of, write_course

STUDENTS = ["alice", "Bob", "carol@example.edu", "1001", "ève", "Ada King", "𝔄da", "x" * 300, "a\\b", "?\udc80", "名前"]


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return load_assignment(write_course(tmp_path_factory.mktemp("draws")) / "specs" / "hw")


def draws(text, assignment="hw"):
    found, problems = read_draws(read_yaml(f"question: q\nvariants: {text}".encode(), "q.yaml"), assignment)
    assert problems == []
    return found


def shown(found, student):
    return dict(found.constants(found.of_student(student)).drawn)


@pytest.mark.parametrize("student", STUDENTS, ids=ascii)
def test_each_constant_is_that_of_the_documented_rule(assignment, student):
    questions = {question.id.partition(".")[0]: question.draws for question in variants_of(assignment)}
    assert questions.keys() == LISTS.keys()
    assert {name: shown(found, student) for name, found in questions.items()} == {
        name: constants_of(student, name) for name in LISTS
    }


def test_all_parts_of_a_question_have_the_same_constants(assignment):
    for student in STUDENTS:
        own = students_assignment(assignment, student).variants
        assert own["chain.1"] == own["chain.2"] == {"n": constants_of(student, "chain")["n"]}


def test_values_are_drawn_evenly_and_independently_of_one_another():
    found = draws("{draw: {a: [0, 1], b: [x, y, z], c: [1, 2, 3, 4, 5]}}")
    counts = Counter(found.of_student(f"student {number}") for number in range(6_000))
    assert len(counts) == 30
    expected = 6_000 / 30
    # the statistic has 29 degrees of freedom: above 60 in about one of 1,600 such samples, and this one is always the same
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 60


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "Alice"),
        ("alice", "  alice "),
        ("Straße", "STRASSE"),
        ("ève", "e\u0300ve"),
        ("ﬁona", "fiona"),
        ("１００１", "1001"),
    ],
)
def test_two_spellings_of_an_id_are_the_same_student(one, other):
    found = draws("{{draw: {{a: [{}]}}}}".format(", ".join(map(str, range(1000)))))
    assert found.of_student(one) == found.of_student(other)


@pytest.mark.parametrize(
    ("one", "other"), [("alice", "alic"), ("alice", "al ice"), ("1001", "01001"), ("ève", "eve"), ("a", "а")]
)
def test_other_ids_are_other_students(one, other):
    found = draws("{{draw: {{a: [{}]}}}}".format(", ".join(map(str, range(1000)))))
    assert found.of_student(one) != found.of_student(other)


@pytest.mark.parametrize("change", ["seed", "assignment", "question", "name"])
def test_each_thing_that_a_draw_rests_on_changes_it(change):
    values = "[{}]".format(", ".join(map(str, range(1000))))
    first = draws(f"{{seed: s, draw: {{a: {values}}}}}")
    second = {
        "seed": lambda: draws(f"{{seed: t, draw: {{a: {values}}}}}"),
        "assignment": lambda: draws(f"{{seed: s, draw: {{a: {values}}}}}", "hw2"),
        "question": lambda: read_draws(
            read_yaml(f"question: q2\nvariants: {{seed: s, draw: {{a: {values}}}}}".encode(), "q2.yaml"), "hw"
        )[0],
        "name": lambda: draws(f"{{seed: s, draw: {{b: {values}}}}}"),
    }[change]()
    assert [first.of_student(s) for s in STUDENTS] != [second.of_student(s) for s in STUDENTS]


def test_another_constant_changes_nothing_of_the_others():
    one, two = draws("{draw: {a: [1, 2, 3]}}"), draws("{draw: {new: [8, 9], a: [1, 2, 3]}}")
    assert [shown(one, s)["a"] for s in STUDENTS] == [shown(two, s)["a"] for s in STUDENTS]


@pytest.mark.long
def test_where_leaves_out_combinations_and_the_rest_are_drawn_evenly():
    found = draws("{draw: {a: [1, 2, 3], b: [1, 2, 3]}, where: a != b}")
    assert len(found.listed) == 6
    counts = Counter(found.of_student(f"student {number}") for number in range(3_000))
    assert set(counts) == set(found.listed)
    assert sum((count - 500) ** 2 / 500 for count in counts.values()) < 25  # of 5 degrees of freedom: one in 7,000


def test_where_is_not_asked_of_students_for_whom_it_holds_at_once():
    """So a `where` that excludes little changes nobody's variant but theirs who had an excluded one."""
    free = draws("{draw: {a: [1, 2, 3], b: [1, 2, 3]}}")
    bound = draws("{draw: {a: [1, 2, 3], b: [1, 2, 3]}, where: a + b != 6}")
    changed = [s for s in map(str, range(200)) if free.of_student(s) != bound.of_student(s)]
    assert changed == [s for s in map(str, range(200)) if free.of_student(s) == (2, 2)]


def test_computed_constants_are_exact_and_may_be_made_of_one_another():
    found = draws('{draw: {a: [1/3], blocks: [["${a}", "${c}"]]}, let: {c: 2*b, b: a + 1/6}}')
    values = found.constants(found.first).values
    assert values["b"] == "1/2"
    assert values["c"] == "1"
    assert values["blocks"] == ["1/3", "1"]


def test_a_sample_has_every_value_once_before_any_other_combination():
    found = draws("{{draw: {{a: [{}], b: [1, 2]}}}}".format(", ".join(map(str, range(20)))))
    sample = found.sample(21)
    assert len(sample) == 21
    assert {a for a, _ in sample} == set(range(20))
    assert {b for _, b in sample} == {0, 1}
    assert found.sample(21) == sample
    assert found.sample(40) == found.listed


def test_more_combinations_than_can_be_listed_are_drawn_from():
    found = draws("{{draw: {{{}}}}}".format(", ".join(f"c{i}: [0, 1, 2, 3]" for i in range(30))))
    assert found.count == 4**30
    assert len(found.sample(50)) == 50
    assert len(found.of_student("alice")) == 30


def test_nobody_is_no_student(assignment):
    for nobody in ("", "  "):
        with pytest.raises(SpecError, match="latch has variants, so it matters whose they are"):
            variants_of_named(assignment, nobody)
        assert len(drawn_variants(assignment, nobody)) == 9  # a folder may be called so, which ends no run
