"""What readers work through comes from the gradebook, the course and the file of marks, as these are now."""

import io
import zipfile

import pytest

import grader.classroom.kept_facts as kept_facts
from grader.errors import SpecError, SubmissionError
from grader.review.pending import open_review

from ..answers.helpers import write
from .small_class import give, read_now


def test_every_answer_that_a_person_can_read_is_there(marked_class):
    review = marked_class.review()
    assert [(question.id, question.title, question.points) for question in review.questions] == [
        ("essay", "An essay", 10), ("cell", "A cell", 5),
    ]  # fmt: skip
    essay = review.question("essay")
    assert [(point.name, point.points, point.keywords) for point in essay.rubric] == [
        ("says why", 6, ("because", "since")), ("gives an example", 4, ("for instance",)),
    ]  # fmt: skip
    assert (essay.prompt, essay.worth(["says why"]), review.question("cell").worth(["the gate", "the state"])) == (
        "Say why.",
        6,
        5,
    )
    answers = review.answers("essay")
    assert [answer.submission for answer in answers] == ["alice", "bob", "carol", "dan"]  # eve has written none
    assert answers[0].answer.text == "Because it forgets."
    assert {answer.state for answer in answers} == {"pending"}
    assert review.said == ()


def test_marks_are_read_as_they_are_now(marked_class):
    review, other = marked_class.review(), marked_class.review()
    give(other, "bob", "essay", read_now(other, "bob", "essay", "says why"))
    assert [answer.state for answer in review.answers("essay")] == ["pending", "marked", "pending", "pending"]
    give(review, "bob", "essay", read_now(review, "bob", "essay"), second="zoe")
    assert [mark.reader for mark in other.answer("bob", "essay").second] == ["zoe"]


def test_a_new_run_is_seen_without_opening_the_review_again(small_class):
    review = small_class.review()
    review.answers("essay")
    small_class.hand_in("frank", "essay: Since it is small.\n")
    small_class.grade()
    assert [answer.submission for answer in review.answers("essay")][-1] == "frank"


def test_no_reader_is_asked_about_what_is_excused(small_class, run):
    table = small_class.folder / "marks.csv"
    assert run("review", small_class.results, "--course", small_class.folder, "--csv-out", table).code == 0
    decided = (
        "- {student: bob, excused: [essay]}\n- {submission: carol, excused: true}\n- {student: dan, excused: cell}\n"
    )
    (small_class.specs / "overrides.yaml").write_text(decided)
    small_class.grade()
    review = small_class.review()
    assert [answer.submission for answer in review.answers("essay")] == ["alice", "dan"]
    assert [answer.submission for answer in review.answers("cell")] == ["alice", "bob"]
    assert review.said == (
        "essay: 2 answers excused, which no reader is asked about",
        "cell: 1 answer excused, which no reader is asked about",
    )
    for option in ("--template", "--csv-out"):
        output = ["-o", small_class.folder / "out"] if option == "--template" else [small_class.folder / "out"]
        assert run("review", small_class.results, "--course", small_class.folder, option, *output).code == 0
        assert "carol" not in (small_class.folder / "out").read_text()
    assert run("review", small_class.results, "--course", small_class.folder, "--csv-in", table).code == 0
    (small_class.specs / "overrides.yaml").unlink()
    small_class.grade()
    assert [answer.submission for answer in review.answers("essay")] == ["alice", "bob", "carol", "dan"]


def test_marks_of_answers_that_there_are_not_are_refused_by_name(marked_class):
    review = marked_class.review()
    for call, said in {
        lambda: review.answers(
            "esay"
        ): "'esay' is no written question (did you mean 'essay'?) (readers mark essay and cell)",
        lambda: review.answers("sizes"): "'sizes' is no written question (readers mark essay and cell)",
    }.items():
        with pytest.raises(SpecError) as refused:
            call()
        assert str(refused.value) == said
    for name, said in {
        "alcie": "there is no submission 'alcie' in the results (did you mean 'alice'?)",
        "eve": "eve has handed in nothing for essay that a reader could mark",
    }.items():
        with pytest.raises(SubmissionError) as unknown:
            review.answer(name, "essay")
        assert str(unknown.value) == said


def test_a_question_with_a_written_way_and_parts_is_read_too(small_class):
    write(
        small_class.specs,
        {
            "assignment.yaml": "assignment: hw\nquestions: [essay, cell, both, more]\n",
            "both.yaml": (
                "question: both\ntitle: Two ways\npoints: 2\nprompt: Either.\nanswer: either\nways:\n"
                "- {answer: number, value: 1/3}\n- {answer: written, rubric: [{name: one third, points: 2}]}\n"
            ),
            "more.yaml": (
                "question: more\ntitle: Parts\nprompt: Of all.\npoints: 2\nparts:\n"
                "- {question: more.1, title: One, points: 2, prompt: Of one., answer: written, rubric: [{name: a, points: 2}]}\n"
            ),
        },
    )
    small_class.hand_in("alice", "essay: x\nboth: One third of the way.\nmore.1: Something.\n")
    small_class.hand_in("bob", "both: 1/3\n")
    small_class.grade()
    review = small_class.review()
    assert [question.id for question in review.questions] == ["essay", "cell", "both", "more.1"]
    assert review.question("more.1").prompt == "Of all.\n\nOf one."
    assert [answer.submission for answer in review.answers("both")] == ["alice"]  # bob's is a number
    give(review, "alice", "both", read_now(review, "alice", "both", "one third"))
    small_class.grade()
    assert review.answer("alice", "both").state == "marked"
    assert "both" in (small_class.results / "grades.csv").read_text().splitlines()[0]


