"""YAML and JSON that cannot be read, or only in part: the message, its place, and what the rest still earns."""

import pytest

from grader.documents import DocumentError, read_json, read_yaml

from ..counting import calls_of
from .helpers import Q5, Q5_JSON, Q6, Q6_JSON, full_marks, rejected

UNCLOSED = (
    "this is not YAML: did not find expected ',' or '}' (while parsing a flow mapping): "
    "1 bracket is opened and 0 closed"
)
NESTED = "this is not YAML: did not find expected key (while parsing a block mapping)"
BROKEN_YAML = {
    "empty": (b"", "the file is empty"),
    "spaces": (b" \n\n", "the file is empty"),
    "comment": (b"# later\n", "the file is empty"),
    "separator": (b"---\n", "the file is empty"),
    "null": (b"~\n", "the file is empty"),
    "picture": (b"\x89PNG\r\n\x1a\n", ":1:1: byte 0x89 is not UTF-8: save the file as UTF-8"),
    "half of UTF-16": (b"\xff\xfeq\0\0", ":1:2: byte 0x00 is not UTF-16: save the file as UTF-8"),
    "zeros": (b"\0" * 100, "holds zero bytes: save the file as UTF-8 text"),
    "deep mappings": (b"{a: " * 5000, ":1:161: nested more than 40 deep"),
    "many": (b"[" + b"1," * 200_000 + b"]", ":1:200000: the file holds more than 100000 values"),
    "list": (b"- q5\n", ":1:1: holds a list, not answers by question (`q5:` and what belongs to it)"),
    "word": (b"hello\n", ":1:1: holds 'hello', not answers by question (`q5:` and what belongs to it)"),
    "tag on everything": (
        b"!!python/object:os.system\nq5: 1\n",
        ":1:1: the tag 'tag:yaml.org,2002:python/object:os.system' is not used here: leave it out",
    ),
    "list as a key": (b"? [a]\n: 1\n", ":1:3: a key is a word, not a list"),
}  # fmt: skip

