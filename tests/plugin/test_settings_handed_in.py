"""pytest never obeys settings or imports modules that were handed in, whatever is said where.

How Python starts is tried with processes, how pytest reads what it is told in this one.
"""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from grader.sandbox import FunctionCall, Sandbox, StudentProgram
from grader.startup.pytest_settings import prepare

from ..diagonal import diagonal

SQUARE = """\
question: sq
title: A square
points: 20
answer: formula
symbols: {a: scalar, b: scalar}
right: (a + b)**2
"""
WRONG, RIGHT = "assignment: hw\nsq: a + b\n", "assignment: hw\nsq: (a + b)^2\n"
INI = "[pytest]\naddopts = -p evil\npythonpath = .\n"
TOML = 'addopts = ["-p", "evil"]\npythonpath = ["."]\n'
SETTINGS = {
    "pytest.ini": INI,
    ".pytest.ini": INI,
    "tox.ini": INI,
    "setup.cfg": INI.replace("[pytest]", "[tool:pytest]"),
    "pyproject.toml": f"[tool.pytest.ini_options]\n{TOML}",
    "pytest.toml": f"[pytest]\n{TOML}",
    ".pytest.toml": f"[pytest]\n{TOML}",
    "setup.py": "",
}
MODULES = [
    "evil",
    "conftest",
    "grader",
    "numpy",
    "yaml",
    "json",
    "pkgutil",
    "runpy",
    "socket",
    "queue",
    "pytest",
    "sitecustomize",
    "test_evil",
]
PYTEST = [str(Path(sys.executable).with_name("pytest"))]
MODULE = [sys.executable, "-m", "pytest"]


class Ground:
    """A course with a folder of submissions; whatever of them is imported leaves its name in a file."""

    def __init__(self, course: Path, pytester: pytest.Pytester) -> None:
        self.course, self.pytester = course, pytester
        self.imported = course / "imported.txt"
        (course / "specs" / "hw").mkdir(parents=True)
        (course / "specs" / "hw" / "assignment.yaml").write_text("assignment: hw\nquestions: [sq]\n")
        (course / "specs" / "hw" / "sq.yaml").write_text(SQUARE)
        self.x = course / "submissions" / "x"
        self.x.mkdir(parents=True)
        (self.x / "answers.yaml").write_text(WRONG)

    def plant(self, folder: Path, settings: dict[str, str]) -> None:
        """Modules that tell of their import, and settings that ask for it."""
        for name in MODULES:
            (folder / f"{name}.py").write_text(
                f"with open({str(self.imported)!r}, 'a') as file: file.write({name!r} + ' ')\n"
            )
        for name, text in settings.items():
            (folder / name).write_text(text or (folder / "evil.py").read_text())

    def here(self, where: str, *arguments: str) -> tuple[str, str]:
        """What pytest prints in this process, and what it has imported of what was planted."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.course / where)
            done = self.pytester.runpytest_inprocess(*arguments, "-p", "no:cacheprovider")
        return done.stdout.str() + done.stderr.str(), self.told()

    def told(self) -> str:
        return self.imported.read_text() if self.imported.exists() else ""

    def run(self, where: str, *command: str, **environment: str) -> tuple[str, str]:
        """What a command prints that is a process, and what it has imported of what was planted."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider"],
            cwd=self.course / where,
            env=ours | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.stdout + done.stderr, self.told()


@pytest.fixture
def ground(tmp_path, pytester, monkeypatch):
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Ground(tmp_path, pytester)


def honest(found: tuple[str, str]) -> None:
    """The wrong answer lost its points, and nothing that was handed in was imported."""
    text, imported = found
    assert imported == ""
    assert "it is 2, but 4 is wanted" in text, text
    assert "1 failed" in text


PLACES = {".": "submissions/x", "submissions": "x", "submissions/x": "."}


@pytest.mark.long
@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.sampled(3)
def test_settings_in_a_submission_are_not_read(ground, name, where):
    ground.plant(ground.x, {name: SETTINGS[name]})
    honest(ground.here(where, "--submission", PLACES[where], "--spec", "hw"))


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "setup.py"])
def test_the_same_settings_are_obeyed_where_nothing_was_handed_in(ground, name):
    """Else the tests above would show nothing."""
    ground.plant(ground.course, {name: SETTINGS[name]})
    assert "evil" in ground.here(".", "--collect-only")[1]


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow) for name in SETTINGS])
def test_settings_are_not_read_by_a_process_either(ground, name, where):
    ground.plant(ground.x, {name: SETTINGS[name]})
    honest(ground.run(where, *PYTEST, "--submission", PLACES[where], "--spec", "hw"))


