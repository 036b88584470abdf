"""Files that are no files, or lead elsewhere, or never end: nothing is followed, waited for or read too far."""

import errno
import os
import socket
import tempfile
from pathlib import Path

import pytest

from grader.answers.arrays import MAX_WEIGHTS_FILE_BYTES
from grader.answers.files import MAX_FILE_BYTES, read_file
from grader.answers.submission import Submission
from grader.errors import HarnessError, SubmissionError

from .helpers import Q5, Q6, full_marks, question, rejected, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices as POSIX has them")
NAMES = ["q5.yaml", "q5.json", "q5.npz", "q5.npy", "q5.safetensors"]


@pytest.fixture
def folder(tmp_path):
    """A submission that answers q6 alone."""
    return write(tmp_path / "alice", {"answers.yaml": Q6})


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_where_a_file_should_be(graded, folder, name):
    (folder / name).mkdir()
    report = graded(folder)
    assert rejected(report) == (f"{name}: is a folder where a file should be",)
    full_marks(report, "q6")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", ["elsewhere", "nowhere", "/dev/zero", "beside", "itself"])
def test_a_symbolic_link_is_not_followed(graded, folder, tmp_path, name, target):
    (tmp_path / "elsewhere").write_text(Q5.removeprefix("q5: "))
    (folder / "beside").write_text(Q5.removeprefix("q5: "))
    ends = {"elsewhere": tmp_path / "elsewhere", "nowhere": tmp_path / "nowhere", "beside": "beside", "itself": name}
    (folder / name).symlink_to(ends.get(target, target))
    report = graded(folder)
    assert rejected(report) == (f"{name}: is a symbolic link: hand in the file itself",)
    full_marks(report, "q6")


def test_a_hard_link_is_refused(graded, folder, tmp_path):
    (tmp_path / "other").write_text(Q5.removeprefix("q5: "))
    os.link(tmp_path / "other", folder / "q5.yaml")
    assert rejected(graded(folder)) == ("q5.yaml: is a hard link to another file: hand in a copy",)


@pytest.mark.parametrize("name", NAMES)
def test_a_pipe_is_not_waited_for(graded, folder, name):
    os.mkfifo(folder / name)
    report = graded(folder)
    assert rejected(report) == (f"{name}: is not a plain file (a pipe, socket or device)",)
    full_marks(report, "q6")


def test_a_socket_is_refused(graded, tmp_path):
    short = Path(tempfile.mkdtemp(dir="/tmp"))  # the address of a socket has 100 characters
    try:
        write(short, {"answers.yaml": Q6})
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(short / "q5.yaml"))
            messages = rejected(graded(short))
        assert messages == ("q5.yaml: is not a plain file (a pipe, socket or device)",)
    finally:
        (short / "answers.yaml").unlink()
        (short / "q5.yaml").unlink()
        short.rmdir()


def test_a_device_is_refused(graded, folder):
    try:
        os.mknod(folder / "q5.npz", 0o020666, os.makedev(1, 5))  # /dev/zero, which never ends
    except PermissionError:
        pytest.skip("only root makes devices")
    if not os.access(folder / "q5.npz", os.R_OK):
        pytest.skip("devices are not allowed on this file system")
    assert rejected(graded(folder)) == ("q5.npz: is not a plain file (a pipe, socket or device)",)


@pytest.mark.parametrize("name", NAMES)
def test_a_sparse_file_of_ten_gigabytes_is_not_read(graded, folder, name):
    with (folder / name).open("wb") as file:
        file.truncate(10 << 30)
    report = graded(folder)
    most = MAX_WEIGHTS_FILE_BYTES if name in ("q5.npz", "q5.npy", "q5.safetensors") else MAX_FILE_BYTES
    assert rejected(report) == (f"{name}: is too large: 10737418240 bytes (at most {most})",)
    full_marks(report, "q6")


def test_the_largest_file_is_read_and_one_byte_more_is_not(tmp_path):
    (tmp_path / "a").write_bytes(b" " * MAX_FILE_BYTES)
    (tmp_path / "b").write_bytes(b" " * (MAX_FILE_BYTES + 1))
    assert len(read_file(tmp_path / "a")) == MAX_FILE_BYTES
    with pytest.raises(SubmissionError, match=r"^b: is too large: 1048577 bytes \(at most 1048576\)$"):
        read_file(tmp_path / "b")


