"""Moodle's grading worksheet: grades are filled in as Moodle will take them, and every other byte stays."""

import csv
import io

import pytest

from grader.classroom.platforms.moodle import MoodleFormat
from grader.classroom.platforms.platform import PlatformRequest
from grader.errors import SpecError

from .class_rows import excused, question, row, without_mark

HEADER = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"'
)
GERMAN = (
    'ID,"Vollständiger Name","E-Mail-Adresse",Status,Bewertung,Bestwertung,"Bewertung kann geändert werden",'
    '"Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)","Feedback als Kommentar"'
)


def student(
    number="12345", name="Ada Lovelace", idnumber="s1", email="ada@example.org", mark="", most="140.00", yes="Yes"
):
    day = '"Thursday, 26 November 2026, 8:15 AM"'
    return f'"Participant {number}","{name}",{idnumber},{email},"Submitted for grading",{mark},{most},{yes},{day},-,"good, ""so"""'


def worksheet(*students, header=HEADER, mark="\ufeff", end="\n"):
    return (mark + end.join([header, *students]) + end).encode()


def filled(tmp_path, data, rows, **options):
    path = tmp_path / "worksheet.csv"
    path.write_bytes(data)
    return MoodleFormat().write(PlatformRequest(rows, path, **options))


def grades(file, column=5):
    return [line[column] for line in csv.reader(io.StringIO(file.data.decode("utf-8-sig"), newline=""))][1:]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("name", ["Lovelace, Ada", "王 伟", "Ada", '""Bo""', "=1+1", "A\nB"])
def test_every_other_byte_stays(tmp_path, name, mark, end):
    data = worksheet(student(name=name), student("7", "B", "s2", "b@example.org"), mark=mark, end=end)
    rows = [row("b", 7, ids=[("platform", "7")]), row("a", "3/2", ids=[("id", "s1")])]
    wanted = worksheet(
        student(name=name, mark="1.5"), student("7", "B", "s2", "b@example.org", mark="7"), mark=mark, end=end
    )
    assert filled(tmp_path, data, rows).data == wanted


@pytest.mark.parametrize(
    "ids", [[("platform", "12345")], [("id", "S1")], [("email", "ADA@example.org")], [("any", "12345")]]
)
def test_students_are_known_by_participant_id_or_email(tmp_path, ids):
    assert grades(filled(tmp_path, worksheet(student()), [row("x", 7, ids=ids)])) == ["7"]


@pytest.mark.parametrize(
    ("ids", "person"),
    [
        ([], "Ada Lovelace"),
        ([("email", "ada@example.com")], "Ada Lovelace"),
        ([("id", "12345")], ""),
        ([("platform", "s1")], "Robert Boyle"),
    ],
)
def test_nobody_is_guessed(tmp_path, ids, person):
    data = worksheet(student(), student("7", "Cy Young", "s7", "cy@example.org", mark="7"))
    file = filled(tmp_path, data, [row("x", 7, ids=ids, person=person), row("cy", 7, ids=[("id", "s7")])])
    assert file.data == data
    assert "not in worksheet.csv, so that their marks are not filled in: x" in file.said


def test_another_language_keeps_its_titles_and_decimal_comma(tmp_path):
    line = 'Teilnehmer/in12345,"Ada Lovelace",ada@example.org,Abgegeben,{},"140,00",Ja,-,-,'
    data = worksheet(line.format(""), header=GERMAN)
    file = filled(tmp_path, data, [row("x", "15/2", ids=[("platform", "12345")])])
    assert file.data == worksheet(line.format('"7,5"'), header=GERMAN)


def test_a_german_worksheet_without_e_mails_knows_students_by_their_id(tmp_path):
    data = worksheet(
        'Teilnehmer/in12345,"Ada Lovelace",s1,Abgegeben,,"140,00",Ja,-,-,',
        header=GERMAN.replace("E-Mail-Adresse", "ID-Nummer"),
    )
    assert grades(filled(tmp_path, data, [row("a", 7, ids=[("id", "S1")])]), column=4) == ["7"]


def test_a_title_that_is_not_known_is_named(tmp_path):
    data = worksheet(student(), header=HEADER.replace(",Grade,", ",Einkunn,"))
    rows = [row("x", 7, ids=[("id", "s1")])]
    with pytest.raises(
        SpecError, match=r"worksheet\.csv:1:1: there is no column of grades: name the column of grades with"
    ):
        filled(tmp_path, data, rows)
    with pytest.raises(SpecError, match=r"no column 'Einkun' \(did you mean 'Einkunn'\?\)"):
        filled(tmp_path, data, rows, column="Einkun")
    assert grades(filled(tmp_path, data, rows, column="Einkunn")) == ["7"]


@pytest.mark.parametrize("word", without_mark())
@pytest.mark.parametrize("old", ["", "0.00"])
def test_what_is_no_mark_is_an_empty_cell(tmp_path, word, old):
    file = filled(tmp_path, worksheet(student(idnumber=word, mark=old)), [without_mark()[word]])
    assert grades(file) == [""]


def test_whoever_is_excused_has_no_grade(tmp_path):
    rows = [row("x", excused("q1", 0, 140), ids=[("id", "s1")])]
    file = filled(tmp_path, worksheet(student(mark="0.00")), rows)
    assert grades(file) == [""]
    assert "no mark to fill in (excused): x" in file.said


def test_a_grade_that_moodle_would_pass_over_is_not_filled_in_silently(tmp_path):
    data = worksheet(student(yes="No"), student("7", "B", "s2", "b@example.org"))
    bonus = row("b", question("q1", 150, 140), ids=[("id", "s2")])
    file = filled(tmp_path, data, [row("a", 7, ids=[("id", "s1")]), bonus])
    assert file.data == data
    assert "whose grade cannot be changed, as Moodle says: the cell stays as it is: a" in file.said
    assert any("below 0 or above the maximum" in text and text.endswith(": b") for text in file.said)


