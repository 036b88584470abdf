"""Marks by lines of a terminal, a pipe or a file of keys: each is saved as its line ends, and no slip is a mark."""

import io
from dataclasses import replace

import pytest

from grader.kinds.written.marks import load_marks
from grader.review.desk import Desk
from grader.review.desk_answers import SecondReading
from grader.review.pending import Review
from grader.review.terminal import MAX_TYPED_CHARACTERS, LineError, mark_in, mark_in_terminal
from grader.written_answer import WrittenAnswer

from ..answers.helpers import write
from .small_class import give, read_now


@pytest.fixture
def typed(one_class):
    """Types lines, and gives back what is shown and by submission the marks of a question."""

    def typed(text, question="essay", **settings):
        settings = {"reader": "me", **settings}
        desk = Desk(one_class.review, b"secret", **settings)
        screen = io.StringIO()
        mark_in_terminal(desk, io.StringIO(text), screen, [question] if question else [])
        marks = load_marks(one_class.marks_file) if one_class.marks_file.exists() else {}
        return screen.getvalue(), {key[0]: mark for key, mark in marks.items() if key[1] == question}

    return typed


def order_of(small_class):
    """The submissions in the order of the desk, the first one of each group of identical answers."""
    desk = Desk(small_class.review, b"secret")
    return [group.first.read.submission for group in desk.question("essay").groups]


def test_a_line_is_a_mark_and_the_next_answer_comes(typed, marked_class):
    screen, marks = typed("1\n0 : No reason is given.\n1 2 =7,5\n")
    first, second, third = order_of(marked_class)
    assert (marks[first].met, marks[first].points, marks[first].reader) == (("says why",), None, "me")
    assert (marks[second].met, marks[second].note) == ((), "No reason is given.")
    assert (marks[third].met, marks[third].points) == (("says why", "gives an example"), 7.5)
    assert "== essay: An essay (10 points)\n   Say why.\n   1  says why (6)\n   2  gives an example (4)\n" in screen
    assert screen.count("saved: ") == 3
    assert screen.endswith("4 answers marked; none waits\n")
    for name, mark in marks.items():  # each for its own answer, also where these are identical
        assert mark == read_now(
            marked_class.review(), name, "essay", *mark.met, note=mark.note, points=mark.points, reader="me"
        )
    assert (marks["alice"].met, marks["alice"].points) == (marks["bob"].met, marks["bob"].points)


def test_identical_answers_are_marked_at_once_and_it_is_said(typed):
    screen, marks = typed("1\n1\n1\n")
    assert "2 identical ones" in screen
    assert "saved: 6 of 10 points for 2 identical answers" in screen
    assert len(marks) == 4


def test_names_are_hidden_until_they_are_asked_for(typed):
    for names in (False, True):
        screen, _ = typed("q\n", names=names)
        assert any(name in screen for name in ("alice", "carol", "dan")) == names


@pytest.mark.parametrize("names", [False, True])
def test_a_file_to_open_tells_whose_it_is_only_where_names_are_shown(typed, monkeypatch, names):
    answers = Review.answers

    def with_files(review, question):
        note = "alice_essay.pdf waits for a reader who opens it"
        file = WrittenAnswer(None, "ab", ("alice_essay.pdf",), (note,))
        return tuple(replace(one, answer=file) for one in answers(review, question) if one.submission == "alice")

    monkeypatch.setattr(Review, "answers", with_files)
    screen, _ = typed("q\n", names=names)
    assert ("(file to open: alice_essay.pdf of alice)" in screen) == names
    assert ("(file to open: file 1.pdf; --names says which one it is)" in screen) != names
    assert ("alice" in screen) == names


def test_the_end_of_what_is_typed_keeps_all_marks(typed):
    """`q`, the end of a pipe in the middle of a line, and nothing at all."""
    screen, marks = typed("1\n2")
    assert len(marks) >= 2
    assert "Traceback" not in screen
    assert len(typed("")[1]) == len(typed("q\n1\n1\n")[1]) == len(marks)


def test_marks_are_taken_back_also_those_of_identical_answers(typed, marked_class):
    screen, marks = typed("1\n1\n1\nu\nu\nu\n0\nu\nq\n")
    assert (marks, screen.count("taken back")) == ({}, 4)
    assert screen.endswith("0 answers marked; 4 of essay wait\n")
    screen, marks = typed("1\nu\nu\n2\nb\nn\nq\n")
    assert "! there is nothing to undo" in screen
    assert [mark.met for mark in marks.values()] in ([("gives an example",)], [("gives an example",)] * 2)


STRANGE_LINES = ["x", "3", "12 3", "-1", "0 1", "1 =11", "1 =x", "1 =1/0", "=5", ": only a note", "1.5", "1 2 3 4", "y",
                 "\x1b[A1", "1\x00", "1 \ufffd", "١", "²", "1" * 30, "1 =" + "9" * 40]  # fmt: skip


@pytest.mark.parametrize("line", STRANGE_LINES)
def test_a_line_that_says_nothing_marks_nothing(typed, line):
    screen, marks = typed(f"{line}\nq\n")
    assert marks == {}
    assert "\n! " in screen.replace("] !", "]\n!")
    assert "\x1b" not in screen


def test_a_line_that_is_too_long_is_not_read_in_part(typed):
    screen, marks = typed("1 : " + "9" * (3 * MAX_TYPED_CHARACTERS) + "\nq\n")
    assert marks == {}
    assert f"the line is longer than {MAX_TYPED_CHARACTERS} characters" in screen


