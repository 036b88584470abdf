"""What platforms hand out: files joined by student, late ones and earlier attempts said, and nobody taken for another."""

import json
import os
import zipfile

import pytest

from grader.answers.submission import Submission
from grader.classroom import unpacking
from grader.classroom.entries import entries_in
from grader.classroom.layouts.canvas import original_name, ways_to_read
from grader.classroom.layouts.common_start import common_start
from grader.classroom.layouts.table import LAYOUT_NAMES
from grader.cli_options import LAYOUT_CHOICES
from grader.errors import SpecError, SubmissionError
from grader.help_pages.pages import written_pages

from .helpers import Q5, Q6, Q6_FILE, grade_class_in, lay_out, totals, zipped

METADATA = """---
submission_104:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1001'
    :email: ada@example.edu
  - :name: Bob Burns
    :sid: '1002'
    :email: bob@example.edu
  :created_at: 2026-01-31 23:59:01.000000000 Z
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests: &tests [{name: x, output: ":submitters:"}]
    again: *tests
  :history:
  - :id: 98
    :submitters:
    - :name: Nobody
  - :id: 104
submission_105:
  :submitters:
  - :name: "Carl O'Neil"
    :sid: '0003'
    :email: carl@example.edu
submission_106:
  :submitters:
  - :name: "=cmd|' /C calc'!A0"
    :sid: '1004'
    :email: dan@example.edu
submission_107:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1009'
    :email: ada9@example.edu
"""