def planted(ground: Ground) -> Ground:
    """With every file of settings, in the submission and beside it."""
    ground.plant(ground.x, SETTINGS)
    ground.plant(ground.x.parent, SETTINGS)
    return ground


@pytest.mark.slow
@pytest.mark.parametrize(("program", "where"), diagonal([PYTEST, MODULE], list(PLACES)))
def test_nothing_beside_a_submission_is_obeyed_either(ground, program, where):
    """The usual tests have processes too that are told more: an entry of the path, a call from Python, two workers."""
    honest(planted(ground).run(where, *program, "--spec", "hw", "--submission", PLACES[where]))


@pytest.mark.slow
@pytest.mark.parametrize("where", PLACES)
def test_workers_obey_nothing_either(ground, where):
    """Two workers do in `test_rubric`."""
    honest(planted(ground).run(where, *MODULE, "-n", "1", "--submission", PLACES[where], "--spec=hw"))


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ["--submission=submissions/x"],
        ["-v", "--submission", "submissions/x", "--confcutdir", "submissions/x"],
        ["--submission", "submissions/other", "--submission", "submissions/x"],
        ["@args.txt"],
        ["-o", "addopts=--submission submissions/x"],
        ["--submission", "submissions/x", "submissions"],
        ["--submission", "submissions/link/x", "--require-sandbox", "off"],
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_every_spelling_is_safe(ground, arguments):
    (planted(ground).course / "args.txt").write_text("--spec\nhw\n--submission\nsubmissions/x\n")
    (ground.course / "submissions" / "link").symlink_to(ground.course / "submissions")
    honest(ground.here(".", *arguments))