def test_points_beyond_the_ninth_are_words_of_their_own(marked_class):
    marked_class.edit(
        "essay.yaml", "rubric:\n", "rubric:\n" + "".join(f"- {{name: p{i}, points: 0}}\n" for i in range(9))
    )
    question = marked_class.review().question("essay")
    assert mark_in(question, "1 11").met == ("p0", "gives an example")
    assert mark_in(question, "11").met == ("gives an example",)
    with pytest.raises(LineError, match="numbered from 1 to 11"):
        mark_in(question, "12")


def test_nothing_in_an_answer_reaches_the_terminal_as_a_control(small_class, typed):
    write(small_class.submissions / "mallory", {"essay.txt": "\u001b[2J\u202eread\u0007 |\nme".encode()})
    small_class.grade()
    screen, _ = typed("n\n" * 9)
    assert {char for char in screen if not char.isprintable()} == {"\n"}
    assert "\\x1b[2J\\u202eread\\x07" in screen


def test_a_long_answer_is_shown_in_part_and_all_of_it_on_demand(small_class, typed):
    for name in ("alice", "bob", "carol", "dan"):
        small_class.hand_in(name, "cell: x\n")
    small_class.hand_in("ina", "essay: |\n" + "".join(f"  line {i}\n" for i in range(90)))
    small_class.grade()
    screen, _ = typed("q\n")
    assert ("line 39\n" in screen, "line 40\n" in screen, "(50 more lines: a shows them)" in screen) == (
        True,
        False,
        True,
    )
    assert "line 89\n" in typed("a\nq\n")[0]


def test_another_reader_is_told_and_not_overwritten(marked_class):
    """The mark of a reader who was faster is shown, and the answer comes again."""
    desk, other = Desk(marked_class.review, b"secret", "me"), marked_class.review()
    first = order_of(marked_class)[0]

    class Keys(io.StringIO):
        def readline(self, *_):
            if not self.tell():
                for answer in other.answers("essay"):
                    give(
                        other,
                        answer.submission,
                        "essay",
                        read_now(other, answer.submission, "essay", "says why", reader="zoe"),
                    )
            return super().readline()

    screen = io.StringIO()
    mark_in_terminal(desk, Keys("2\nq\n"), screen, ["essay"])
    assert "\n! the answer, its rubric or its mark was changed" in screen.getvalue().replace("] !", "]\n!")
    assert "(marked by zoe: says why; 6 points)" in screen.getvalue()
    assert load_marks(marked_class.marks_file)[first, "essay"].reader == "zoe"


def test_answers_that_wait_again_are_shown_with_what_has_changed(small_class, typed):
    review = small_class.review()
    for name in ("alice", "bob", "carol", "dan"):
        give(review, name, "essay", read_now(review, name, "essay", "says why", reader="zoe"))
    assert typed("1\n")[0] == "\n0 answers marked; none waits\n".lstrip("\n")
    small_class.hand_in("alice", "essay: Another text.\n")
    small_class.grade()
    screen, marks = typed("2\n")
    assert "(the answer has changed since a reader marked it: it waits for a reader again)" in screen
    assert "(marked by zoe: says why; 6 points)" in screen
    assert (marks["alice"].met, marks["alice"].reader) == (("gives an example",), "me")


def test_a_second_reader_sees_no_marks_and_learns_the_agreement(marked_class, typed):
    review = marked_class.review()
    for name in ("alice", "bob", "carol", "dan"):
        give(review, name, "essay", read_now(review, name, "essay", "says why", reader="zoe"))
    screen, marks = typed("1\n1\n12\n", reader="lee", second=SecondReading("lee", None, "0"))
    assert "zoe" not in screen
    assert "essay: 4 answers read by both, 1 in dispute" in screen
    assert "says why: no kappa: both found it in every answer" in screen
    assert {mark.reader for mark in marks.values()} == {"zoe"}  # the marks that count are as they were


def test_the_command_reads_a_pipe(marked_class, run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    done = run("review", marked_class.results, "--terminal", "-q", "essay", "--reader", "me")
    assert done.code == 0
    marked = len(load_marks(marked_class.marks_file))  # of the first group, which no number tells
    assert marked in (1, 2)
    assert f"\n{marked} {'answer' if marked == 1 else 'answers'} marked; " in done.out


MIXED = {
    "--terminal --template": "--template and --terminal are two ways to mark: choose one",
    "--csv-in TABLE --csv-out x": "--csv-out and --csv-in are two ways to mark: choose one",
    "-q essay": "--question is for --template, --terminal and --csv-out: a browser shows every question",
    "-q essay --csv-in TABLE": "--question is for --template, --terminal and --csv-out: a table has its own questions",
    "-o x": "--output is for --template",
    "--sample 2": "--sample is for --second-reader: the first reader marks every answer",
    "--second-reader": "--second-reader keeps its marks under a name: say --reader NAME",
    "--second-reader --reader me --template": "--template is about the first marks: --second-reader marks in the browser, or",
}


@pytest.mark.parametrize("options", MIXED)
def test_options_that_do_not_go_together_are_refused(small_class, run, tmp_path, options):
    (tmp_path / "marks.csv").write_text("")
    given = [tmp_path / "marks.csv" if option == "TABLE" else option for option in options.split()]
    refused = run("review", small_class.results, *given)
    assert (refused.code, refused.out) == (2, "")
    assert MIXED[options] in refused.err
