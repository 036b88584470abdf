"""JUnit XML as Artemis reads it and shows it to students."""

from xml.etree import ElementTree as ET

from grader.reports.formats import FORMATS

from ..answers.helpers import Q6, write
from .format_samples import everything, hostile, with_held
from .test_junit import follows_the_rules


def read_by_the_platform(text):
    """The tests by the names that the build agent gives them, with what is said of those that failed (None: passed)."""
    root = follows_the_rules(text)
    suites = root.findall("testsuite")
    tests = {}
    for suite in suites:
        prefix = f"{suite.get('name')}." if len(suites) > 1 else ""
        for test in suite.findall("testcase"):
            if test.find("skipped") is not None:
                continue
            name = prefix + test.get("name")
            assert name not in tests
            failure = test.find("failure")
            failure = test.find("error") if failure is None else failure
            tests[name] = None if failure is None else failure.get("message")
    return tests


def test_names_are_unique_and_messages_tell_no_expected_value():
    tests = read_by_the_platform(FORMATS["artemis"].render(with_held()))
    assert tests["assignment3.q5.q5::stays 1"] is None
    assert tests["assignment3.q5.q5::drops to 0"].startswith("on input 01 the output is 01, which is not right")
    assert "wanted" not in FORMATS["artemis"].render(everything())
    assert "7/13" not in FORMATS["artemis"].render(with_held())


def test_hostile_text_stays_text():
    assert len(read_by_the_platform(FORMATS["artemis"].render(hostile()))) == 4


def test_the_command_lets_students_see_expected_values_only_if_asked(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n" + Q6})
    for option, seen in ([], False), (["--show-expected"], True):
        found = run("check", folder, "--format", "artemis", *option)
        assert ("is wanted" in found.out) is seen
        assert ET.fromstring(found.out).get("failures") == "1"