def test_a_file_that_says_it_is_empty_but_is_not_is_read_no_further(tmp_path):
    """Files of /proc have size 0 and as much to say as they please."""
    endless = Path("/proc/kallsyms")
    if not endless.exists() or endless.stat().st_size or len(endless.read_bytes()) <= MAX_FILE_BYTES:
        pytest.skip("no such file on this system")
    with pytest.raises(SubmissionError, match=r"^kallsyms: is too large \(at most 1048576 bytes\)$"):
        read_file(endless)


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "large"])
def test_an_answers_file_that_is_none_costs_no_file_beside_it(graded, tmp_path, kind):
    folder = write(tmp_path / "alice", {"q6.yaml": Q6.removeprefix("q6: ")})
    answers = folder / "answers.yaml"
    match kind:
        case "folder":
            answers.mkdir()
            message = "is a folder where a file should be"
        case "pipe":
            os.mkfifo(answers)
            message = "is not a plain file (a pipe, socket or device)"
        case "link":
            answers.symlink_to("/etc/passwd")
            message = "is a symbolic link: hand in the file itself"
        case "large":
            answers.write_bytes(b"#" * 2_000_000)
            message = "is too large: 2000000 bytes (at most 1048576)"
    report = graded(folder)
    assert report.messages == rejected(report) == (f"answers.yaml: {message}",)
    full_marks(report, "q6")


@pytest.fixture
def as_nobody():
    """Without the rights of root, and a folder that others may walk through."""
    top = Path(tempfile.mkdtemp(dir="/tmp"))
    top.chmod(0o755)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield top
    if root:
        os.seteuid(0)
    for path in [*top.rglob("*"), top]:
        path.chmod(0o700)
    for path in sorted(top.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    top.rmdir()


def lock(path, mode=0):
    """Takes away all rights, as the owner of the folder."""
    user = os.geteuid()
    if os.getuid() == 0:
        os.seteuid(0)
    path.chmod(mode)
    os.seteuid(user)


def owned(top, files):
    user = os.geteuid()
    if os.getuid() == 0:
        os.seteuid(0)
    write(top, files)
    os.seteuid(user)
    return top


def test_a_file_that_may_not_be_read(graded, as_nobody):
    folder = owned(as_nobody / "alice", {"answers.yaml": Q6, "q5.yaml": "W1: 1\n"})
    lock(folder / "q5.yaml")
    report = graded(folder)
    reason = "held, because the grader failed: HarnessError: q5.yaml: cannot be read: Permission denied: make it readable and grade it again"
    assert (question(report, "q5").status, question(report, "q5").messages) == ("held", (reason,))
    full_marks(report, "q6")


@pytest.mark.parametrize("locked", ["", "more"])
def test_a_folder_that_may_not_be_listed(as_nobody, locked):
    """What lies in it could be any answer, so nothing is known to be missing."""
    folder = owned(as_nobody / "alice", {"answers.yaml": Q6})
    owned(folder / "more", {"q5.yaml": "W1: 1\n"})
    lock(folder / locked)
    name = locked or "alice"
    with pytest.raises(
        HarnessError, match=f"^{name}/ cannot be listed: Permission denied: make it readable and grade it"
    ):
        Submission(folder)


def test_a_submission_that_may_not_be_looked_at(as_nobody):
    folder = owned(as_nobody / "class" / "alice", {"answers.yaml": Q6})
    lock(folder.parent)
    with pytest.raises(
        HarnessError, match=r"^the submission 'alice' cannot be read: Permission denied: make it readable"
    ):
        Submission(folder)


def test_a_file_of_a_disk_that_fails_is_the_machines_fault(tmp_path, monkeypatch):
    """A disk or network that fails lets a file be neither opened nor looked at; its author loses nothing by that."""

    def fails(*_, **__):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    write(tmp_path, {"q5.yaml": Q5})
    monkeypatch.setattr(Path, "is_symlink", lambda _: False)
    monkeypatch.setattr(Path, "lstat", fails)
    monkeypatch.setattr(os, "open", fails)
    with pytest.raises(HarnessError, match=r"^q5.yaml: cannot be read: Input/output error: make it readable"):
        read_file(tmp_path / "q5.yaml")


def test_a_folder_of_very_many_files_is_not_looked_through(graded, tmp_path):
    folder = write(tmp_path / "alice", {f"{i}.txt": "" for i in range(1001)})
    report = graded(folder)
    assert report.messages == ("alice/ holds more than 1000 files",)
    assert rejected(report, "q5") == rejected(report, "q6") == ("alice/ holds more than 1000 files",)


def test_file_names_of_no_encoding_and_with_escapes_are_told_not_followed(graded, folder):
    for name in (b"q5\xff.yaml", b"q5\x1b[31m.npz", "q5\u202e.json".encode(), b"\xff.txt"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).touch()
    report = graded(folder)
    assert question(report, "q5").status == "rejected"
    found = sorted(message.partition(": ")[2] for message in report.messages)
    assert found == [
        "belongs to no question (did you mean 'q5'?)",
        "belongs to no question (did you mean 'q5'?)",
        "belongs to no question (did you mean 'q5'?)",
        "belongs to no question (the questions are q5 and q6): name it after the one that it answers",
    ]
    full_marks(report, "q6")


def test_a_file_name_writes_no_line_of_a_report(graded, folder):
    for name in ("x\nq5: 70 of 70 points\n.txt", "q5\nq5: 70 of 70 points\n.npz"):
        (folder / name).write_bytes(b"x")
    report = graded(folder)
    assert {len(message.splitlines()) for message in report.messages + question(report, "q5").messages} == {1}
    assert "x\\nq5: 70 of 70 points\\n.txt: belongs to no question" in "".join(report.messages)


def test_hidden_files_are_not_looked_at(graded, folder):
    """A Mac leaves `._q5.npz` beside `q5.npz`, an editor `.answers.yaml.swp`."""
    for name in ("._q5.npz", ".answers.yaml.swp", ".q5.yaml", ".DS_Store", "._answers.yaml"):
        (folder / name).write_bytes(b"\0\5\x16\7")
    report = graded(folder)
    assert report.messages == ()
    assert question(report, "q5").status == "missing"
    full_marks(report, "q6")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nobody", "there is no submission 'nobody'"),
        ("answers.yaml/alice", "there is no submission 'alice'"),
        ("zero\0byte", r"there is no submission 'zero\x00byte'"),
        ("n" * 300, f"the submission '{'n' * 59}…' cannot be read: File name too long"),
        ("loop", "the submission 'loop' cannot be read: Too many levels of symbolic links"),
        ("dangling", "dangling is a link that leads nowhere"),
    ],
)
def test_what_is_not_there_is_said_not_to_be(folder, path, message):
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("away")
    with pytest.raises(SubmissionError) as caught:
        Submission(folder / path)
    assert str(caught.value) == message


