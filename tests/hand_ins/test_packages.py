"""Packages that a course allows: declared, found, loaded once, and confined like everything else."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from grader.answers.submission import Submission
from grader.doctor import packages_of, packages_report
from grader.errors import HarnessError, SpecError
from grader.export.github import workflow
from grader.export.gradescope import autograder_files
from grader.export.on_push import CourseCheckout, grading_on_push
from grader.export.student import write_bundle
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.sandbox import FunctionCall, Limits, LoadedProgram, Raised, Returned, Sandbox, StudentProgram
from grader.sandbox.installed import places_of
from grader.selfcheck import check_assignment
from grader.spec import packages as declared

from ..answers.helpers import Run
from ..conftest import RUN
from .lab import hand_in, write_course

ALLOWED = ("numpy", "scipy", "matplotlib")
LIMITS = Limits(call_seconds=5, load_seconds=10, run_seconds=30)


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no scipy."""
    there = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *more: None if name == "scipy" else there(name, *more))


WRITTEN = {
    "": ("numpy",),
    "packages: []": ("numpy",),
    "packages: [numpy]": ("numpy",),
    "packages: [scipy]": ("numpy", "scipy"),
    "packages: [scipy, numpy, torch]": ("numpy", "scipy", "torch"),
    "packages:\n- matplotlib\n- nobody_has_this": ("numpy", "matplotlib", "nobody_has_this"),
}


@pytest.mark.parametrize(("line", "packages"), WRITTEN.items())
def test_packages_are_read_with_numpy_first(tmp_path: Path, line: str, packages: tuple[str, ...]) -> None:
    specs = write_course(tmp_path, line)
    assert load_assignment(specs).packages == packages
    assert load_assignment(specs / "f.yaml").packages == packages  # one question of it, by its file
    assert load_assignment(specs).questions[0].packages == packages  # type: ignore[attr-defined]  # of a function


BROKEN = {
    "packages: [scpy]": "assignment.yaml:3:12: packages[1]: there is no package 'scpy' (did you mean 'scipy'?)",
    "packages: [numpy, nunpy]": "assignment.yaml:3:19: packages[2]: there is no package 'nunpy' (did you mean 'numpy'?)",
    "packages: [Scipy]": "assignment.yaml:3:12: packages[1]: there is no package 'Scipy' (did you mean 'scipy'?)",
    "packages: [pytorch]": "assignment.yaml:3:12: packages[1]: there is no package 'pytorch' (did you mean 'torch'?)",
    "packages: [scikit-learn]": "assignment.yaml:3:12: packages[1]: a package is named as it is imported, not "
    "'scikit-learn' (did you mean 'sklearn'?)",
    "packages: [torch.nn]": "assignment.yaml:3:12: packages[1]: a package is named as it is imported, not 'torch.nn' "
    "(did you mean 'torch'?)",
    "packages: ['scipy>=1']": "assignment.yaml:3:12: packages[1]: a package is named as it is imported, not the quoted text "
    "'scipy>=1' (did you mean 'scipy'?)",
    "packages: [math]": "assignment.yaml:3:12: packages[1]: 'math' is part of Python, which is always allowed: leave it out",
    "packages: [scipy, scipy]": "assignment.yaml:3:19: packages: 'scipy' is listed twice",
    "packages: scipy": "assignment.yaml:3:11: packages: must be a list, not 'scipy'",
    "packages: [[scipy]]": "assignment.yaml:3:12: packages[1]: must be text, not a list",
    "package: [scipy]": "assignment.yaml:3:1: 'package' is not a key of assignment.yaml (did you mean 'packages'?)",
}


@pytest.mark.parametrize(("line", "message"), BROKEN.items())
def test_what_is_no_package_is_said_where_it_stands(tmp_path: Path, line: str, message: str) -> None:
    specs = write_course(tmp_path, line)
    with pytest.raises(SpecError) as caught:
        load_assignment(specs)
    assert str(caught.value) == message
    if not line.startswith("package:"):
        with pytest.raises(SpecError) as caught:
            load_assignment(specs / "f.yaml")
        assert str(caught.value) == message