def docx(text: str) -> bytes:
    import docx as library

    document, out = library.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


@pytest.mark.long
def test_documents_are_texts_or_files_to_open(small_class):
    write(small_class.submissions / "gina", {"essay.docx": docx("Since it fades."), "cell.pdf": b"%PDF-1.4 broken"})
    write(small_class.submissions / "hugo", {"essay.png": b"\x89PNG"})
    small_class.grade()
    review = small_class.review()
    typed, broken, photo = (review.answer(*key) for key in (("gina", "essay"), ("gina", "cell"), ("hugo", "essay")))
    assert (typed.answer.text, typed.answer.files, typed.whole_text) == ("Since it fades.", ("essay.docx",), None)
    assert (broken.answer.text, broken.answer.files) == (None, ("cell.pdf",))
    assert "waits for a reader who opens it" in broken.answer.notes[0]
    assert (photo.answer.text, review.file_bytes(photo, "essay.png")) == (None, b"\x89PNG")
    assert review.file_bytes(broken, "cell.pdf") == b"%PDF-1.4 broken"
    for answer, name in ((photo, "../alice/answers.yaml"), (photo, "essay.docx"), (typed, "answers.yaml")):
        with pytest.raises(SubmissionError, match="has handed in no"):
            review.file_bytes(answer, name)
    before = photo.answer.fingerprint
    write(small_class.submissions / "hugo", {"essay.png": b"\x89PNG2"})
    small_class.grade()
    assert review.answer("hugo", "essay").answer.fingerprint != before
    (small_class.submissions / "hugo" / "essay.png").unlink()
    with pytest.raises(SubmissionError, match=r"essay\.png of hugo cannot be opened"):
        review.file_bytes(photo, "essay.png")


def test_a_file_of_a_download_that_is_still_zipped_is_opened(marked_class, tmp_path, run):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("kim/essay.png", b"\x89PNG")
        archive.writestr("lee/answers.yaml", "essay: x\n")
    assert run("grade", tmp_path / "all.zip", "--out", tmp_path / "zipped").code == 0
    review = open_review(tmp_path / "zipped", start=tmp_path)
    assert review.file_bytes(review.answer("kim", "essay"), "essay.png") == b"\x89PNG"


@pytest.mark.long
def test_long_texts_are_kept_within_bounds_and_a_text_that_is_cut_is_no_whole_one(small_class, monkeypatch):
    monkeypatch.setattr(kept_facts, "MAX_WRITTEN_CHARACTERS", 1000)
    write(small_class.submissions / "ina", {"essay.txt": "word " * 19_999})
    write(small_class.submissions / "jan", {"essay.txt": "word " * 19_998 + "x"})
    write(small_class.submissions / "kim", {"essay.txt": "word " * 200_001, "cell.txt": b"a\x00b\x1b[31m\xff\n"})
    small_class.grade()
    review = small_class.review()
    ina, jan = review.answer("ina", "essay"), review.answer("jan", "essay")
    assert (ina.answer.cut, ina.answer.text, ina.whole_text) == (True, jan.answer.text, None)
    assert ina.answer.fingerprint != jan.answer.fingerprint  # by all of it
    for question in ("essay", "cell"):  # neither a megabyte nor bytes that are no text can be used
        assert "kim" not in [answer.submission for answer in review.answers(question)]


def test_results_without_what_a_review_needs_are_refused(small_class, tmp_path):
    with pytest.raises(SubmissionError, match="no gradebook is there"):
        open_review(small_class.specs, start=tmp_path)
    with pytest.raises(SpecError, match=r"lies in the submission alice"):
        small_class.review(marks=small_class.submissions / "alice" / "marks.yaml")
    write(small_class.specs, {"marks.yaml": "- {submission: alice, question: esay, met: []}\n"})
    with pytest.raises(SpecError, match=r"marks.yaml:1:33: 'esay' is not a question \(did you mean 'essay'\?\)"):
        small_class.review()


def test_marks_may_be_kept_in_a_file_that_is_named(small_class, tmp_path):
    review = small_class.review(marks=tmp_path / "mine" / "week1.yaml")
    give(review, "alice", "essay", read_now(review, "alice", "essay", "says why"))
    assert not small_class.marks_file.exists()
    assert small_class.grade("--marks", tmp_path / "mine" / "week1.yaml").code == 0
    assert small_class.grades()["alice"][0] == "6"
