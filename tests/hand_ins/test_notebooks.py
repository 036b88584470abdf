"""Notebooks in the manner of real ones: what is around an answer costs nothing, and earns nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.function import code_runner
from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment
from grader.verdict import Report

from ..conftest import RUN

HEADS = {
    "sigmoid": ("sigmoid(x)", '{x: "vector(1..3, real(-4..4))"}'),
    "softmax": ("softmax(z)", '{z: "vector(2..3, real(-4..4))"}'),
    "one_hot": ("one_hot(i, n)", "{n: integer(3..5), i: integer(0..2)}"),
    "step": ("step(w, g, rate)", '{w: "vector(2, real(-4..4))", g: "vector(2, real(-4..4))", rate: real(0..1)}'),
}
REFERENCE = """\
import numpy as np
def sigmoid(x): return 1 / (1 + np.exp(-x))
def softmax(z): return np.exp(z) / np.exp(z).sum()
def one_hot(i, n): return np.eye(n)[i]
def step(w, g, rate): return w - rate * g
"""
NUMPY = "import numpy as np\n"
SIGMOID = "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"
SOFTMAX = "def softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()\n"
ONE_HOT = "def one_hot(i, n):\n    v = np.zeros(n)\n    v[i] = 1\n    return v\n"
STEP = "def step(w, g, rate):\n    return w - rate * g\n"
WRONG_STEP = "def step(w, g, rate):\n    return w + rate * g\n"
WRONG_SIGMOID = "def sigmoid(x):\n    return np.exp(-x) / (1 + np.exp(-x)) + 0.5\n"
ALL = SIGMOID + SOFTMAX + ONE_HOT + STEP
FULL = "sigmoid softmax one_hot step"
NOTHING: Mapping[str, str] = {}

NOTEBOOKS: dict[str, tuple[list[str], str, list[str]]] = {
    "magics at the top": (
        ["%matplotlib inline\n%load_ext autoreload\n%autoreload 2\nimport numpy as np\nimport matplotlib.pyplot as plt",
         "!pip install -q torch \\\n    torchvision\n", "%config InlineBackend.figure_format = 'retina'\n" + ALL,
         "sigmoid?", "??softmax", "x = np.linspace(-4, 4, 9)\nplt.plot(x, sigmoid(x));"],
        FULL, []),
    "torch for comparison": (
        ["import torch\nimport torch.nn as nn\nimport numpy as np\n" + SIGMOID, SOFTMAX,
         "t = torch.randn(3)\nassert np.allclose(torch.softmax(t, 0).numpy(), softmax(t.numpy()))",
         ONE_HOT + "class Net(nn.Module):\n    def forward(self, x): return x\n" + STEP, "net = Net()\nnet(t)"],
        FULL, ["cell 1, line 1 stopped: ModuleNotFoundError"]),
    "a failing scratch cell": (
        [NUMPY + SIGMOID, "sigmoid('text')", SOFTMAX + "assert softmax(np.ones(2))[0] == 3\n" + ONE_HOT,
         "1/0", STEP, "raise NotImplementedError('ask about this')"],
        FULL, ["cell 2, line 1 stopped: TypeError", "cell 3, line 4 stopped: AssertionError",
               "cell 4, line 1 stopped: ZeroDivisionError", "cell 6, line 1 stopped: NotImplementedError"]),
    "a syntax error in one cell": (
        [NUMPY + ALL, "def train(:\n    pass", "print 'python 2'"],
        FULL, ["cell 2, line 1 stopped: SyntaxError", "cell 3, line 1 stopped: SyntaxError"]),
    "an answer in the cell that is no Python": (
        [NUMPY + SIGMOID + SOFTMAX, ONE_HOT + "def step(w, g, rate)\n    return w - rate * g"],
        "sigmoid softmax", ["cell 2, line 5 stopped: SyntaxError"]),
    "timed and captured": (
        ["%%time\n" + NUMPY + SIGMOID, "%%capture out\n%%time\n" + SOFTMAX, "%%time\n\n" + ONE_HOT,
         "%time step = lambda w, g, rate: w - rate * g", "%timeit sigmoid(np.ones(3))", "out.show()",
         "%prun softmax(np.ones(3))"],
        FULL, []),
    "other languages": (
        ["%%bash\nls -la | grep data\necho $HOME", "%%html\n<style>h1 {color: red}</style>", "%%javascript\nalert('x')",
         "%%writefile notes.txt\nit's text", "%%latex\n$x$", "%%sql\nselect * from t", NUMPY + ALL,
         "files = !ls *.csv\nfor file in files:\n    print(file)\nhere = %pwd"],
        FULL, []),
    "a training loop without end": (
        [NUMPY + SIGMOID, "W = np.zeros(2)\nwhile True:\n    W = W + 0.1", SOFTMAX + ONE_HOT + STEP],
        FULL, ["cell 2, line 2 was left out: it took longer than the 0.5 s that it may take"]),
    "what needs the keyboard and the disk": (
        [NUMPY + "name = input('your name: ')\n" + SIGMOID, "data = np.load('mnist.npz')\nx = data['x']\n" + SOFTMAX,
         "with open('log.txt', 'w') as log:\n    log.write('x')\n" + ONE_HOT,
         "from urllib.request import urlretrieve\nurlretrieve('http://127.0.0.1/x', 'x')\n" + STEP],
        FULL, ["cell 1, line 2 stopped: EOFError", "cell 2, line 1 stopped", "cell 3, line 1 stopped",
               "cell 4, line 2 stopped"]),
    "a command line": (
        ["import argparse, sys\nparser = argparse.ArgumentParser()\nparser.add_argument('--rate', type=float)\n"
         "parser.add_argument('--data', required=True)\nargs = parser.parse_args()",
         NUMPY + SIGMOID + SOFTMAX, "rate = args.rate", ONE_HOT + STEP, "sys.exit(0)", "exit()", "quit()"],
        FULL, ["cell 1, line 5 stopped: SystemExit: 2; cell 3 needs what it defines, and stops too",
               "cell 5, line 1 stopped: SystemExit: 0", "cell 6, line 1 stopped: SystemExit"]),
    "it ends its process": (
        [NUMPY + SIGMOID, "import os\nos._exit(0)", SOFTMAX, "os.abort()", ONE_HOT + STEP],
        FULL, ["cell 2, line 2 was left out: it ended the process itself (exit status 0)",
               "cell 4, line 1 was left out: it was killed (SIGABRT)"]),
    "types of a library that is not there": (
        [NUMPY + "import torch\nfrom typing import Optional", "def sigmoid(x: torch.Tensor) -> torch.Tensor:\n"
         "    return 1 / (1 + np.exp(-x))", "def softmax(z: Optional[torch.Tensor] = None):\n"
         "    return np.exp(z) / np.sum(np.exp(z))", ONE_HOT,
         "@torch.no_grad()\ndef step(w, g, rate):\n    return w - rate * g"],
        "sigmoid softmax one_hot", ["cell 1, line 2 stopped: ModuleNotFoundError"]),
    "a function that needs what failed": (
        ["import torch", NUMPY + "def sigmoid(x):\n    return torch.sigmoid(torch.tensor(x)).numpy()", SOFTMAX,
         "EYE = torch.eye(5)\ndef one_hot(i, n):\n    return EYE[i][:n]", STEP],
        "softmax step", ["cell 1, line 1 stopped: ModuleNotFoundError"]),
    "wrong answers among right ones": (
        [NUMPY + ALL, "assert False", WRONG_STEP, "%%time\n" + WRONG_SIGMOID, "import torch"],
        "softmax one_hot", ["cell 2, line 1 stopped: AssertionError", "cell 5, line 1 stopped: ModuleNotFoundError"]),
    "defined anew": (
        [NUMPY + WRONG_SIGMOID + SOFTMAX + ONE_HOT + WRONG_STEP, "print(step(1, 1, 1) / 0)", SIGMOID + STEP],
        FULL, ["cell 2, line 1 stopped: ZeroDivisionError"]),
    "prompts and indents": (
        [">>> import numpy as np\n>>> def sigmoid(x):\n...     return 1 / (1 + np.exp(-x))\n",
         "In [3]: def softmax(z):\n   ...:     return np.exp(z) / np.exp(z).sum()\n",
         "    def one_hot(i, n):\n        return np.eye(n)[i]\n", "pip install numpy", "cd data", STEP],
        FULL, []),
    "await at the top": (
        ["import asyncio\n" + NUMPY, "async def fetch():\n    await asyncio.sleep(0)\n    return 1.0",
         "one = await fetch()\ndef sigmoid(x):\n    return one / (one + np.exp(-x))", SOFTMAX + ONE_HOT + STEP],
        FULL, []),
    "too deep, too much": (
        [NUMPY + SIGMOID, "def dive(n): return dive(n + 1)\ndive(0)", "kept = bytearray(1 << 40)",
         "raise KeyboardInterrupt", SOFTMAX + ONE_HOT + STEP],
        FULL, ["cell 2, line 2 stopped: RecursionError", "cell 3, line 1 was left out: it needs more memory than the 1024 MiB that there are",
               "cell 4, line 1 stopped: KeyboardInterrupt"]),
    "as a program": (
        [NUMPY + ALL, "def main():\n    print(sigmoid(np.zeros(2)))\nif __name__ == '__main__':\n    main()\n    RATE = 1.0",
         "def step(w, g, rate):\n    return w - RATE * rate * g"],
        FULL, []),
    "everything from a module that is not there": (
        ["from d2l_helpers import *\n" + NUMPY, SIGMOID, "def softmax(z):\n    return my_softmax(z)", ONE_HOT + STEP],
        "sigmoid one_hot step", ["cell 1, line 1 stopped: ModuleNotFoundError"]),
    "from Colab": (
        ["from google.colab import drive, files\ndrive.mount('/content/drive')\n%cd /content/drive/MyDrive/hw3\n!nvidia-smi",
         "uploaded = files.upload()\nfor name in uploaded.keys():\n    print(name)", "#@title Set up\n!pip -q install d2l==1.0\n"
         "import torch, numpy as np, pandas as pd\ndevice = 'cuda' if torch.cuda.is_available() else 'cpu'",
         ALL, "model = torch.nn.Linear(2, 1).to(device)", "!zip -r hw3.zip . && ls", "files.download('hw3.zip')"],
        FULL, ["cell 3, line 3 stopped: ModuleNotFoundError: No module named 'torch'",
               "cell 3, line 3 stopped: ModuleNotFoundError: No module named 'pandas'"]),
    "pictures of everything": (
        ["%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt\nimport seaborn as sns\nsns.set_theme()\n"
         "plt.rcParams['figure.figsize'] = (8, 4)", SIGMOID, "fig, axes = plt.subplots(2, 2, figsize=(8, 8))\nx = np.linspace(-4, 4)\n"
         "for ax, scale in zip(axes.flat, range(4)):\n    ax.plot(x, sigmoid(scale * x), label=f'{scale}')\n    ax.legend()\n"
         "axes[0, 0].set_title('sigmoid')\nfig.savefig('sigmoid.png')\nplt.tight_layout(); plt.show()", SOFTMAX,
         "from mpl_toolkits.mplot3d import Axes3D\nax = plt.figure().add_subplot(111, projection='3d')\nax.plot_surface(x, x, x)",
         "from matplotlib.animation import FuncAnimation\nfrom IPython.display import HTML\n"
         "HTML(FuncAnimation(fig, lambda i: [], frames=9).to_jshtml())", "n, bins, _ = plt.hist(softmax(x), bins=5)\n"
         "im = plt.imshow(np.eye(3), cmap=plt.cm.gray)\nfig.colorbar(im)", ONE_HOT + STEP],
        FULL, []),
    "pictures and progress in the answers": (
        ["import numpy as np\nimport matplotlib.pyplot as plt\nfrom tqdm.auto import tqdm, trange",
         "def sigmoid(x):\n    y = np.array([1 / (1 + np.exp(-x)) for x in tqdm(x, leave=False)])\n    plt.plot(y)\n    plt.show()\n"
         "    return y", "def softmax(z):\n    e = np.zeros(len(z))\n    for k in trange(len(z)):\n        e[k] = np.exp(z[k])\n"
         "    with tqdm(total=1) as bar:\n        bar.update()\n    return e / e.sum()", ONE_HOT, STEP],
        FULL, []),
    "helpers beside it": (
        ["!pip install -q einops\n%load_ext autoreload\n%autoreload 2\nfrom utils import sigmoid, softmax, train",
         "from nn import Net, one_hot\nimport nn.optim as optim", "step = optim.sgd\nnet = Net()", "train(net)"],
        FULL, ["utils.py, line 1 stopped: ModuleNotFoundError: No module named 'torch'"]),
    "a file that it runs": (
        ["%run -i ./helpers.py\n%matplotlib inline", SIGMOID + STEP, "%run train.py --epochs 3"],
        FULL, []),
    "pylab": (
        ["%pylab inline", "def sigmoid(x):\n    return 1 / (1 + np.exp(-x)) + zeros(len(x))",
         "def softmax(z):\n    e = exp(z - max(z))\n    return e / e.sum()", "def one_hot(i, n):\n    v = zeros(max(n, 1))\n    v[i] = 1\n"
         "    return v", STEP, "plot(linspace(0, 1)); title('x'); show()"],
        FULL, []),
    "decorated and typed": (
        ["from __future__ import annotations\nimport functools, time\nfrom dataclasses import dataclass, field\nimport numpy as np\n"
         "from numpy.typing import NDArray", "def timed(function):\n    @functools.wraps(function)\n    def inner(*args, **named):\n"
         "        start = time.perf_counter()\n        try:\n            return function(*args, **named)\n        finally:\n"
         "            print(f'{time.perf_counter() - start:.3f} s')\n    return inner", f"@timed\n{SIGMOID}",
         "@dataclass(frozen=True)\nclass Config:\n    rate: float = 0.1\n    sizes: list[int] = field(default_factory=list)\nconfig = Config()",
         "@timed\ndef softmax(z: NDArray[np.float64], *, axis: int = -1) -> torch.Tensor:\n    e = np.exp(z)\n    return e / e.sum()",
         "@functools.lru_cache(maxsize=None)\ndef one_hot(i: int, n: int) -> NDArray:\n    return np.eye(n)[i]",
         "class Optimizer:\n    def __call__(self, w, g, rate=config.rate):\n        return w - rate * g\nstep = Optimizer()"],
        FULL, []),
    "a training that comes to its end": (
        [NUMPY + "from tqdm.notebook import tqdm\nrng = np.random.default_rng(0)\nnp.random.seed(1)\nlosses = []", ALL,
         "X, y = rng.normal(size=(20, 2)), rng.integers(0, 2, 20)\nw = np.zeros(2)\nfor epoch in (bar := tqdm(range(9))):\n"
         "    p = sigmoid(X @ w)\n    w = step(w, X.T @ (p - y), 0.1)\n    losses.append(float(-np.log(p).mean()))\n"
         "    bar.set_description(f'{losses[-1]:.3f}')", "assert losses[-1] > losses[0] > 0, 'it learns nothing'",
         "import matplotlib.pyplot as plt\nplt.semilogy(losses)\nnp.save('w.npy', w)", "best = np.load('w.npy')\nbest.sum()"],
        FULL, ["cell 4, line 1 stopped: AssertionError", "cell 5, line 3 stopped", "cell 6, line 1 stopped: FileNotFoundError"]),
    "data that is not there": (
        ["import pandas as pd\nfrom sklearn.model_selection import train_test_split\n" + NUMPY,
         "df = pd.read_csv('train.csv')\ndf.head()", "X = df.drop(columns='y').values\ny = df['y'].values", SIGMOID + SOFTMAX,
         "X_train, X_test, y_train, y_test = train_test_split(X, y)\nfor k in range(len(X_train)):\n    pass",
         "text = open('shakespeare.txt').read()\nchars = sorted(set(text))", ONE_HOT + STEP, "sigmoid(X_train)"],
        FULL, ["cell 1, line 1 stopped: ModuleNotFoundError: No module named 'pandas'",
               "cell 1, line 2 stopped: ModuleNotFoundError: No module named 'sklearn'",
               "cell 6, line 1 stopped: FileNotFoundError"]),
    "names that are cleared": (
        [NUMPY + WRONG_STEP, "for name in list(globals()):\n    if not name.startswith('_'):\n        del globals()[name]", "%reset -f",
         "globals().clear()", NUMPY + ALL, "del undefined"],
        FULL, ["cell 6, line 1 stopped: NameError"]),
    "settings of everything": (
        ["import io, logging, os, random, sys, threading, warnings\n" + NUMPY, "warnings.filterwarnings('error')\n"
         "np.seterr(all='raise')\nnp.set_printoptions(precision=2)\nrandom.seed(3)\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'\n"
         "sys.path.append('..')\nsys.setrecursionlimit(10**6)\nsys.stdout = io.StringIO()\nlogging.basicConfig(level=logging.DEBUG)",
         "log = logging.getLogger(__name__)\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
         "def sigmoid(x):\n    log.info('x is %s', x)\n    return 1 / (1 + np.exp(-x))", SOFTMAX + ONE_HOT + STEP, "sys.stdout.close()"],
        FULL, []),
    "widgets": (
        ["import ipywidgets as widgets\nfrom ipywidgets import interact\nfrom IPython.display import display, clear_output\n" + NUMPY,
         SIGMOID, "@interact(scale=(0, 10))\ndef show(scale=1):\n    clear_output()\n    display(sigmoid(np.ones(scale)))",
         "slider = widgets.FloatSlider(min=0, max=1)\nslider.observe(lambda change: change['new'], names='value')\ndisplay(slider)",
         SOFTMAX + ONE_HOT + STEP, "softmax(np.ones(3) * slider.value)"],
        FULL, ["cell 6, line 1 stopped: TypeError"]),
}  # fmt: skip
BESIDE = {
    "helpers beside it": {
        "utils.py": f"import torch, {NUMPY.removeprefix('import ')}{SIGMOID}{SOFTMAX}def train(net): raise SystemExit\n",
        "nn/__init__.py": "from .layers import *\nfrom .onehot import one_hot\n",
        "nn/layers.py": "import torch.nn as nn\nclass Net(nn.Module): pass\n",
        "nn/onehot.py": NUMPY + ONE_HOT,
        "nn/optim.py": STEP.replace("step", "sgd"),
    },
    "a file that it runs": {
        "helpers.py": NUMPY + SOFTMAX + ONE_HOT,
        "train.py": "import argparse\nif __name__ == '__main__':\n    argparse.ArgumentParser().parse_args()\n",
    },
}
"""The files beside a notebook."""
MISTAKES = {
    "np.exp(-x)": "np.exp(x)",
    "e / e.sum()": "e / e.max()",
    "np.exp(z).sum()": "np.exp(z).max()",
    "np.sum(np.exp(z))": "np.max(np.exp(z))",
    "v[i] = 1": "v[i] = 2",
    "np.eye(n)[i]": "np.eye(n)[i] / 2",
    "- rate * g": "+ rate * g",
    "- RATE * rate * g": "+ RATE * rate * g",
}
"""What makes each answer of the notebooks a wrong one, with everything around it as it is."""


def notebook(*cells: str) -> str:
    """Code cells between cells of prose, as Jupyter saves them."""
    made = []
    for number, cell in enumerate(cells):
        made.append({"cell_type": "markdown", "id": f"m{number}", "metadata": {}, "source": [f"## Part {number}\n"]})
        made.append(
            {
                "cell_type": "code",
                "id": f"c{number}",
                "execution_count": number,
                "metadata": {"scrolled": True},
                "outputs": [{"output_type": "stream", "name": "stdout", "text": ["def sigmoid(x): return 0\n"]}],
                "source": cell.splitlines(keepends=True) if number % 2 else cell,
            }
        )
    kernel = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python", "version": "3.10.12"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that never ends is left out soon."""
    monkeypatch.setattr(code_runner, "LOADING_TIMEOUT_S", 1.0)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return written(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def hidden_lab(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """All of it hidden: no counterexample is made small, which takes most of the time."""
    return written(tmp_path_factory.mktemp("hidden"), ", hidden: true")


def written(root: Path, visibility: str = "") -> Assignment:
    specs = root / "specs" / "lab"
    specs.mkdir(parents=True)
    (root / "reference").mkdir()
    (root / "reference" / "lab.py").write_text(REFERENCE)
    (specs / "assignment.yaml").write_text(f"assignment: lab\nquestions: [{', '.join(HEADS)}]\n")
    for name, (head, inputs) in HEADS.items():
        (specs / f"{name}.yaml").write_text(
            f"question: {name}\ntitle: A function\npoints: 3\nanswer: function\nsignature: {head}\ninputs: {inputs}\n"
            f"cases: 6\nchecks:\n"
            f"  - {{name: right, points: 1, equals: reference.lab.{name}{visibility}}}\n"
            f"  - {{name: hidden, points: 1, hidden: true, equals: reference.lab.{name}}}\n"
            "  - {name: leaves its arguments as they are, points: 1, pure: true}\n"
        )
    return load_assignment(specs)


def graded(lab: Assignment, folder: Path, beside: Mapping[str, str] = NOTHING, **files: str) -> Report:
    for name, text in {**beside, **{name.replace("__", "."): text for name, text in files.items()}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return grade(Submission(folder), lab, run=RUN)


def earned(report: Report) -> str:
    assert not [question.id for question in report.questions if question.status == "held"]
    return " ".join(question.id for question in report.questions if question.points == question.max_points)


def mistaken(text: str) -> str:
    """A text in which every answer is wrong."""
    for right, wrong in MISTAKES.items():
        text = text.replace(right, wrong)
    return text


@pytest.mark.long
@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.sampled(4)
def test_the_same_notebook_with_wrong_answers_earns_nothing(hidden_lab: Assignment, tmp_path: Path, name: str) -> None:
    cells = [mistaken(cell) for cell in NOTEBOOKS[name][0]]
    beside = {file: mistaken(text) for file, text in BESIDE.get(name, NOTHING).items()}
    report = graded(hidden_lab, tmp_path / "alice", beside, hw__ipynb=notebook(*cells))
    assert report.points == 0
    assert {question.status for question in report.questions} <= {"graded", "rejected"}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_right_answer_earns_its_marks(lab: Assignment, tmp_path: Path, name: str) -> None:
    cells, right, notes = NOTEBOOKS[name]
    report = graded(lab, tmp_path / "alice", BESIDE.get(name, NOTHING), hw__ipynb=notebook(*cells))
    assert earned(report) == right
    shown = [message for message in report.messages if not message.startswith("the code was read from hw.ipynb")]
    assert len(shown) == len(notes), shown
    for note, message in zip(notes, shown, strict=False):
        assert message.startswith(f"hw.ipynb, {note}" if note.startswith("cell ") else note), message
    if notes:
        assert shown[-1].endswith("; what everything else in hw.ipynb defines is used")


@pytest.mark.parametrize(
    "name", ["torch for comparison", "a failing scratch cell", "what needs the keyboard and the disk"]
)
def test_a_file_is_loaded_in_the_same_way(lab: Assignment, tmp_path: Path, name: str) -> None:
    cells, right, _notes = NOTEBOOKS[name]
    report = graded(lab, tmp_path / "alice", solution__py="\n\n# %%\n".join(cells))
    assert earned(report) == right
    assert all(message.startswith("solution.py, line ") for message in report.messages)


def messages(report: Report, question: str) -> str:
    (result,) = (one for one in report.questions if one.id == question)
    return " ".join([*result.messages, *(check.message for check in result.checks)])


def test_a_function_says_which_cell_it_misses(lab: Assignment, tmp_path: Path) -> None:
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(*NOTEBOOKS["a function that needs what failed"][0]))
    lost = "(cell 1, line 1, which would define it, stopped: ModuleNotFoundError: "
    assert f"raised NameError: name 'torch' is not defined {lost}" in messages(report, "sigmoid")
    needed = "(cell 4, line 1, which would define it, stopped: NameError: name 'torch' is not defined; it needs cell 1"
    assert f"NameError: name 'EYE' is not defined {needed}" in messages(report, "one_hot")


def test_a_function_that_is_lost_says_why(lab: Assignment, tmp_path: Path) -> None:
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(*NOTEBOOKS["types of a library that is not there"][0]))
    said = "there is no function 'step' (cell 5, line 2, which would define it, stopped: NameError: name 'torch'"
    assert messages(report, "step").startswith(said)


def test_what_stops_for_want_of_a_name_is_said_with_it(lab: Assignment, tmp_path: Path) -> None:
    needy = "import torch\nnet = torch.nn.Linear(1, 1)\nx = 1\ny = net(x)"
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(needy, NUMPY + ALL, *["z = net(torch.ones(1))"] * 9))
    (note,) = report.messages
    assert note.endswith(
        "; line 2, line 4, cell 3, cell 4, cell 5, cell 6 and 5 more need what it defines, and stop too;"
        " what everything else in hw.ipynb defines is used"
    )