PLATFORMS = {
    "canvas": (
        {
            "lovelaceada_12345_67890_answers.yaml": Q5,
            "lovelaceada_12345_67891_q6.yaml": Q6_FILE,
            "burnsbob_LATE_12346_67895_answers-1.yaml": Q5 + Q6,
            "müllerjürgen_12347_67899_answers.yaml": Q5,
            "müllerjürgen_12347_67999_answers-1.yaml": Q6,
            "müllerjürgen_12347_68999_answers-2.yaml": Q5 + Q6,
            "group_1_12348_67900_answers.yaml": Q5,
            "group_2_12349_67901_answers.yaml": Q6,
            "leeann_9_67903_answers.json": '{"q5": {"W1": 1, "W2": 1, "b2": -1.5, "W3": 1, "b3": 0}}',
            "leeann_10_67904_answers.yaml": Q5 + Q6,
            "noone_11_text.html": "<p>I was ill</p>",
            "readme.txt": "",
        },
        "Canvas download, 8 students, 1 late, 1 with earlier attempts, which do not count",
        {
            "burnsbob": "140", "group_1": "70", "group_2": "70", "leeann_10": "140", "leeann_9": "70",
            "lovelaceada": "140", "müllerjürgen": "140", "noone": "0",
        },
    ),
    "moodle": (
        {
            "Ada Lovelace_123_assignsubmission_file_/answers.yaml": Q5 + Q6,
            "Ada Lovelace_123_assignsubmission_onlinetext_/onlinetext.html": "<p>see the file</p>",
            "Carl O'Neil_124_assignsubmission_file/answers.yaml": Q5,
            "Jürgen Müller_125_assignsubmission_file_/answers.yaml": Q6,
            "Ada Lovelace_126_assignsubmission_file_/q5.yaml": Q5.removeprefix("q5: "),
            "Ada Lovelace_126_assignfeedback_comments_/comments.html": "",
        },
        "Moodle download, 4 students",
        {"Ada Lovelace_123": "140", "Ada Lovelace_126": "70", "Carl O'Neil": "70", "Jürgen Müller": "70"},
    ),
    "moodle, flat": (
        {
            "Ada Lovelace_123_assignsubmission_file_answers.yaml": Q5,
            "Ada Lovelace_123_assignsubmission_file_q6.yaml": Q6_FILE,
            "Ada Lovelace_123_assignsubmission_onlinetext_onlinetext.html": "",
            "Bob 2_124_assignsubmission_file_q5.yaml": Q5.removeprefix("q5: "),
            "Bob 2_124_assignsubmission_file_answers.yaml": Q6,
            "_125_assignsubmission_file_answers.yaml": Q6,
        },
        "Moodle download, 3 students",
        {"125": "70", "Ada Lovelace": "140", "Bob 2": "140"},
    ),
    "blackboard": (
        {
            "Homework_5_jdoe_attempt_2026-01-31-23-59-01_answers.yaml": Q5 + Q6,
            "Homework_5_jdoe_attempt_2026-01-31-23-59-01.txt": "Name: Jane Doe (jdoe)\r\nAssignment: Homework 5\r\n",
            "Homework_5_jdoe_attempt_2026-01-30-10-00-00_answers.yaml": Q5,
            "Homework_5_a_b_2_attempt_2026-01-30-10-00-01_answers.yaml": Q5,
            "Homework_5_a_b_2_attempt_2026-01-30-10-00-01_q6.yaml": Q6_FILE,
            "Homework_5_carl99_attempt_2026-01-30-10-00-02_answers.yaml": Q6,
            "Homework_5_carl99_attempt_2026-02-01-10-00-02.txt": "Name: Carl (carl99)\nSubmission Field:\nsorry\n\nComments:\n",
            "Homework_5_dan_attempt_2026-02-01-10-00-03.txt": "Name: Dan (dan)\nSubmission Field:\nThere is no student submission text data for this assignment.\n\nComments:\n",
        },
        "Blackboard download, 4 students, 1 with earlier attempts, which do not count",
        {"a_b_2": "140", "carl99": "70", "dan": "0", "jdoe": "140"},
    ),
    "gradescope": (
        {
            "submission_metadata.yml": METADATA,
            "submission_104/answers.yaml": Q5 + Q6,
            "submission_105/answers.yaml": Q5,
            "submission_106/answers.yaml": Q6,
            "submission_107/answers.yaml": Q6,
        },
        "Gradescope export, 5 students, 1 group, 1 with earlier attempts, which do not count",
        {
            "Ada Lovelace": "70", "Ada Lovelace (1001)": "140", "Bob Burns": "140",
            "Carl O'Neil": "70", "'=cmd|' /C calc'!A0": "70",
        },
    ),
    "github": (
        {
            "hw-5-ada-l/answers.yaml": Q5 + Q6,
            "hw-5-ada-l/.git/HEAD": "ref: refs/heads/main\n",
            "hw-5-Bob2/answers.yaml": Q5,
            "hw-5-carl-1/answers.yaml": Q6,
        },
        "GitHub Classroom download, 3 students",
        {"Bob2": "70", "ada-l": "140", "carl-1": "70"},
    ),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_download_earns_what_its_students_handed_in(course, run, tmp_path, name):
    files, said, wanted = PLATFORMS[name]
    rows, lines = grade_class_in(run, tmp_path, files)
    assert totals(rows) == wanted
    assert said in lines


@pytest.mark.long
@pytest.mark.parametrize("name", ["canvas", "gradescope"])
def test_the_layout_may_be_named_and_the_download_may_lie_in_a_folder_or_be_zipped(course, run, tmp_path, name):
    files, said, _ = PLATFORMS[name]
    first, lines = grade_class_in(run, tmp_path, files, "--layout", name.partition(",")[0])
    assert said in lines
    inside = lay_out(tmp_path / "around", {f"download/{path}": content for path, content in files.items()})
    assert run("grade", inside, "--out", tmp_path / "inside").code == 0
    (tmp_path / "submissions.zip").write_bytes(zipped(files))
    assert run("grade", tmp_path / "submissions.zip", "--out", tmp_path / "unzipped").code == 0
    whole = (tmp_path / "out" / "grades.csv").read_bytes()
    assert len(first) == whole.count(b"\n") - 1
    assert (tmp_path / "inside" / "grades.csv").read_bytes() == whole
    assert (tmp_path / "unzipped" / "grades.csv").read_bytes() == whole


def test_rows_say_who_they_are_about_and_where_the_report_is(course, run, tmp_path):
    rows, _ = grade_class_in(run, tmp_path, PLATFORMS["gradescope"][0])
    assert all((tmp_path / "out" / row["report"]).is_file() for row in rows.values())
    bob, carl = rows["Bob Burns"], rows["Carl O'Neil"]
    assert [bob[c] for c in ("id", "name", "email", "section")] == ["1002", "Bob Burns", "bob@example.edu", ""]
    assert bob["report"] == rows["Ada Lovelace (1001)"]["report"] == "reports/submission_104.json"
    assert (carl["id"], carl["report"]) == ("0003", "reports/Carl O'Neil.json")
    report = json.loads((tmp_path / "out" / bob["report"]).read_text())
    assert (report["submission"], report["points"]) == ("submission_104", 140)
    assert "an earlier attempt, which does not count: submission 98" in report["messages"]


def test_lateness_and_earlier_attempts_stand_in_the_report(course, run, tmp_path):
    _, lines = grade_class_in(run, tmp_path, PLATFORMS["canvas"][0])
    earlier = (
        "an earlier attempt, which does not count: müllerjürgen_12347_67899_answers.yaml and"
        " müllerjürgen_12347_67999_answers-1.yaml"
    )
    assert f"müllerjürgen: {earlier}" in lines
    folder = tmp_path / "out" / "reports"
    assert earlier in json.loads((folder / "müllerjürgen.json").read_text(encoding="utf-8"))["messages"]
    assert "handed in late, as the platform says" in json.loads((folder / "burnsbob.json").read_text())["messages"]
    assert "readme.txt: passed over, it is no submission" in lines


def test_blackboards_last_attempt_with_files_counts_whatever_the_times_of_the_files_are(course, run, tmp_path):
    folder = lay_out(tmp_path / "class", PLATFORMS["blackboard"][0])
    newest = folder / "Homework_5_jdoe_attempt_2026-01-30-10-00-00_answers.yaml"
    os.utime(newest, (4e9, 4e9))
    rows, lines = grade_class_in(run, tmp_path, {})
    assert rows["jdoe"]["total"] == "140"
    assert f"jdoe: an earlier attempt, which does not count: {newest.name}" in lines
    assert "carl99: the attempt of 2026-02-01-10-00-02 has no files: that of 2026-01-30-10-00-02 counts" in lines
    assert rows["jdoe"]["name"] == "Jane Doe"


def found_in(tmp_path, files, layout="auto"):
    """The submissions of a folder by name, each with the names of its files; and what is said."""
    entries = entries_in(lay_out(tmp_path / "class", files), layout=layout)
    found = {}
    for entry in entries.submissions:
        parts = [(part.name, part.path) for part in entry.parts]
        found[entry.name] = Submission(entry.path, entry.name, parts).files.names
    return found, entries.said


@pytest.mark.parametrize(
    "files",
    [
        {
            "Ada_1_assignsubmission_file_/hw5.zip": zipped({"hw5/answers.yaml": Q5}),
            "Ada_1_assignsubmission_onlinetext_/onlinetext.html": "see the zip",
        },
        {"ada_12345_67890_hw5.zip": zipped({"hw5/answers.yaml": Q5}), "ada_12345_text.html": "see the zip"},
    ],
)
def test_an_archive_is_opened_beside_what_was_typed_in(tmp_path, files):
    (entry,) = entries_in(lay_out(tmp_path / "class", files)).submissions
    submission = Submission(entry.path, entry.name, [(part.name, part.path) for part in entry.parts])
    assert submission.files.names == ("hw5/answers.yaml",)
    assert list(submission.files.unread.values()) == ["was typed in on the platform, which is not read"]


def test_an_empty_folder_of_moodle_holds_nothing(tmp_path):
    folder = lay_out(tmp_path / "class", {"Ada_1_assignsubmission_onlinetext_/onlinetext.html": ""})
    (folder / "Ada_1_assignsubmission_file_").mkdir()
    assert found_in(tmp_path, {})[0] == {"Ada": ("onlinetext.html",)}


@pytest.mark.parametrize(
    ("files", "wanted", "said"),
    [
        (["lab_1_1_ada.yaml", "lab_1_2_bob.yaml"], ["lab_1_1_ada", "lab_1_2_bob"], "the ids are too short"),
        (["hw_2026_1130_ada.yaml", "hw_2026_1201_bob.yaml"], ["hw_2026_1130_ada", "hw_2026_1201_bob"], "one name"),
        (["hw_a_2026_1130_ada.yaml", "hw_b_2026_1201_bob.yaml"], ["hw_a_2026_1130_ada", "hw_b_2026_1201_bob"], "two names"),
        (["hw_2026_113_ada.yaml", "hw_2026_113_bob.yaml"], ["hw_2026_113_ada", "hw_2026_113_bob"], "the same file id"),
        (["ada_12345_67890_answers.yaml", "bob/answers.yaml"], ["ada_12345_67890_answers", "bob"], "bob does not fit"),
        (["team-a/answers.yaml", "team-b/answers.yaml"], ["team-a", "team-b"], "'team' may be no assignment"),
        (["team-1/answers.yaml", "team-2/answers.yaml"], ["team-1", "team-2"], ""),
        (["hw5-ada/answers.yaml"], ["hw5-ada"], ""),
        (["2026_01_31_ada.yaml", "2026_01_31_bob.yaml"], ["2026_01_31_ada", "2026_01_31_bob"], ""),
        (["submission_1/answers.yaml", "submission_2/answers.yaml"], ["submission_1", "submission_2"], ""),
        (["ada_attempt_1/answers.yaml", "bob_attempt_2.yaml"], ["ada_attempt_1", "bob_attempt_2"], ""),
        (["ada_file_/answers.yaml", "bob.yaml"], ["ada_file_", "bob"], ""),
    ],
)  # fmt: skip
def test_names_that_may_be_chance_join_nobody(tmp_path, files, wanted, said):
    found, lines = found_in(tmp_path, dict.fromkeys(files, Q5))
    assert list(found) == wanted
    assert all(said in line for line in lines)
    assert bool(lines) is bool(said)


def test_an_unreadable_list_of_gradescope_is_said_and_the_folders_are_read(tmp_path):
    files = {"submission_1/answers.yaml": Q5, "submission_metadata.yml": "submission_1: [\n"}
    found, (line, passed_over) = found_in(tmp_path, files)
    assert found == {"submission_1": ("answers.yaml",)}
    assert passed_over == "submission_metadata.yml: passed over, it is no submission"
    assert line.startswith("this may be a Gradescope export, but submission_metadata.yml:2:1: is not YAML")
    with pytest.raises(SpecError, match="is not YAML"):
        entries_in(tmp_path / "class", layout="gradescope")


def test_what_does_not_belong_to_a_download_is_a_submission_of_its_own(tmp_path):
    files = dict.fromkeys(
        ["ada_12345_67890_answers.yaml", "ada_12345_67891_solution.py", "bob_12346_67892_answers.yaml"], Q5
    ) | {"bob.yaml": Q5, "bob/answers.yaml": Q5, "notes.pdf": "", ".DS_Store": ""}  # fmt: skip
    found, lines = found_in(tmp_path, files)
    assert list(found) == ["ada", "bob_12346", "bob", "bob.yaml"]
    assert lines == (
        "Canvas download, 2 students",
        "bob and bob.yaml: no part of it, a submission each",
        "notes.pdf: passed over, it is no submission",
    )


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (["answers.yaml", "answers-1.yaml"], ["answers.yaml"]),
        (["answers-3.yaml", "solution-12.py"], ["answers.yaml", "solution.py"]),
        (["part-1.ipynb", "part-2.ipynb"], ["part-1.ipynb", "part-2.ipynb"]),
        (["hw5.ipynb", "hw5-1.ipynb"], ["hw5.ipynb"]),
        (["hw5-1.ipynb", "utils.py"], ["hw5.ipynb", "utils.py"]),
        (["weights-2.tar.gz", "utils.py"], ["utils.py", "weights.tar.gz"]),
        (["q6-1.npz", "q6-2.npz"], ["q6-1.npz", "q6-2.npz"]),
        (["1_2_answers.yaml"], ["1_2_answers.yaml"]),
        (["20260131_answers.yaml"], ["20260131_answers.yaml"]),
        (["a_b_c.py", "-1.yaml"], ["-1.yaml", "a_b_c.py"]),
    ],
)
def test_canvas_files_have_their_own_names(tmp_path, files, wanted):
    names = {f"doejane_12345_{67890 + i}_{name}": Q5 for i, name in enumerate(files)}
    names["roeriv_12346_67800_answers.yaml"] = Q5
    found, _ = found_in(tmp_path, names)
    assert sorted(found["doejane"]) == sorted(wanted)
    assert list(found) == ["doejane", "roeriv"]