def test_another_maximum_is_refused_or_converted(tmp_path):
    data = worksheet(student(most="100.00"))
    rows = [row("x", 70, ids=[("id", "s1")])]
    with pytest.raises(SpecError, match="'Grade' is worth 100 points, the assignment 140"):
        filled(tmp_path, data, rows)
    assert grades(filled(tmp_path, data, rows, scale=True)) == ["50"]


def test_a_scale_takes_no_points(tmp_path):
    data = worksheet(student(most='"Poor, Good"'))
    with pytest.raises(SpecError, match="no maximum stands behind 'Grade', as it does behind grades, but 'Poor, Good'"):
        filled(tmp_path, data, [row("x", 70, ids=[("id", "s1")])])


@pytest.mark.parametrize("column", ["Feedback comments", "Status", "Maximum Grade", "Last modified (grade)"])
def test_a_column_that_is_no_grade_is_not_filled(tmp_path, column):
    with pytest.raises(SpecError, match="no maximum stands behind"):
        filled(tmp_path, worksheet(student()), [row("x", 70, ids=[("id", "s1")])], column=column)


@pytest.mark.parametrize(
    "text", ["Student,ID\nAda,1\n", "Identifier,Grade\nAda,\n", "Identifier,Grade\nParticipant 1,\nX2,\n", "a\n"]
)
def test_another_file_is_refused(tmp_path, text):
    with pytest.raises(SpecError, match=r"worksheet\.csv:1:1: is no grading worksheet of Moodle"):
        filled(tmp_path, text.encode(), [row("x", 70)])


@pytest.mark.parametrize("no", ["No", "Nein", "Nej", "Nie", "Hayır", "아니오"])
def test_a_grade_that_cannot_be_changed_stays_in_any_known_language(tmp_path, no):
    data = worksheet(student(yes=no))
    assert filled(tmp_path, data, [row("x", 7, ids=[("id", "s1")])]).data == data


@pytest.mark.parametrize("title", ["評点", "Betyg", "Karakter"])
def test_titles_of_grades_in_other_languages_are_known(tmp_path, title):
    data = worksheet(student(), header=HEADER.replace(",Grade,", f",{title},"))
    assert grades(filled(tmp_path, data, [row("x", 7, ids=[("id", "s1")])])) == ["7"]


def test_two_columns_of_grades_are_said(tmp_path):
    data = worksheet(student(), header=HEADER.replace(",Status,", ",Grade,"))
    with pytest.raises(SpecError, match=r"there are 2 columns of grades: name the column of grades"):
        filled(tmp_path, data, [row("x", 7, ids=[("id", "s1")])])


def italian(*lines, title="Indirizzo email", more=""):
    header = f'ID,"Nome completo","{title}",{more}Stato,Valutazione,"Valutazione massima","La valutazione può essere modificata"'
    return worksheet(*lines, header=header)


def italian_student(number, name, *cells):
    return f'"Partecipante {number}","{name}",{",".join(cells)},Consegnato,,"140,00",Sì'


ADA, BO = [("email", "ADA@example.org")], [("email", "bo@example.org")]


@pytest.mark.parametrize(
    "title", ["Indirizzo email", "Adresse de courriel", "Dirección de correo", "メールアドレス", "E-postadress"]
)
def test_emails_are_known_by_their_cells_whatever_their_title(tmp_path, title):
    lines = italian_student(1, "Ada", "ada@example.org"), italian_student(2, "Bo", "bo@example.org")
    file = filled(tmp_path, italian(*lines, title=title), [row("b", 2, ids=BO), row("a", 1, ids=ADA)])
    assert grades(file, 4) == ["1", "2"]


NO_EMAILS = {
    "two columns of addresses": (("ada@example.org", "x@example.org"), ("bo@example.org", "y@example.org")),
    "one address for two": (("ada@example.org", "-"), ("Ada@example.org", "-")),
    "one cell is empty": (("ada@example.org", "-"), ("", "-")),
    "one cell says more": (("ada@example.org", "-"), ("Bo <bo@example.org>", "-")),
    "one cell has two": (("ada@example.org", "-"), ("bo@example.org bo@example.com", "-")),
}


@pytest.mark.parametrize("why", NO_EMAILS)
def test_a_column_that_may_be_another_is_not_taken_for_emails(tmp_path, why):
    first, second = NO_EMAILS[why]
    data = italian(
        italian_student(1, "Ada", *first), italian_student(2, "Bo", *second), title="Recapito", more="Altro,"
    )
    file = filled(tmp_path, data, [row("a", 1, ids=ADA), row("b", 2, ids=[("platform", "2")])])
    assert grades(file, 5) == ["", "2"]


def test_a_column_of_emails_with_a_known_title_is_the_only_one(tmp_path):
    lines = (
        italian_student(1, "Ada", "", "ada@example.org"),
        italian_student(2, "Bo", "bo@example.org", "cy@example.org"),
    )
    data = italian(*lines, title="Email", more="Tutor,")
    rows = [row("a", 1, ids=ADA), row("b", 2, ids=BO)]
    assert grades(filled(tmp_path, data, rows), 5) == ["", "2"]


def test_user_names_that_are_the_addresses_are_no_other_column(tmp_path):
    lines = (
        italian_student(i, name, f"{name}@example.org", f"{name}@example.org") for i, name in enumerate(("ada", "bo"))
    )
    file = filled(tmp_path, italian(*lines, more='"Nome utente",'), [row("a", 1, ids=ADA), row("b", 2, ids=BO)])
    assert grades(file, 5) == ["1", "2"]