def test_notes_are_bounded_and_escaped(lab: Assignment, tmp_path: Path) -> None:
    hostile = "raise Exception('\\x1b[31m' + 'points: 4/4\\n' * 10**3)"
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(*[f"{hostile}\n" * 30] * 30, NUMPY + ALL))
    assert earned(report) == FULL
    assert len(report.messages) == 2
    assert report.messages[0].startswith("hw.ipynb, cell 1, line 1 stopped: Exception: \\x1b[31mpoints: 4/4\\npoints")
    assert report.messages[0].endswith(" (and 39 more statements in the same way)")
    assert report.messages[1].startswith("hw.ipynb: 860 more statements stopped")
    assert all(len(message) < 500 and message.isprintable() for message in report.messages)


def test_a_file_that_is_no_python_shows_the_place(lab: Assignment, tmp_path: Path) -> None:
    report = graded(lab, tmp_path / "alice", solution__py=f"{NUMPY}{SIGMOID}def step(w, g, rate)\n    return w\n")
    wanted = (
        "the code could not be loaded: SyntaxError: expected ':'\nsolution.py, line 4\n"
        "    def step(w, g, rate)\n                        ^"
    )
    assert [(one.status, one.messages) for one in report.questions] == [("rejected", (wanted,))] * 4


def test_notes_of_a_notebook_without_failures_are_none(lab: Assignment, tmp_path: Path) -> None:
    assert graded(lab, tmp_path / "alice", hw__ipynb=notebook(NUMPY, "", "# nothing\n", ALL)).messages == ()
