"""What YAML takes for a comment where an answer was to stand is told with its line, and no template is taken for one."""

import pytest

from grader.answers.answers_file import AnswersFile
from grader.answers_template import blank_answers

from .small_course import answers, assignment, keep_their_marks, refused, report_on, results_of

ADVICE = "take the # away, or put the answer in quotes"


@pytest.mark.parametrize(
    ("text", "place", "comment"),
    [
        ("#4", "6:5", "#4"),
        ("# 4", "6:5", "# 4"),
        (" #4 # five", "6:6", "#4 # five"),
        ("''  # 4", "6:9", "# 4"),
        ("null # 4", "6:10", "# 4"),
        ("|  # 4", "6:8", "# 4"),
        ("\n  # 4", "7:3", "# 4"),
        ("\n  - #4", "7:5", "#4"),
        ("\n  -\n    # 4", "8:5", "# 4"),
        ("\n  value: #4", "7:10", "#4"),
        ("{value: , #4\n  }", "6:15", "#4"),
    ],
)
def test_a_comment_in_the_place_of_an_answer_is_told_with_its_line(text, place, comment):
    results = results_of({"answers.yaml": answers(q4=text)})
    assert refused(results, "q4") == (
        f"answers.yaml:{place}: {comment!r} is a comment, since # begins one in YAML: {ADVICE}"
    )
    keep_their_marks(results, but="q4")


@pytest.mark.parametrize(
    "changed", [{"q1": "#a"}, {"q2": "# the gate"}, {"q3_1": "#w*tanh(x)"}, {"q5": "\n  s: # 1\n  b: # [2, 1]\n  W:"}]
)
def test_it_is_told_for_every_kind_of_question(changed):
    (name,) = changed
    assert ADVICE in refused(results_of({"answers.yaml": answers(**changed)}), name.replace("_", "."))


def test_a_comment_behind_a_question_in_parts_is_told_for_each_part():
    results = results_of({"answers.yaml": answers(q3_1=None, q3_2=None) + "q3: # w\n"})
    for part in ("q3.1", "q3.2"):
        assert "answers.yaml:7:5: '# w' is a comment" in refused(results, part)


def test_a_comment_in_the_place_of_a_part_of_an_answer_is_told_beside_what_is_missing():
    results = results_of({"answers.yaml": answers(q5="\n  s: #1\n  b: [2, 1]\n  W: [[1, 2], [-3, 0.5]]")})
    assert refused(results, "q5") == (
        "answers.yaml:8:5: s is blank: write a number\n"
        "not part of the answer, since # begins a comment in YAML: '#1' on line 8"
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "\n# 4", "''", "\n", "null"])
def test_a_blank_without_a_comment_and_a_line_that_is_left_out_are_missing(text):
    result = results_of({"answers.yaml": answers(q4=text)})["q4"]
    assert (result.status, result.messages) == ("missing", ("no answer was handed in",))


def test_the_comments_of_a_template_are_no_answers():
    report = report_on({"answers.yaml": blank_answers(assignment())})
    assert {question.status for question in report.questions} == {"missing"}
    of_copy = {name.replace(".", "_"): "# an answer" for name in ("q3.1", "q5")}
    of_copy |= {"q1": "# one of the options, or a list of them", "q2": "# text in your own words", "q4": "# a number"}
    report = report_on({"answers.yaml": answers(**of_copy)})
    assert [q.id for q in report.questions if q.status == "missing"] == ["q1", "q2", "q3.1", "q4", "q5"]
    filled_in = blank_answers(assignment()).replace("q4:  #", "q4: 1.5  #")
    result = results_of({"answers.yaml": filled_in})["q4"]
    assert (result.points, result.messages) == (2, ("read as 1.5",))


def test_no_comment_is_seen_in_a_text_or_in_json():
    for text, name in (('{"q4": "", "q5": "a # b"}', "answers.json"), ('{q4: "", q5: "a # b"}', "answers.yaml")):
        found = AnswersFile(text.encode(), name)
        found.expect(["q4", "q5"])
        assert list(found.commented_out("q4")) == []
        answer = found.answer("q5")
        assert answer is not None
        assert (answer.content, answer.comments) == ("a # b", ())
