"""The file that Python reads when it starts: where it is installed, what it loads, and that it never disturbs."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STARTUP = ROOT / "grader" / "startup"
HOOK = STARTUP / "proofgrade.pth"
SHOW = """
import site, sys
site.addsitedir({folder!r})
site.addsitedir({folder!r})
print([name for name in sys.modules if "grader" in name], [type(finder).__name__ for finder in sys.meta_path][:1])
"""


def shown(folder: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """What a Python that knows nothing but `folder` has loaded; `site` reads the folder twice in a virtual environment."""
    command = [sys.executable, "-S", "-P", "-c", SHOW.format(folder=str(folder))]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


@pytest.fixture
def packages(tmp_path):
    folder = tmp_path / "site-packages"
    folder.mkdir()
    shutil.copy(HOOK, folder)
    return folder


def test_it_is_shipped_beside_the_package():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"grader/startup/proofgrade.pth": "proofgrade.pth"}


def test_it_is_installed_here_as_it_is_in_the_source():
    installed = Path(sysconfig.get_path("purelib"), HOOK.name)
    assert installed.read_bytes() == HOOK.read_bytes(), "install again: pip install -e ."


def test_it_finds_the_package_beside_it(packages, tmp_path):
    shutil.copytree(STARTUP, packages / "grader" / "startup")
    done = shown(packages, tmp_path)
    assert (done.stdout, done.stderr) == ("['_grader_startup'] ['Waiting']\n", "")


def test_it_finds_the_package_of_an_editable_installation(packages, tmp_path):
    (packages / "_proofgrade.pth").write_text(str(ROOT))
    done = shown(packages, tmp_path)
    assert (done.stdout, done.stderr) == ("['_grader_startup'] ['Waiting']\n", "")


@pytest.mark.parametrize("text", [None, "", "/nonesuch\n"])
def test_without_the_package_it_says_and_does_nothing(packages, tmp_path, text):
    if text is not None:
        (packages / "_proofgrade.pth").write_text(text)
    done = shown(packages, tmp_path)
    assert "Waiting" not in done.stdout
    assert done.stderr == ""


def test_a_package_of_that_name_in_the_current_folder_is_not_taken_for_it(packages, tmp_path):
    (tmp_path / "grader" / "startup").mkdir(parents=True)
    (tmp_path / "grader" / "startup" / "__init__.py").write_text("print('a student was here')\n")
    (packages / "_proofgrade.pth").write_text(str(ROOT))
    done = shown(packages, tmp_path)
    assert done.stdout == "['_grader_startup'] ['Waiting']\n"


def test_a_python_that_grades_nothing_loads_one_small_module():
    """And none of those that take long to import."""
    show = "import sys; print(*sys.modules)"
    command = [sys.executable, "-P", "-c", show]
    loaded = subprocess.run(command, capture_output=True, text=True, timeout=300, env=os.environ).stdout.split()
    assert [name for name in loaded if "grader" in name] == ["_grader_startup"]
    assert not {"typing", "dataclasses", "pathlib", "inspect", "pytest", "numpy"} & set(loaded)