LACKS = "this machine lacks 'scipy', which the assignment allows; run: pip install scipy"


def test_a_machine_that_lacks_a_package_gives_no_marks(tmp_path: Path, lacking: None, run: Callable[..., Run]) -> None:
    """Not a zero, and not a mark: the command ends with code 2, and names the package."""
    specs = write_course(tmp_path, "packages: [scipy]")
    folder = tmp_path / "class" / "alex"
    folder.mkdir(parents=True)
    (folder / "solution.py").write_text("def f(x): return 2 * x + 1")
    with pytest.raises(SpecError, match=LACKS):
        grade(Submission(folder), load_assignment(specs), run=RUN)
    for command in (["check", str(folder)], ["grade", str(folder.parent), "--out", str(tmp_path / "out")]):
        done = run(*command, "--spec", specs, "--course", tmp_path)
        assert done.code == 2
        assert f"assignment.yaml:3:12: packages: {LACKS}" in done.err
    assert not (tmp_path / "out" / "grades.csv").exists()


def test_a_spec_and_the_doctor_say_what_a_machine_lacks(tmp_path: Path, lacking: None) -> None:
    specs = write_course(tmp_path, "packages: [scipy, matplotlib]")
    found = [str(finding.problem) for finding in check_assignment(load_assignment(specs)) if finding.level == "fail"]
    assert found[0] == f"assignment.yaml:3:12: packages: {LACKS}"
    assert packages_of(tmp_path) == {"scipy": ["lab"], "matplotlib": ["lab"]}
    assert packages_report(packages_of(tmp_path)).splitlines() == [
        "",
        "ok  matplotlib: lab allows it",
        "no  scipy: lab allows it",
        "      to have it: run: pip install scipy",
    ]


def test_exports_keep_the_packages_and_install_them(tmp_path: Path) -> None:
    assignment = load_assignment(write_course(tmp_path, "packages: [scipy, sklearn]"))
    write_bundle(assignment, tmp_path / "copy")
    assert load_assignment(tmp_path / "copy" / "specs" / "lab").packages == ("numpy", "scipy", "sklearn")
    needed = autograder_files(assignment, "strict", show_expected=False)["requirements.txt"].decode().splitlines()
    named = [line.partition("==")[0].partition(" ")[0] for line in needed]
    assert {"scipy", "scikit-learn"} <= set(named)
    assert named.count("numpy") == 1
    steps = yaml.safe_load(workflow(grading_on_push(assignment, course=CourseCheckout("owner/course"))))["jobs"][
        "grade"
    ]["steps"]
    install = next(step for step in steps if step["name"] == "Install the grader")
    assert install["env"]["GRADER_PACKAGES"] == "scipy scikit-learn"


def test_a_package_brings_what_it_needs_and_nothing_else() -> None:
    modules = places_of(ALLOWED).modules
    assert {"numpy", "scipy", "matplotlib", "mpl_toolkits", "PIL", "dateutil"} <= set(modules)
    assert not {"grader", "pytest", "pydantic", "IPython"} & set(modules)


@pytest.mark.long
def test_right_answers_with_allowed_packages(tmp_path: Path) -> None:
    specs = write_course(tmp_path, "packages: [scipy, matplotlib]")
    source = (
        "import matplotlib.pyplot as plt\nfrom scipy import special\nimport scipy.signal\nfig, ax = plt.subplots()\n"
        "ax.plot([1, 2])\nfig.canvas.draw()\ndef f(x):\n    return 2 * special.expit(special.logit(0.5)) * (2 * x + 1)"
    )
    assert hand_in(tmp_path / "alex", {"solution.py": source}, specs).points == 4
    assert hand_in(tmp_path / "kim", {"solution.py": "def f(x): return 2 * x + 1"}, specs).points == 4
    wrong = "from scipy import special\ndef f(x): return special.expit(x)"
    assert hand_in(tmp_path / "sam", {"solution.py": wrong}, specs).points == 0
    missing = hand_in(tmp_path / "lee", {"solution.py": "import torch\ndef f(x): return torch.tensor(x)"}, specs)
    assert "allows the standard library, numpy, scipy and matplotlib" in str(missing)