BROKEN_QUESTION = {
    "tab later": ("# ä€\nq5:\n  W1: 1\n\tW2: 1\n".encode(), ":4:1: a tab indents this line: YAML wants spaces"),
    "unclosed": (b"q5: {W1: 1\n", f":2:1: {UNCLOSED}"),
    "indent": (b"q5:\n  W1: 1\n W2: 2\n", f":3:2: {NESTED}"),
    "at sign": (b"q5: @W1\n", ":1:5: this is not YAML: '@' cannot start a value"),
    "escape": (b"q5:\n  W1: \x1b[31m1\n", ":2:7: a character that YAML does not allow stands here (U+001B)"),
    "deep": (b"q5: " + b"[" * 100_000, ":1:44: nested more than 40 deep"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message"), BROKEN_QUESTION.values(), ids=BROKEN_QUESTION)
def test_what_is_broken_within_one_question_costs_that_question_alone(graded, data, message):
    report = graded({"answers.yaml": data + b"\n" + Q6.encode()})
    (told,) = rejected(report)
    assert told.startswith(f"answers.yaml{message}")
    assert report.messages == ()
    full_marks(report, "q6")


@pytest.mark.parametrize(("data", "message"), BROKEN_YAML.values(), ids=BROKEN_YAML)
def test_a_broken_answers_file_is_told_and_costs_no_file_beside_it(graded, data, message):
    report = graded({"answers.yaml": data, "q6.yaml": Q6.removeprefix("q6: ")})
    expected = f"answers.yaml{message if message.startswith(':') else f': {message}'}"
    assert report.messages == (expected,)
    assert rejected(report) == (expected,)
    full_marks(report, "q6")


BROKEN_JSON = {
    "empty": (b"", "the file is empty"),
    "line": (b" \r\n", "the file is empty"),
    "colon": (b'{"q5" {"W1": 1}}', ":1:7: this is not JSON: Expecting ':' delimiter"),
    "YAML": (b"q5: 1\n", ":1:1: this is not JSON: Expecting value"),
    "cut": (b'{"q5":\n  {"W1": ', ":2:10: this is not JSON: Expecting value"),
    "deep": (b"[" * 100_000, "nested more than 40 deep"),
    "rather deep": (b'{"q5": ' + b"[" * 60 + b"]" * 60 + b"}", "nested more than 40 deep"),
    "deep objects": (b'{"a":' * 900 + b"1" + b"}" * 900, "nested more than 40 deep"),
    "many": (b"[" + b"1," * 200_000 + b"1]", "the file holds more than 100000 values"),
    "list": (b"[1]", "holds a list, not answers by question (`q5:` and what belongs to it)"),
    "null": (b"null", "holds nothing, not answers by question (`q5:` and what belongs to it)"),
    "bytes": (b'{"q5": "\xff"}', ":1:9: byte 0xff is not UTF-8: save the file as UTF-8"),
}


@pytest.mark.parametrize(("data", "message"), BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_broken_json_is_reported(graded, data, message):
    report = graded({"answers.json": data, "q6.yaml": Q6.removeprefix("q6: ")})
    assert rejected(report) == (f"answers.json{message if message.startswith(':') else f': {message}'}",)
    full_marks(report, "q6")


SPOILED = {
    "q5: {W1: 1, W1: 1}": "1:13: 'W1' stands here a second time (first on line 1)",
    "q5: !!python/object/apply:os.system [id]": (
        "1:5: the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not used here: leave it out, "
        "or put it in quotes"
    ),
    "q5: {W1: !!float 1}": "1:10: the tag 'tag:yaml.org,2002:float' is not used here: leave it out",
    "q5: {W1: &one 1}": "1:10: '&one' is an alias or anchor, which is not used here: write it out",
    "q5: {W1: *one}": "1:10: '*one' is an alias or anchor, which is not used here: write it out",
    "q5: *one": ("1:5: '*one' is an alias or anchor, which is not used here: write it out, or put it in quotes"),
    "q5: {<<: *one}": "1:10: '*one' is an alias or anchor, which is not used here: write it out",
    "q5: {? {a: b} : 1}": "1:8: a key is a word, not a mapping",
}


@pytest.mark.parametrize(("line", "message"), SPOILED.items())
def test_a_trick_within_one_question_costs_that_question_alone(graded, line, message):
    report = graded({"answers.yaml": f"{line}\n{Q6}"})
    assert rejected(report) == (f"answers.yaml:{message}",)
    assert report.messages == ()
    full_marks(report, "q6")


def test_a_question_that_stands_twice_is_not_chosen_from(graded):
    report = graded({"answers.yaml": Q5 + Q6 + Q5})
    assert rejected(report) == ("answers.yaml:3:1: 'q5' stands here a second time (first on line 1)",)
    full_marks(report, "q6")


def test_a_question_that_stands_twice_is_told_even_if_one_of_them_is_blank(graded):
    report = graded({"answers.yaml": f"{Q5}{Q6}q5:\n"})
    assert rejected(report) == ("answers.yaml:3:1: 'q5' stands here a second time (first on line 1)",)


def test_a_doubled_assignment_spoils_the_whole_file(graded):
    report = graded({"answers.yaml": f"assignment: a\nassignment: b\n{Q5}{Q6}"})
    expected = "answers.yaml:2:1: 'assignment' stands here a second time (first on line 1)"
    assert rejected(report, "q5") == rejected(report, "q6") == (expected,)


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        (f'{{{Q5_JSON}, {Q6_JSON}, "q5": 1}}', "q5"),
        (f'{{"q5": {{"W1": 1, "W1": 2}}, {Q6_JSON}}}', "W1"),
        (f'{{"q5": [[{{"\\u202e": 1, "\\u202e": 2}}]], {Q6_JSON}}}', "\u202e"),
    ],
)
def test_a_doubled_key_in_json_costs_its_question_alone(graded, text, twice):
    report = graded({"answers.json": text})
    assert rejected(report) == (f"answers.json: {twice!r} stands twice in one object",)
    full_marks(report, "q6")


def test_a_bomb_of_aliases_is_refused_at_once(graded):
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    report, calls = calls_of(lambda: graded({"answers.yaml": "\n".join(lines), "q6.yaml": Q6.removeprefix("q6: ")}))
    assert calls < 1_000_000, "the values that it stands for are 9**8"
    messages = rejected(report)
    assert messages[0].startswith("answers.yaml:1:4: '&a' is an alias or anchor, which is not used here: write it out")
    assert len(messages) == 20
    full_marks(report, "q6")


def test_many_doubled_keys_cost_no_more_than_their_number_and_are_not_all_told(graded):
    keys = [f"k{i}:" for i in range(8_000)]
    _, few = calls_of(lambda: graded({"answers.yaml": "\n".join(keys[:800] + [keys[799]] * 800)}))
    report, calls = calls_of(lambda: graded({"answers.yaml": "\n".join(keys + [keys[-1]] * 8_000)}))
    assert calls < 15 * few, "ten times as many keys"
    messages = rejected(report)
    assert len(messages) == 20
    assert messages[0] == "answers.yaml:8001:1: 'k7999' stands here a second time (first on line 8000)"


HONEST = {
    "a byte order mark": b"\xef\xbb\xbf" + (Q5 + Q6).encode(),
    "Windows line ends": (Q5 + Q6).replace("\n", "\r\n").encode(),
    "both": b"\xef\xbb\xbf" + (Q5 + Q6).replace("\n", "\r\n").encode(),
    "UTF-16, little end first": "\ufeff".encode("utf-16-le") + (Q5 + Q6).encode("utf-16-le"),
    "UTF-16, big end first": "\ufeff".encode("utf-16-be") + (Q5 + Q6).encode("utf-16-be"),
    "UTF-16 without a mark, little end first": (Q5 + Q6).encode("utf-16-le"),
    "UTF-16 without a mark, big end first": (Q5 + Q6).encode("utf-16-be"),
    "Windows-1252": f"# café\n{Q5}{Q6}".encode("cp1252"),
    "old Macintosh line ends": (Q5 + Q6).replace("\n", "\r").encode(),
    "a line between the questions": f"{Q5}---\n{Q6}".encode(),
    "a document mark": f"---\n{Q5}{Q6}...\n".encode(),
    "tabs between words": (Q5 + Q6).replace(": ", ":\t").encode(),
    "other scripts in comments": f"# αβγ 数 🙂\n{Q5}{Q6}".encode(),
    "no line end": (Q5 + Q6).rstrip().encode(),
    "quoted names": Q5.replace("q5", '"q5"').replace("W1", "'W1'").encode() + Q6.encode(),
}


@pytest.mark.parametrize("data", HONEST.values(), ids=HONEST)
def test_honest_text_is_accepted_however_an_editor_saves_it(graded, data):
    full_marks(graded({"answers.yaml": data}), "q5", "q6")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_honest_json_is_accepted_however_an_editor_saves_it(graded, encoding):
    text = f"{{{Q5_JSON},\r\n {Q6_JSON}}}\r\n"
    full_marks(graded({"answers.json": text.encode(encoding)}), "q5", "q6")


def fault_in(read, data):
    with pytest.raises(DocumentError) as caught:
        read(data, "f")
    return str(caught.value)


@pytest.mark.parametrize("read", [read_yaml, read_json])
def test_random_bytes_are_a_fault_of_the_file_and_never_of_ours(read):
    """Every two bytes that a file may begin with, in front of what a bracket or a quote may leave open."""
    for first in range(0, 256, 3):
        for second in range(0, 256, 5):
            data = bytes([first, second]) + b'{"a": [1, "'
            assert fault_in(read, data).startswith("f:")


def test_scalars_stay_the_text_that_was_written():
    text = "{a: 0110, b: no, c: 1e-9, d: 0o17, e: 1111010000, f: 2001-01-01, g: 12:30:45, h: 1_0}"
    root = read_yaml(text.encode(), "f.yaml")
    assert list(root.values()) == ["0110", "no", "1e-9", "0o17", "1111010000", "2001-01-01", "12:30:45", "1_0"]
