"""Code that imports from files beside it: found where Python finds them, read as data, confined as all code is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.answers.modules import MAX_MODULE_FILES, MAX_MODULES_BYTES, modules_beside
from grader.answers.tree import SubmissionFiles
from grader.evidence import Counterexample
from grader.reports.json import as_data
from grader.sandbox import FunctionCall, Returned, Sandbox, StudentProgram

from .lab import hand_in, notebook, write_course

AFFINE = "def affine(x):\n    return 2 * x + 1\n"
WRONG = "def affine(x):\n    return 2 * x\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_course(tmp_path_factory.mktemp("lab"))


RIGHT = {
    "a module": {"solution.py": "from utils import affine as f", "utils.py": AFFINE},
    "a module under a name": {"solution.py": "import utils as u\ndef f(x): return u.affine(x)", "utils.py": AFFINE},
    "every name of a module": {"solution.py": "from utils import *\nf = affine", "utils.py": AFFINE},
    "a relative import beside it": {"solution.py": "from .utils import affine as f", "utils.py": AFFINE},
    "the folder itself": {"solution.py": "from . import utils\nf = utils.affine", "utils.py": AFFINE},
    "one module by two names": {
        "solution.py": "import utils\nfrom .utils import bump\nbump()\ndef f(x): return 2 * x + utils.count",
        "utils.py": "count = 0\ndef bump():\n    global count\n    count += 1\n",
    },
    "a package": {
        "solution.py": "from nn.layers import affine as f",
        "nn/__init__.py": "",
        "nn/layers.py": AFFINE,
    },
    "a folder without __init__": {"solution.py": "import nn.layers\nf = nn.layers.affine", "nn/layers.py": AFFINE},
    "what __init__ gathers": {
        "solution.py": "from nn import f",
        "nn/__init__.py": "from .layers import affine as f\n__all__ = ['f']",
        "nn/layers.py": "from .ops import affine",
        "nn/ops.py": AFFINE,
    },
    "deep relative imports": {
        "solution.py": "from nn.sub.deep.last import f",
        "nn/__init__.py": "",
        "nn/sub/__init__.py": "",
        "nn/sub/deep/__init__.py": "",
        "nn/sub/deep/last.py": "from ...ops import affine\nfrom .. import more\nf = more.same(affine)",
        "nn/sub/more.py": "def same(g): return g",
        "nn/ops.py": AFFINE,
    },
    "a module of a module": {"solution.py": "from a import f", "a.py": "from b import affine as f", "b.py": AFFINE},
    "an import inside of the function": {
        "solution.py": "def f(x):\n    from utils import affine\n    return affine(x)",
        "utils.py": AFFINE,
    },
    "importlib": {"solution.py": "import importlib\nf = importlib.import_module('utils').affine", "utils.py": AFFINE},
    "a module run as a program": {
        "solution.py": "from utils import affine as f",
        "utils.py": AFFINE + "if __name__ == '__main__':\n    raise SystemExit(affine(1))",
    },
    "a module that asks for the solution": {
        "solution.py": "two = 2\nfrom utils import affine as f",
        "utils.py": "import solution\ndef affine(x): return solution.two * x + 1",
    },
    "a cycle that Python can go": {
        "solution.py": "import a\nf = a.f",
        "a.py": "import b\ndef f(x): return b.g(x)\ntwo = 2",
        "b.py": "import a\ndef g(x): return a.two * x + 1",
    },
    "a folder on sys.path": {
        "solution.py": "import sys\nsys.path.append('./lib')\nsys.path.insert(0, '../more')\nfrom utils import f",
        "lib/utils.py": "from ops import affine as f",
        "more/ops.py": AFFINE,
    },
    "sys.path by the place of the file": {
        "solution.py": "import os, sys\nsys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))\n"
        "from utils import affine as f",
        "lib/utils.py": AFFINE,
    },
    "a notebook": {
        "work.ipynb": notebook("from utils import affine", "def f(x): return affine(x)"),
        "utils.py": AFFINE,
    },
    "a file that a notebook runs": {
        "work.ipynb": notebook("%run ./lib/utils.py", "%run -i more", "def f(x): return affine(x) + nothing"),
        "lib/utils.py": AFFINE,
        "more.py": "nothing = 0\nif __name__ == '__main__':\n    1 / 0",
    },
    "a file that a notebook runs and is not needed": {
        "work.ipynb": notebook("%run setup.ipynb", "%run ../../../etc/passwd", "def f(x): return 2 * x + 1"),
        "lib/setup.ipynb": notebook("1 / 0"),
    },
    "a module named like the grader": {"solution.py": "from grader import affine as f", "grader.py": AFFINE},
    "a module named like a stand-in": {"solution.py": "from tqdm import affine as f", "tqdm.py": AFFINE},
    "like a module of the library": {"solution.py": "from code import affine as f", "code.py": AFFINE},
    "like one that is loaded": {
        "solution.py": "import random, types\nfrom random import affine\n"
        "def f(x): return affine(x) + 0 * random.Random(1).random() * (types.two - 2)",
        "random.py": AFFINE,
        "types.py": "two = 2",
    },
    "like one that NumPy needs": {
        "solution.py": "import numpy as np\ndef f(x): return np.random.default_rng(0).normal() * 0 + 2 * np.array(x) + 1",
        "secrets.py": "1 / 0",
        "random.py": "1 / 0",
    },
    "numpy.py": {"solution.py": "import numpy as np\ndef f(x): return 2 * np.array(x) + 1", "numpy.py": "array = None"},
    "numpy/__init__.py": {
        "solution.py": "import numpy.linalg, numpy as np\ndef f(x): return 2 * np.array(x) + 1",
        "numpy/__init__.py": "raise SystemExit",
    },
    "what Python runs by itself": {
        "solution.py": "def f(x): return 2 * x + 1",
        "sitecustomize.py": "import os; os._exit(1)",
        "usercustomize.py": "raise SystemExit(3)",
        "conftest.py": "raise SystemExit(3)",
        "all.pth": "import os; os._exit(1)",
        "utils.py": "\0 is no Python",
    },
    "a module of which a line fails": {
        "solution.py": "from utils import affine as f",
        "utils.py": "import torch\nassert torch\nopen('data.csv')\ninput()\n"
        + AFFINE
        + "plt.show()\nraise SystemExit\n",
    },
    "an import behind one that is not there": {
        "solution.py": "import torch, math, utils as u\nf = u.affine",
        "utils.py": AFFINE,
    },
    "a name behind one that failed": {
        "solution.py": "from utils import net, affine as f, more",
        "utils.py": "import torch, math\nnet = torch.nn.Linear(1, 1)\n" + AFFINE,
    },
    "imports below a command, and a draft": {
        "work.ipynb": notebook("!pip install torch\nfrom utils import affine", "def f(x): return affine(x)"),
        "utils.py": AFFINE + "def f(x): return x\n",
    },
    "a draft in a file that a notebook runs": {
        "work.ipynb": notebook("%run utils", "def f(x): return affine(x)"),
        "utils.py": AFFINE + "def f(x): return x\n",
    },
    "a module of which what is not needed fails": {
        "solution.py": "from utils import affine as f\nfrom utils import net",
        "utils.py": "import torch\nnet = torch.nn.Linear(1, 1)\n" + AFFINE,
    },
    "a cycle that Python cannot go": {
        "solution.py": "from a import f",
        "a.py": "from b import g\ndef f(x): return 2 * x + 1",
        "b.py": "from a import f\ndef g(x): return f(x)",
    },
    "a module that imports itself": {
        "solution.py": "from a import f",
        "a.py": "from a import f as g\ndef f(x): return 2 * x + 1",
    },
    "an import of what is not needed and not there": {
        "solution.py": "import plots\nfrom helper.more import z\ndef f(x): return 2 * x + 1",
    },
    "a module that is no Python and is not needed": {
        "solution.py": "import notes\ndef f(x): return 2 * x + 1",
        "notes.py": "this is (no Python",
    },
    "notebook commands in a module": {
        "solution.py": "from utils import affine as f",
        "utils.py": "!pip install torch\n%matplotlib inline\n" + AFFINE,
    },
    "annotations of what is not there": {
        "solution.py": "from utils import affine as f",
        "utils.py": "import torch\ndef affine(x: torch.Tensor) -> torch.Tensor:\n    return 2 * x + 1",
    },
    "a module in UTF-8 with BOM": {
        "solution.py": "from utils import affine as f",
        "utils.py": b"\xef\xbb\xbf# \xc3\xa9\r\n" + AFFINE.replace("\n", "\r\n").encode(),
    },
}


@pytest.mark.parametrize("files", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_keeps_its_marks(specs: Path, tmp_path: Path, files: dict[str, str | bytes]) -> None:
    report = hand_in(tmp_path / "alex", files, specs)
    assert report.questions[0].points == 4, [check.message for check in report.questions[0].checks]


MARKLESS = {
    "a wrong module": {"solution.py": "from utils import affine as f", "utils.py": WRONG},
    "numpy.py that equals everything": {
        "solution.py": "import numpy as np\ndef f(x): return np.right",
        "numpy.py": "class Right:\n    def __eq__(self, other): return True\n    __array__ = None\nright = ndarray = Right()",
    },
    "json.py for the channel": {
        "solution.py": "import json\ndef f(x): return json.dumps(2)",
        "json.py": "dumps = loads = lambda *a, **k: '[0,\"returned\",1]'",
    },
    "grader.py that says it is right": {
        "solution.py": "import grader\ndef f(x): return grader.check(x)",
        "grader.py": "def check(x): return {'points': 4, 'outcome': 'passed'}",
        "grader_child.py": "frames = None",
    },
    "a module that takes out the finder": {
        "solution.py": "import utils\ndef f(x): return utils.affine(x)",
        "utils.py": "import sys\nsys.meta_path.clear()\nsys.modules.clear()\n" + WRONG,
    },
}


@pytest.mark.parametrize("files", MARKLESS.values(), ids=MARKLESS)
def test_a_wrong_answer_gets_none(specs: Path, tmp_path: Path, files: dict[str, str | bytes]) -> None:
    question = hand_in(tmp_path / "alex", files, specs).questions[0]
    assert (question.points, question.status) in ((0, "graded"), (0, "rejected"))


REFUSED = {
    "no such module": (
        {"solution.py": "from utils import affine\ndef f(x): return affine(x)"},
        "No module named 'utils' (this assignment allows the standard library and numpy, and no utils.py was handed in)",
    ),
    "a module in another folder": (
        {"solution.py": "from utils import affine\ndef f(x): return affine(x)", "lib/utils.py": AFFINE},
        "No module named 'utils' (lib/utils.py was handed in: its name here is lib.utils)",
    ),
    "a notebook": (
        {"solution.py": "from lib.work import affine\ndef f(x): return affine(x)", "lib/work.ipynb": "{}"},
        "lib/work.ipynb is a notebook, which cannot be imported: save what is needed of it as lib/work.py",
    ),
    "no Python": (
        {"solution.py": "from utils import affine\ndef f(x): return affine(x)", "utils.py": "x = 1\ndef affine(:\n"},
        "SyntaxError: invalid syntax (utils.py, line 2)",
    ),
    "not in UTF-8": (
        {"solution.py": "from utils import affine\ndef f(x): return affine(x)", "utils.py": b"x = '\xe9'"},
        "utils.py, line 1 is not UTF-8 (byte 0xe9); save it as UTF-8",
    ),
    "a name that failed": (
        {"solution.py": "from utils import affine\ndef f(x): return affine(x)", "utils.py": "affine = 1 / 0"},
        "utils.py, line 1 stopped: ZeroDivisionError: division by zero",
    ),
    "an attribute that failed": (
        {"solution.py": "import utils\ndef f(x): return utils.affine(x)", "utils.py": "affine = 1 / 0"},
        "utils.py, line 1, which would define it, stopped: ZeroDivisionError: division by zero",
    ),
    "a cycle": (
        {
            "solution.py": "from a import x\ndef f(y): return x",
            "a.py": "from b import y\nx = y",
            "b.py": "from a import x\ny = x",
        },
        "cannot import name 'x' from partially initialized module 'a' (most likely due to a circular import) (a.py)",
    ),
}


@pytest.mark.parametrize(("files", "message"), REFUSED.values(), ids=REFUSED)
def test_a_module_that_cannot_be_had_is_named(
    specs: Path, tmp_path: Path, files: dict[str, str | bytes], message: str
) -> None:
    report = hand_in(tmp_path / "alex", files, specs)
    assert report.questions[0].points == 0
    assert message in str(as_data(report)).replace("\\'", "'").replace('\\"', '"')


def test_a_notebook_imports_the_solution_beside_it(sandbox: Sandbox) -> None:
    cells = notebook("import solution", "def g(x):\n    return solution.f(x)")
    program = StudentProgram(cells.encode(), "work.ipynb", "notebook", {"solution.py": b"def f(x): return x + 1"})
    with sandbox.open(program) as session:
        (reply,) = session.call([FunctionCall("g", (2,))])
    assert isinstance(reply, Returned)
    assert reply.value == 3


def test_a_statement_of_a_module_that_stops_is_noted_with_its_file(specs: Path, tmp_path: Path) -> None:
    files = {
        "solution.py": "from utils import affine as f\nfrom utils import net",
        "utils.py": AFFINE + "net = 1 / 0\nassert net",
    }
    (note,) = hand_in(tmp_path / "alex", files, specs).messages
    assert note == (
        "utils.py, line 3 stopped: ZeroDivisionError: division by zero; line 4 and line 2 of solution.py need what it "
        "defines, and stop too; what everything else in solution.py defines is used"
    )


def test_every_source_that_could_run_is_in_the_report(specs: Path, tmp_path: Path) -> None:
    files = {
        "solution.py": "from utils import affine as f",
        "utils.py": AFFINE,
        "nn/__init__.py": "",
        "nn/a.py": "b = 1",
    }
    report = hand_in(tmp_path / "alex", files, specs)
    code = as_data(report)["code"]
    assert [code["file"], *(module["file"] for module in code["modules"])] == [
        "solution.py", "utils.py", "nn/__init__.py", "nn/a.py"
    ]  # fmt: skip
    seen = {entry["file"]: entry["sha256"] for entry in (code, *code["modules"])}
    assert seen == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}


def test_a_failure_inside_of_a_module_names_its_file_and_line(specs: Path, tmp_path: Path) -> None:
    files = {
        "solution.py": "from nn.ops import g\ndef f(x):\n    return g(x)",
        "nn/ops.py": "\ndef g(x):\n    return x.no",
    }
    (check,) = hand_in(tmp_path / "alex", files, specs).questions[0].checks
    assert isinstance(check.evidence, Counterexample)
    assert check.evidence.got.endswith("(nn/ops.py, line 3, in g: return x.no)")


def test_of_many_modules_the_nearest_are_there(tmp_path: Path) -> None:
    folder = tmp_path / "alex"
    for index in range(MAX_MODULE_FILES):
        path = folder / "far" / "away" / f"m{index}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1")
    (folder / "src").mkdir()
    for name in ("solution.py", "utils.py", "src/ops.py"):
        (folder / name).write_text("x = 1")
    (folder / "big.py").write_bytes(b"#" * (MAX_MODULES_BYTES + 1))
    found = modules_beside(SubmissionFiles(folder), "solution.py")
    names = [module.path for module in found.files]
    assert (names[0], names[1], len(names)) == ("utils.py", "src/ops.py", MAX_MODULE_FILES - 1)
    (note,) = found.notes
    assert note.startswith(
        "big.py and 3 more Python files are not there for the code to import: at most 300 files of 2 MiB"
    )


NAMED = {
    "import random, numpy as np": [
        "numpy.py is not used: numpy is the package that the course allows; rename the file",
        "random.py stands for Python's own random in this code, which adds what it lacks",
    ],
    "from random import gauss": ["random.py stands for Python's own random in this code, which adds what it lacks"],
    "import utils": [],
}


@pytest.mark.parametrize(("line", "notes"), NAMED.items())
def test_a_module_with_the_name_of_another_is_named(specs: Path, tmp_path: Path, line: str, notes: list[str]) -> None:
    files = dict.fromkeys(("random.py", "numpy.py", "test.py", "utils.py"), "x = 1")
    report = hand_in(tmp_path / "alex", {"solution.py": f"{line}\ndef f(x): return 2 * x + 1", **files}, specs)
    assert report.questions[0].points == 4
    assert [message for message in report.messages if ".py" in message] == notes
    in_notebook = hand_in(
        tmp_path / "kim", {"work.ipynb": notebook(line, "def f(x): return 2 * x + 1"), **files}, specs
    )
    assert [message for message in in_notebook.messages if message in notes] == notes


def test_a_link_among_the_modules_is_not_followed(specs: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text(AFFINE)
    (tmp_path / "alex").mkdir()
    os.symlink(tmp_path / "secret.py", tmp_path / "alex" / "utils.py")
    report = hand_in(tmp_path / "alex", {"solution.py": "from utils import affine as f"}, specs)
    assert report.questions[0].points == 0
    assert "utils.py: is a symbolic link" in str(as_data(report))