@pytest.mark.skipif(os.name != "posix", reason="names of files as POSIX has them")
def test_hostile_names_stay_names(course, run, tmp_path):
    files = {
        "=cmd()_12345_67890_answers.yaml": Q5,
        "a\nb_12346_67891_answers.yaml": Q5 + Q6,
        "zo\u202eë_12347_67892_answers.yaml": Q6,
        "o'neil_12348_67893_answers.yaml": Q6,
        "eve_12349_67894_\n.yaml": Q6,
        "eve_12349_67895_answers.yaml": Q5,
    }
    rows, lines = grade_class_in(run, tmp_path, files)
    assert totals(rows) == {
        "'=cmd()": "70", r"a\nb": "140", "eve": "70", "o'neil": "70", r"zo\u202eë": "70",
    }  # fmt: skip
    assert lines[0] == "Canvas download, 5 students"


@pytest.mark.parametrize(
    ("name", "student", "user", "original"),
    [
        ("ada_12345_67890_a.yaml", "ada", "12345", "a.yaml"),
        ("ada_LATE_12345_67890_a.yaml", "ada", "12345", "a.yaml"),
        ("ada_12345_67890_1_2_a.yaml", "ada", "12345", "1_2_a.yaml"),
        ("group_1_12345_67890_a.yaml", "group_1", "12345", "a.yaml"),
        ("group_1_LATE_12345_67890_a.yaml", "group_1", "12345", "a.yaml"),
        ("team_2026_12345_67890_a.yaml", "team_2026", "12345", "a.yaml"),
        ("ada_12345_67890_LATE_1_2_a.yaml", "ada", "12345", "LATE_1_2_a.yaml"),
        ("anon_x1y2z_12345_67890_a.yaml", "anon_x1y2z", "12345", "a.yaml"),
    ],
)
def test_names_of_canvas_are_read_where_their_ids_stand(tmp_path, name, student, user, original):
    found, _ = found_in(tmp_path, {name: Q5, "zoe_12340_67000_answers.yaml": Q5})
    assert found[student] == (original,)
    assert any((way.student, way.user, way.original) == (student, user, original) for way in ways_to_read(name))