def test_the_environment_is_safe(ground, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--spec hw --submission submissions/x")
    honest(planted(ground).here("."))


@pytest.mark.long
@pytest.mark.parametrize("program", [PYTEST, MODULE], ids=["pytest", "python -m pytest"])
@pytest.mark.sampled(3)
def test_an_empty_entry_of_pythonpath_does_not_let_the_submission_in(ground, program):
    found = planted(ground).run("submissions/x", *program, "--submission", ".", PYTHONPATH=os.pathsep)
    honest(found)


@pytest.mark.long
def test_a_call_from_python_is_safe(ground):
    text = "import pytest, sys; sys.exit(pytest.main(['--submission', 'submissions/x', *sys.argv[1:]]))"
    honest(planted(ground).run(".", sys.executable, "-c", text))


@pytest.mark.parametrize(
    "arguments",
    [
        ["-c", "submissions/x/pytest.ini"],
        ["--rootdir", "submissions/x"],
        ["submissions/x/test_evil.py"],
        ["@submissions/x/setup.py"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_names_a_file_of_the_submission_is_refused(ground, arguments):
    text, imported = planted(ground).here(".", "--submission", "submissions/x", *arguments)
    assert imported == ""
    assert f"{arguments[-1]}: lies in the submission submissions/x, and nothing in there is run or obeyed" in text
    assert "1 failed" not in text


@pytest.mark.long
@pytest.mark.parametrize("where", PLACES)
def test_harmless_settings_are_no_reason_to_refuse(ground, where):
    (ground.x / "answers.yaml").write_text(RIGHT)
    (ground.x / "pytest.ini").write_text("[pytest]\naddopts = --maxfail=1\n")
    text, _ = ground.here(where, "--submission", PLACES[where], "--spec", "hw")
    assert "1 passed" in text, text


@pytest.mark.long
@pytest.mark.parametrize("text", ["[pytest\n", "\0", "[pytest]\nminversion = 99\nrequired_plugins = nonesuch\n"])
def test_broken_settings_are_no_reason_to_refuse(ground, text):
    (ground.x / "answers.yaml").write_text(RIGHT)
    (ground.x / "pytest.ini").write_text(text)
    output, _ = ground.here("submissions/x", "--submission", ".", "--spec", "hw")
    assert "1 passed" in output, output


@pytest.mark.parametrize("where", [".", "submissions/x"])
def test_the_course_s_own_settings_are_obeyed(ground, where):
    """Those are the nearest that were not handed in: here they choose another name for a file of results."""
    (ground.course / "pytest.ini").write_text("[pytest]\naddopts = --junitxml=results.xml\n")
    (ground.course / "conftest.py").write_text("print('the conftest of the course')\n")
    text, _ = planted(ground).here(where, "--submission", PLACES[where], "--spec", "hw")
    assert (ground.course / where / "results.xml").exists()
    assert "the conftest of the course" in text


def test_tests_by_hand_beside_a_submission_run_with_their_own_conftest(tmp_path, pytester):
    """A run that names them says that the folder is the user's own, though no course."""
    ground = Ground(tmp_path / "course", pytester)
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "answers.yaml").write_text(RIGHT)
    (tmp_path / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef seven(): return 7\n")
    (tmp_path / "test_hand.py").write_text("def test_it(answer, seven): assert str(answer('sq')) and seven == 7\n")
    spec = str(ground.course / "specs" / "hw")
    text, _ = ground.here("..", "--submission", "alice", "--spec", spec, "test_hand.py")
    assert "2 passed" in text, text


def test_without_the_hook_that_is_installed_the_plugin_refuses_to_run(ground):
    """-S: no site-packages are looked at, and so nothing is installed that runs when Python starts."""
    root = Path(__file__).parents[2]
    paths = [str(root), *(path for path in sys.path if path.endswith("site-packages"))]
    command = [sys.executable, "-S", "-m", "pytest", "-p", "grader.pytest_plugin", "--submission=submissions/x"]
    text, _ = ground.run(".", *command, PYTHONPATH=os.pathsep.join(paths), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert "before the grader could look: install the grader (pip install proofgrade" in text
    assert "1 failed" not in text


def test_students_code_sees_nothing_of_the_hook():
    """What runs when Python starts is not there in the sandbox."""
    assert "_grader_startup" in sys.modules
    source = b"""
import sys
def f():
    return [name for name in sys.modules if "startup" in name], [str(finder) for finder in sys.meta_path]
"""
    with Sandbox("off") as box, box.open(StudentProgram(source)) as session:
        names, finders = session.call([FunctionCall("f")])[0].value
    assert names == []
    assert all("frozen_importlib" in finder or finder.startswith("<grader_child.") for finder in finders)


def test_a_pytest_that_asks_in_another_way_is_left_alone():
    """The plugin then refuses to run; a run that has nothing to do with the grader goes on as ever."""
    unknown = ModuleType("_pytest.config")
    parts = {"Config": type("Config", (), {"parse": print}), "UsageError": pytest.UsageError}
    parts["PytestPluginManager"] = type("Manager", (), {"_is_in_confcutdir": print})
    for name, part in parts.items():
        setattr(unknown, name, part)
    unknown.determine_setup = lambda everything: everything
    prepare(unknown)
    assert unknown.Config.parse is print
    assert unknown.determine_setup(3) == 3


@pytest.mark.parametrize("by_position", [True, False], ids=["by position", "by name"])
def test_settings_are_looked_for_as_each_pytest_asks(by_position, tmp_path):
    """pytest 8.0 gives the search its values by their position."""
    asked = []
    known = ModuleType("_pytest.config")
    known.UsageError = pytest.UsageError
    known.PytestPluginManager = type("Manager", (), {"_is_in_confcutdir": lambda self, path: True})

    def determine_setup(inifile, args, rootdir_cmd_arg, invocation_dir):
        asked.append((args, invocation_dir))
        return invocation_dir, None, {}

    class Config:
        args, args_source, ArgsSource = (), 0, type("Source", (), {"ARGS": 1})

        def parse(self, args, addopts=True):
            values = {"inifile": None, "args": ["x"], "rootdir_cmd_arg": None, "invocation_dir": tmp_path / "x"}
            by_name = {} if by_position else values
            known.determine_setup(*(values.values() if by_position else ()), **by_name)

    known.Config, known.determine_setup = Config, determine_setup
    prepare(known)
    (tmp_path / "x").mkdir()
    (tmp_path / "specs").mkdir()
    run = Config()
    run.pluginmanager = known.PytestPluginManager()
    run.parse(["--submission", str(tmp_path / "x")], addopts=False)
    assert asked == [(["x"], tmp_path)]
    assert not run.pluginmanager._is_in_confcutdir(tmp_path / "x")
    assert run.pluginmanager._is_in_confcutdir(tmp_path)