def test_the_class_shares_one_process_with_the_packages(tmp_path: Path) -> None:
    """The key is what is allowed: two assignments that allow the same share it, another has its own."""
    from grader.kinds.function.code_runner import runner_pool

    assert runner_pool(RUN, "strict", ("numpy", "scipy")) is runner_pool(RUN, "strict", ("numpy", "scipy"))
    assert runner_pool(RUN, "strict", ("numpy", "scipy")) is not runner_pool(RUN, "strict")


HOSTILE = """
import ctypes, os, socket, subprocess, sys, threading
import matplotlib.pyplot as plt, matplotlib.image, numpy as np, scipy.io, scipy.fft
from PIL import Image

def attempt(action, *arguments, **named):
    try:
        return f"got {action(*arguments, **named)!r}"[:60]
    except BaseException as error:
        return type(error).__name__

def reads():
    return [attempt(action, SECRET) for action in (open, np.fromfile, np.genfromtxt, scipy.io.loadmat, matplotlib.image.imread,
            Image.open, plt.style.use, os.listdir, np.load, np.memmap)]

def writes():
    plt.plot([1])
    return [attempt(plt.savefig, MARK + ".png"), attempt(np.save, MARK, [1]), attempt(scipy.io.savemat, MARK, {"a": 1}),
            attempt(Image.new("L", (1, 1)).save, MARK + ".gif"), attempt(open, MARK, "w"), attempt(os.mkdir, MARK),
            attempt(np.memmap, MARK, mode="w+", shape=(1,)), attempt(os.symlink, SECRET, MARK)]

def leaves():
    libc = ctypes.CDLL(None, use_errno=True)
    return [attempt(socket.create_connection, ("127.0.0.1", PORT), 1), attempt(socket.socket), attempt(subprocess.run, ["true"]),
            attempt(os.fork), attempt(os.kill, os.getppid(), 9), attempt(os.execv, sys.executable or "/bin/true", ["x"]),
            attempt(libc.socket, 2, 1, 0), attempt(libc.fork), attempt(libc.ptrace, 16, os.getppid(), 0, 0)]

def others():
    import importlib, importlib.util
    sys.path[:0] = FOLDERS
    importlib.invalidate_caches()
    return [attempt(importlib.import_module, name) for name in ("pytest", "pydantic", "grader", "h5py", "torch")]

def sets():
    return [attempt(scipy.fft.set_workers(4).__enter__), threading.active_count()]

def memory():
    return attempt(np.ones, 2 << 27)
"""
REFUSED = {"PermissionError", "FileNotFoundError", "OSError", "BlockingIOError", "got -1"}


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made.getsockname()[1]