def test_a_number_of_canvas_stands_before_the_ending():
    assert original_name("answers-2.yaml") == ("answers.yaml", 2)
    assert original_name("a-1-3.tar.gz") == ("a-1.tar.gz", 3)
    assert original_name("answers-0.yaml") == ("answers-0.yaml", 0)
    assert original_name("2026-01-31") == ("2026-01-31", 0)


@pytest.mark.parametrize(
    ("names", "start"),
    [
        (["hw5_ada", "hw5_bob"], "hw5_"),
        (["hw_5_ada", "hw_5_ann"], "hw_5_"),
        (["hw5_team_1", "hw5_team_2"], "hw5_"),
        (["hw5_ada"], ""),
        (["ada", "bob"], ""),
        (["hw5_1001", "hw5_1002"], ""),
        (["hw5_", "hw5_ada"], ""),
    ],
)
def test_the_name_of_an_assignment_is_what_all_names_begin_with(names, start):
    assert common_start(names, "_") == start


def test_a_layout_that_is_named_but_not_there_is_refused(course, run, tmp_path):
    folder = lay_out(tmp_path / "class", {"ada/answers.yaml": Q5})
    result = run("grade", folder, "--out", tmp_path / "out", "--layout", "canvas")
    assert result.code == 2
    assert result.err == f"grader: {folder}: nothing in it is named as in a Canvas download (--layout canvas)\n"


