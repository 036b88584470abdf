"""JUnit XML as GitLab, Jenkins and Artemis read it."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.reports.junit import render
from grader.verdict import Report

from ..answers.helpers import Q5, write
from .format_samples import SAID, check, everything, hostile, question, with_held

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, 2.2: what is no character of a document."""


JENKINS = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "time", "skipped", "file"},
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "time", "classname"},
        {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    **dict.fromkeys(("failure", "error", "skipped"), ({"type", "message"}, set(), set())),
    **dict.fromkeys(("system-out", "system-err"), (set(), set(), set())),
}
"""Of `junit-10.xsd`: which attributes an element may have, which it must have, and what may stand in it."""


def passes_for_jenkins(element):
    may_have, must_have, children = JENKINS[element.tag]
    assert must_have <= set(element.attrib) <= may_have
    assert re.fullmatch(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?", element.get("time", "0"))
    assert {child.tag for child in element} <= children
    if element.tag in ("testsuites", "testsuite", "testcase"):
        assert not (element.text or "").strip()
    assert not (element.tail or "").strip()
    for child in element:
        passes_for_jenkins(child)


def follows_the_rules(text):
    """Valid XML; names unique by class and name (GitLab) and by name alone (Artemis); counts that add up."""
    assert not ILLEGAL.search(text)
    assert len(text.encode()) < 30_000_000
    root = ET.fromstring(text)
    tests = root.findall("testsuite/testcase")
    assert root.tag == "testsuites"
    passes_for_jenkins(root)
    names = [test.get("name") for test in tests]
    assert len(set(names)) == len(names)
    for part in (root, *root.findall("testsuite")):
        for key, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
            if part is root and key == "skipped":
                continue
            assert int(part.get(key)) == len(part.findall(f".//testcase/{tag}"))
        assert int(part.get("tests")) == len(part.findall(".//testcase"))
    for element in root.iter():
        assert element.get("time", "0") == "0"
        assert "timestamp" not in element.attrib
        assert set(element.tag) <= set("abcdefghijklmnopqrstuvwxyz-")
    for test in tests:
        assert test.get("classname")
        assert "\n" not in test.get("name") + test.get("classname")
        found = [child for child in test if child.tag != "system-out"]
        assert len(found) <= 1
        assert all(child.tag in ("failure", "error", "skipped") and child.get("message") for child in found)
    return root


def test_every_fate_is_what_the_platforms_call_it():
    root = follows_the_rules(render(with_held()))
    fates = {
        test.get("name"): next((child.tag for child in test if child.tag != "system-out"), "passed")
        for test in root.iter("testcase")
    }
    assert fates == {
        "q5::stays 1": "passed", "q5::drops to 0": "failure", "q5::stays 0": "skipped", "q6.1::clips": "failure",
        "q6.1::is right elsewhere": "failure", "q7::a reader": "skipped", "q8::line": "failure", "q9::line": "error",
        "q10::line": "error",
    }  # fmt: skip


def test_the_message_attribute_says_why_and_the_text_has_the_trace():
    failure = ET.fromstring(render(everything())).find(".//failure")
    assert failure.get("message") == f"{SAID} (7.5 of 20 points)"
    assert "2  1       1     1/3       1       0  <-- first wrong step" in failure.text


def test_where_an_answer_stands_is_said_with_its_failure():
    root = follows_the_rules(render(everything()))
    assert root.find(".//failure").text.endswith("\nhanded in: answers.yaml, line 2")
    assert [suite.get("file") for suite in root] == ["answers.yaml", "solution.py", None, None, "answers.yaml"]


def test_names_that_look_alike_on_one_line_are_told_apart():
    lines = [check(name, 1, 1, "passed") for name in ("a\nb", "a\\nb", "a\\nb (2)", "a\nb")]
    follows_the_rules(render(Report("a", "s", (question("q", "graded", *lines),))))


def test_hostile_text_stays_text():
    root = follows_the_rules(render(hostile()))
    assert root.find(".//script") is None
    assert "<script>alert(1)</script>" in root.find(".//failure").get("message")
    assert len(root.findall(".//testcase")) == 5


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_rules(text):
    follows_the_rules(render(hostile(text)))


def test_the_command_writes_it(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    found = run("check", folder, "--format", "junit", "--output", tmp_path / "junit.xml")
    root = follows_the_rules((tmp_path / "junit.xml").read_text(encoding="utf-8"))
    assert (found.code, found.out) == (1, "")
    assert root.find(".//testcase").attrib == {
        "classname": "assignment3.q5", "name": "q5::stays 1 while every input is 1", "time": "0",
    }  # fmt: skip
    assert root.find("testsuite").get("file") == "answers.yaml"
