"""Text however an editor saved it: read where it is clear, refused with its line where it is not, in that answer alone."""

import json

import pytest

from .small_course import answers, keep_their_marks, refused, report_on, results_of

WEIGHTS = "\n  s: 1\n  b: [2, 1]\n  W: [[1, 2], [-3, 0.5]]"
PROSE = "“It’s the café’s naïve gate” – Über 50 € …"
READ = {
    "UTF-8 with a mark": answers(q2=PROSE).encode("utf-8-sig"),
    "UTF-16 with a mark": answers(q2=PROSE).encode("utf-16"),
    "UTF-16 without a mark, little end first": answers(q2="The gate.").encode("utf-16-le"),
    "UTF-16 without a mark, big end first": answers(q2="Le café").encode("utf-16-be"),
    "UTF-32 with a mark": answers(q2=PROSE).encode("utf-32"),
    "Windows-1252": answers(q2=PROSE).encode("cp1252"),
    "Windows-1252 in a formula": answers(q3_1="w·tanh(x)", q4="½ + 1").encode("cp1252"),
    "Windows line ends": answers(q5=WEIGHTS).replace("\n", "\r\n").encode(),
    "old Macintosh line ends": answers(q5=WEIGHTS).replace("\n", "\r").encode(),
    "mixed line ends": answers(q5=WEIGHTS).replace("\n", "\r\n", 4).replace("\n  b", "\r  b").encode(),
    "line separators": answers().replace("\nq4", "\u2028q4").replace("\nq5", "\u0085q5").encode(),
    "no-break spaces as indents": answers(q5=WEIGHTS.replace("\n  ", "\n\u00a0\u00a0")).encode(),
    "no-break spaces between words": answers().replace(": ", ":\u00a0").replace(", ", ",\u202f").encode(),
    "wide spaces": answers(q5=WEIGHTS.replace("\n  ", "\n\u3000")).encode(),
    "characters of no width": answers().replace("q4", "\u200bq4\u2060").replace("1.5", "\ufeff1\u00ad.5").encode(),
    "marks of direction": answers().replace("q4: 1.5", "\u200eq4: 1.5\u200e").encode(),
    "tabs as indents": answers(q5=WEIGHTS.replace("\n  ", "\n\t")).encode(),
    "tabs two deep": answers(q5="\n\ts: 1\n\tb:\n\t\t- 2\n\t\t- 1\n\tW: [[1, 2], [-3, 0.5]]").encode(),
    "tabs behind names": answers().replace(": ", ":\t").encode(),
    "lines of spaces and tabs": answers().replace("\nq", "\n \t \nq").encode(),
}  # fmt: skip


@pytest.mark.parametrize("data", READ.values(), ids=READ)
def test_a_file_is_read_however_it_was_saved(data):
    keep_their_marks(results_of({"answers.yaml": data}), but="")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_json_is_read_however_it_was_saved(encoding):
    values = {"q1": ["a", "b"], "q2": "café", "q3.1": "w·tanh(x)", "q3.2": "w-x", "q4": 1.5, "q6": "a\u00a0b"}
    values["q5"] = {"s": 1, "b": [2, 1], "W": [[1, 2], [-3, 0.5]]}
    text = json.dumps(values, ensure_ascii=False, indent=2).replace("\n", "\r\n")
    keep_their_marks(results_of({"answers.json": text.encode(encoding)}), but="")


def test_an_encoding_that_was_guessed_is_said():
    report = report_on({"answers.yaml": answers(q2="café").encode("cp1252")})
    assert report.messages == ("answers.yaml is not UTF-8: read as Windows-1252",)
    report = report_on({"answers.yaml": answers().encode("utf-16-le")})
    assert report.messages == ("answers.yaml is UTF-16 without a byte order mark: read as such",)
    assert report_on({"answers.yaml": answers().encode("utf-16")}).messages == ()


UNCLEAR = {
    "a byte that is no word": ("q2", "Is it X or not?", b"X", b"\xb9", ":3:11: byte 0xb9 is not UTF-8"),
    "two encodings": ("q2", "é and X", b"X", b"\xe9", ":3:11: byte 0xe9 is not UTF-8"),
    "a byte that Windows lacks": ("q6", "cafX", b"X", b"\x81", ":8:8: byte 0x81 is not UTF-8"),
    "a sign in a formula": ("q3.1", "w X x", b"X", b"\xaf", ":4:9: byte 0xaf is not UTF-8"),
    "a cut character": ("q2", "gatX", b"X", b"\xe2\x82", ":3:9: byte 0x82 is not UTF-8"),
}


@pytest.mark.parametrize(("name", "text", "old", "new", "message"), UNCLEAR.values(), ids=UNCLEAR)
def test_a_character_that_cannot_be_told_costs_the_answer_that_holds_it(name, text, old, new, message):
    data = answers(**{name.replace(".", "_"): text}).encode()
    assert data.count(old) == 1
    results = results_of({"answers.yaml": data.replace(old, new)})
    assert refused(results, name) == f"answers.yaml{message}: save the file as UTF-8"
    keep_their_marks(results, but=name)


def test_a_character_that_cannot_be_told_costs_nothing_in_a_comment():
    keep_their_marks(results_of({"answers.yaml": b"# \xb9 \x81\n" + answers().encode()}), but="")


def test_a_tab_among_spaces_is_refused_with_its_line_and_costs_one_answer():
    results = results_of({"answers.yaml": answers(q5=WEIGHTS.replace("\n  s", "\n\ts"))})
    assert refused(results, "q5") == "answers.yaml:8:1: a tab indents this line: YAML wants spaces"
    keep_their_marks(results, but="q5")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_a_text_file_of_one_answer_is_read_alike(encoding):
    files = {
        "answers.yaml": answers(q2=None, q3_1=None),
        "q2.md": "# café\r\nIt’s".encode(encoding),
        "q3.1.txt": "w·tanh(x)\r\n".encode(encoding),
    }
    keep_their_marks(results_of(files), but="")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_document_of_one_answer_is_read_alike(encoding):
    weights = "# café\r\ns:\u00a01\r\nb: [2, 1]\r\nW: [[1, 2], [-3, 0.5]]\r\n"
    files = {
        "answers.yaml": answers(q5=None, q4=None),
        "q5.yaml": weights.encode(encoding),
        "q4.json": "1.5\n".encode(encoding),
    }
    keep_their_marks(results_of(files), but="")


def test_a_text_file_with_a_character_that_cannot_be_told_is_refused_with_its_line():
    results = results_of({"answers.yaml": answers(q2=None), "q2.txt": b"The gate\n\xb9 forgets"})
    assert refused(results, "q2") == "q2.txt:2:1: byte 0xb9 is not UTF-8: save the file as UTF-8"
    keep_their_marks(results, but="q2")