@pytest.mark.parametrize(("layout", "wanted"), [("folders", ["ada", "hw5-bob"]), ("files", ["carl", "dan"])])
def test_folders_and_files_may_be_asked_for_alone(tmp_path, layout, wanted):
    files = {
        "ada/answers.yaml": Q5,
        "hw5-bob/answers.yaml": Q5,
        "carl.yaml": Q5,
        "dan.zip": zipped({"answers.yaml": Q5}),
    }
    found, lines = found_in(tmp_path, files, layout)
    assert list(found) == wanted
    assert len(lines) == 2


def test_a_zip_that_is_one_submission_or_leads_outside_is_refused(course, run, tmp_path):
    path = tmp_path / "ada.zip"
    path.write_bytes(zipped({"answers.yaml": Q5}))
    assert "looks like one submission, not those of a class" in run("grade", path, "--out", tmp_path / "out").err
    path.write_bytes(
        zipped({"../../bob/answers.yaml": Q5, "carl/answers.yaml": Q6, "/dan/answers.yaml": Q5, "eve/a.txt": ""})
    )
    result = run("grade", path, "--out", tmp_path / "out")
    assert result.code == 0
    assert result.err.splitlines()[:2] == [
        "grader: ../../bob/answers.yaml: its name leads out of the archive: it is not read",
        "grader: /dan/answers.yaml: its name leads out of the archive: it is not read",
    ]
    assert not (tmp_path / "bob").exists()
    path.write_bytes(b"PK\x03\x04 and no more")
    assert run("grade", path, "--out", tmp_path / "out2").code == 2
    assert "q5.yaml is a file" in run("grade", course / "specs" / "assignment3" / "q5.yaml").err.replace(":", "")


def test_every_layout_can_be_asked_for_and_is_explained():
    assert set(LAYOUT_CHOICES) == set(LAYOUT_NAMES)
    page = written_pages()["downloads"]
    for name in LAYOUT_NAMES:
        assert f"`{name}`" in page