@pytest.mark.long
@pytest.mark.parametrize("tier", ["A", "B", "C", pytest.param("D", marks=pytest.mark.slow), "off"])
@pytest.mark.sampled(4)
def test_packages_open_nothing(tmp_path: Path, server: int, tier: str) -> None:
    """With files, sockets, processes and memory: what a package could be used for is refused as without it."""
    secret, mark = tmp_path / "secret.txt", tmp_path / "mark"
    secret.write_text("CANARY")
    tmp_path.chmod(0o755)
    folders = [path for path in sys.path if path.endswith("-packages")] + [os.getcwd()]
    settings = f"SECRET, MARK, PORT, FOLDERS = {str(secret)!r}, {str(mark)!r}, {server}, {folders!r}\n"
    program = StudentProgram((settings + HOSTILE).encode())
    with Sandbox(
        "off" if tier == "off" else "degraded", packages=ALLOWED, highest="A" if tier == "off" else tier
    ) as box:
        if box.tier.name != tier:
            pytest.skip(f"tier {tier} does not work on this machine")
        with box.open(program, LIMITS) as session:
            assert isinstance(session.load, LoadedProgram)
            assert not session.load.losses
            names = ["reads", "memory", "sets", *(["writes", "leaves", "others"] if tier in "ABC" else [])]
            replies = dict(zip(names, session.call([FunctionCall(name) for name in names]), strict=True))
    seen = {name: reply.value for name, reply in replies.items() if isinstance(reply, Returned)}
    assert seen.keys() == replies.keys(), replies
    assert seen["memory"] in ("MemoryError", "_ArrayMemoryError")
    assert seen["sets"][1] == 1
    if tier in "AB":
        assert not any(what.startswith("got") for what in seen["reads"]), seen
        assert not any(what.startswith("got") for what in seen["others"]), seen
    if tier in "ABC":
        assert all(what in REFUSED for what in [*seen["writes"], *seen["leaves"]]), seen
    if tier in "ABC":
        assert not list(tmp_path.glob("mark*"))


@pytest.mark.long
def test_a_package_that_cannot_be_loaded_holds_the_grading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed, but broken: nobody gets a zero for it."""
    (tmp_path / "brokenpackage.py").write_text("raise RuntimeError('no such library')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with Sandbox(packages=("numpy", "brokenpackage")) as box, pytest.raises(HarnessError, match="no such library"):
        box.open(StudentProgram(b""))


def test_a_package_without_metadata_is_found_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "course_tools").mkdir()
    (tmp_path / "course_tools" / "__init__.py").write_text("from .more import two")
    (tmp_path / "course_tools" / "more.py").write_text("two = 2")
    (tmp_path / "course_tools" / "later.py").write_text("three = 3")
    (tmp_path / "onefile.py").write_text("four = 4")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = b"import course_tools, onefile\ndef f():\n    from course_tools.later import three\n    return course_tools.two + three + onefile.four"
    with Sandbox(packages=("numpy", "course_tools", "onefile")) as box, box.open(StudentProgram(source)) as session:
        (reply,) = session.call([FunctionCall("f")])
    assert isinstance(reply, Returned), reply
    assert reply.value == 9


def test_a_package_that_is_installed_from_its_own_folder_is_found_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `pip install -e` does it: what is installed is a file that names the folder."""
    installed, source = tmp_path / "installed", tmp_path / "source"
    (installed / "courselib-1.0.dist-info").mkdir(parents=True)
    (installed / "courselib-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: courselib\nVersion: 1.0\n"
    )
    (installed / "courselib-1.0.dist-info" / "RECORD").write_text(
        "courselib.pth,,\ncourselib-1.0.dist-info/METADATA,,\n"
    )
    (source / "courselib").mkdir(parents=True)
    (source / "courselib" / "__init__.py").write_text("two = 2")
    for folder in (installed, source):
        monkeypatch.syspath_prepend(str(folder))
    assert places_of(["courselib"]).modules == {"courselib": (source / "courselib").resolve()}


def test_what_is_allowed_is_said_to_who_asks_for_more() -> None:
    with Sandbox(packages=("numpy", "yaml")) as box, box.open(StudentProgram(b"def f(): import nonesuch")) as session:
        (reply,) = session.call([FunctionCall("f")])
    assert isinstance(reply, Raised)
    assert "this assignment allows the standard library, numpy and yaml" in reply.message


def test_known_packages_are_named_as_they_are_imported() -> None:
    assert all(name.isidentifier() and name not in sys.stdlib_module_names for name in declared.KNOWN_PACKAGES)
    assert declared.distribution_of("PIL") == "pillow"
    assert declared.distribution_of("unknown") == "unknown"