def test_one_file_is_a_submission_too_but_no_other_kind(graded, tmp_path):
    write(tmp_path, {"alice.yaml": Q5 + Q6, "bob.txt": Q5, "carol.npz": b""})
    full_marks(graded(tmp_path / "alice.yaml"), "q5", "q6")
    for name in ("bob.txt", "carol.npz"):
        assert rejected(graded(tmp_path / name)) == (
            f"{name}: is no file of answers (one ends in .yaml, .yml or .json)",
        )


def test_a_submission_is_named_by_its_folder_wherever_it_is_graded_from(folder, monkeypatch):
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    assert [Submission(Path(path)).name for path in ("..", "../.", "../../alice", ".")] == ["alice"] * 3 + ["deep"]


@pytest.mark.parametrize(
    ("files", "holds"),
    [
        (["answers.txt"], "answers.txt"),
        (["hw.zip", "notes.odt"], "hw.zip and notes.odt"),
        (["homework"], "homework"),
        ([f"{n}.pdf" for n in range(10)], "0.pdf, 1.pdf, 2.pdf, 3.pdf, 4.pdf, 5.pdf, 6.pdf, 7.pdf and 2 more"),
        ([".hidden"], None),
        (["q6.md"], None),
        (["solution.py"], None),
        (["work.ipynb"], None),
        (["answers.yaml", "hw.zip"], None),
    ],
)
def test_a_folder_of_which_nothing_is_read_says_what_it_holds(graded, tmp_path, files, holds):
    report = graded(write(tmp_path / "alice", dict.fromkeys(files, "q5:\n")))
    assert {q.status for q in report.questions} <= {"missing", "rejected"}
    said = [message for message in report.messages if message.startswith("no answers are found")]
    assert [f"alice/ holds {holds}, of which nothing is read" in message for message in said] == [True] * bool(holds)