def test_the_only_folder_may_be_a_students(tmp_path):
    files = dict.fromkeys(["ada/hw5-a/q5.yaml", "ada/hw5-b/q6.yaml"], Q6)
    assert found_in(tmp_path / "one", files)[0] == {"ada": ("hw5-a/q5.yaml", "hw5-b/q6.yaml")}
    files = dict.fromkeys(["hw5-submissions/hw5-a/q5.yaml", "hw5-submissions/hw5-b/q6.yaml"], Q6)
    assert list(found_in(tmp_path / "two", files)[0]) == ["a", "b"]


def test_a_zip_is_unpacked_within_bounds(tmp_path, monkeypatch):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada/answers.yaml", Q5)
        archive.writestr("ada/zeros.bin", bytes(3 << 20))
        archive.writestr("bob/answers.yaml", Q5)
    monkeypatch.setattr(unpacking, "MAX_UNPACKED_FILE_BYTES", 2 << 20)
    with unpacking.opened_class(path) as (folder, said):
        assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.*")) == [
            "ada/answers.yaml", "bob/answers.yaml",
        ]  # fmt: skip
        assert said == ("ada/zeros.bin: is too large (at most 2097152 bytes): it is not read",)
    assert not folder.exists()
    monkeypatch.setattr(unpacking, "MIN_CLASS_BYTES", 1 << 20)
    with pytest.raises(SubmissionError, match=r"unpacks to more than 1048576 bytes"), unpacking.opened_class(path):
        pass
    monkeypatch.setattr(unpacking, "MAX_CLASS_FILES", 2)
    with pytest.raises(SubmissionError, match=r"holds more than 2 files"), unpacking.opened_class(path):
        pass


@pytest.mark.parametrize(
    ("files", "around", "wanted"),
    [
        (["assignment-ada", "assignment-bob"], "class", ["ada", "bob"]),
        (["Homework-Two-ada-l", "Homework-Two-b"], "class", ["ada-l", "b"]),
        (["latch-ada", "latch-bob"], "latch-submissions", ["ada", "bob"]),
        (["latch-ada"], "latch-submissions", ["ada"]),
        (["hw5-ada", "hw5-ada-2", "hw5-b0b"], "class", ["ada", "ada-2", "b0b"]),
        (["hw5-ada", "hw5-b_ob"], "class", ["hw5-ada", "hw5-b_ob"]),
        (["hw5-ada", "other"], "class", ["hw5-ada", "other"]),
    ],
)
def test_repositories_are_named_by_their_users(tmp_path, files, around, wanted):
    folder = lay_out(tmp_path / around, {f"{name}/answers.yaml": Q5 for name in files})
    assert [entry.name for entry in entries_in(folder).submissions] == wanted


def test_what_windows_has_no_file_for_is_told_there_and_not_unpacked(tmp_path, monkeypatch):
    """Opening `con` there would open the terminal, and `ada:x` a part of another file."""
    monkeypatch.setattr(unpacking, "ON_WINDOWS", True)
    names = ("con/answers.yaml", "ada/NUL.yaml", "bob/a:b.yaml", "ada/answers.yaml", "bob/answers.yaml")
    (tmp_path / "class.zip").write_bytes(zipped(dict.fromkeys(names, Q5)))
    with unpacking.unpacked(tmp_path / "class.zip") as (folder, said):
        found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml"))
    assert found == ["ada/answers.yaml", "bob/answers.yaml"]
    assert said == tuple(f"{name}: Windows has no file of this name: it is not read" for name in names[:3])


@pytest.mark.parametrize("roster", ["", "id,name,canvas id\n1,Ada Adams,90001\n2,Bob Burns,90002\n"])
def test_the_test_student_of_canvas_is_no_student_in_what_is_said_of_the_class(course, run, tmp_path, roster):
    names = {"adamsada": 90001, "burnsbob": 90002, "studenttest": 90003}
    files = {f"{name}_{number}_7000{number}_answers.yaml": Q5 for name, number in names.items()}
    files |= {"roster.csv": roster} if roster else {}
    rows, lines = grade_class_in(run, tmp_path, files)
    assert "studenttest: is Canvas's Test Student, who counts as no student of the class" in lines
    assert not any("nobody" in line for line in lines)
    assert (rows["studenttest"]["q5"], rows["studenttest"]["name"]) == ("70", "")
    for shown in (run("class", tmp_path / "out").out, run("grade", tmp_path / "class", "--out", tmp_path / "out").out):
        assert "assignment3: 2 submissions of 2 students" in shown
