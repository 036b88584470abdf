"""Pictures cost no answer: drawing libraries that a course does not allow are stood in for, and are never an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.reports.json import as_data
from grader.sandbox import BadValue, FunctionCall, LoadedProgram, Raised, Returned, Sandbox, Session, StudentProgram

from .lab import hand_in, notebook, write_course

CLUTTER = {
    "pyplot": "import matplotlib.pyplot as plt\nplt.figure(figsize=(8, 4))\nplt.plot([1, 2], label='x')\nplt.legend()\nplt.show()",
    "axes in a grid": "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, 2)\naxes[0, 1].plot([1])\naxes[1][0].set_title('x')",
    "axes taken apart": "from matplotlib import pyplot as plt\nfig, ((a, b), (c, d)) = plt.subplots(2, 2)\nd.plot([1])",
    "axes in a row": "import matplotlib.pyplot as plt\nfig, (left, right) = plt.subplots(ncols=2, figsize=(3, 3))\nleft.plot([1])",
    "axes walked through": "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, 3)\nseen = [a.plot(i) for i, a in enumerate(axes.flat)]\n"
    "assert len(seen) == 6 == axes.size and axes.shape == (2, 3)\nassert len(list(zip(axes.ravel(), range(9)))) == 6",
    "axes of a figure": "import matplotlib.pyplot as plt\n(a, b) = plt.figure().subplots(1, 2)\na.plot([1])",
    "what a histogram gives": "import matplotlib.pyplot as plt\nn, bins, patches = plt.hist([1, 2])\nfirst, *rest, last = plt.hist([1])\nline, = plt.plot([1])",
    "settings": "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (10, 8)\nplt.rcParams.update({'font.size': 9})\ndel plt.rcParams['x']\nassert 'x' not in plt.rcParams",
    "styles": "import matplotlib.pyplot as plt\nwith plt.style.context('ggplot'):\n    plt.plot([1])\nplt.style.use('seaborn')",
    "every name": "from matplotlib.pyplot import *\nfigure()\nplot([1, 2])\ntitle('x')\nshow()",
    "pylab": "from pylab import *\nx = linspace(0, 1, 3)\nplot(x)\nassert x[1] == 0.5\n"
    "assert max(1, norm([3, 4])) == 5 and randn(2).shape == (2,) and abs(-1) == round(1.2) == min(1, 2)",
    "pylab as a command": "%pylab inline\nassert linspace(0, 1, 3)[1] == np.exp(0) / 2 and max(1, 0.5) == 1\nplt.plot(rand(3))\nshow()",
    "three dimensions": "from mpl_toolkits.mplot3d import Axes3D\nimport matplotlib.pyplot as plt\nax = plt.figure().add_subplot(projection='3d')\nax.scatter([1], [1], [1])",
    "colours": "from matplotlib import cm, colors\nfrom matplotlib.colors import ListedColormap\ncm.viridis(0.5)\nlight = ListedColormap(['r', 'b'])",
    "animation": "from matplotlib import animation, rc\nfrom IPython.display import HTML\nrc('animation', html='jshtml')\nanim = animation.FuncAnimation(None, lambda i: (), frames=9)\nHTML(anim.to_jshtml())",
    "seaborn": "import seaborn as sns\nsns.set_theme(style='dark')\nsns.heatmap([[1]], annot=True, ax=sns.mpl.gca())",
    "plotly": "import plotly.express as px\nimport plotly.graph_objects as go\nfig = go.Figure(data=go.Scatter(x=[1], y=[2]))\nfig.update_layout(title='x').show()",
    "display": "from IPython.display import display, HTML, Image, clear_output\ndisplay(HTML('<b>x</b>'))\nclear_output(wait=True)",
    "IPython itself": "import IPython\nIPython.get_ipython().run_line_magic('matplotlib', 'inline')\nIPython.display.display(3)",
    "interact": "from ipywidgets import interact, fixed\nimport ipywidgets as widgets\n@interact(x=(0, 10))\ndef show(x): return x\nassert show(3) == 3\n"
    "interact(show, x=fixed(1))\nbox = widgets.IntSlider(value=7, min=0)\nbox.observe(show, names='value')",
    "a class of its own": "import matplotlib.pyplot as plt\nfrom matplotlib.patches import FancyArrowPatch\nclass Arrow(FancyArrowPatch, metaclass=type):\n"
    "    def __init__(self, x):\n        super().__init__((0, 0), (0, 0))\n        self.x = x\narrow = Arrow(3)\nassert arrow.x == 3\narrow.set_positions(1)",
    "types in signatures": "import matplotlib.pyplot as plt\nfrom typing import Optional\ndef show(ax: plt.Axes | None = None, b: Optional[plt.Figure] = None) -> plt.Axes: return ax\n"
    "assert not isinstance(3, plt.Axes)",
    "progress": "from tqdm import tqdm, trange\nassert [i for i in tqdm(range(4), desc='x')] == [0, 1, 2, 3] == list(trange(4))\n"
    "with tqdm(total=3) as bar:\n    bar.update(2)\n    bar.set_postfix(loss=1)\nassert bar.n == 2 and len(tqdm([1, 2])) == 2\ntqdm.write('x')",
    "progress in notebooks": "from tqdm.notebook import tqdm\nfrom tqdm.auto import trange\nimport tqdm as t\nassert list(tqdm([1, 2])) == [1, 2] == list(t.tqdm([1, 2]))\n"
    "from tqdm.contrib import tenumerate, tzip\nassert list(tenumerate('ab')) == list(tzip(range(2), 'ab'))",
    "coloured text": "from colorama import Fore, Style\nfrom termcolor import colored\nfrom tabulate import tabulate\n"
    "print(Fore.RED + 'x' + Style.RESET_ALL, colored('x', 'red'), tabulate([[1]]))\nassert Fore.RED + 'x' == 'x'",
    "profilers": "from memory_profiler import profile\nimport line_profiler\n@profile\ndef work(x): return x\n"
    "@line_profiler.profile\ndef more(x): return x\nassert work(3) == more(3) == 3",
    "a colab": "from google.colab import drive, files\ndrive.mount('/content/drive')\nimport google.colab.patches",
    "boards": "from torch.utils.tensorboard import SummaryWriter\nimport wandb\nwandb.init(project='x')\nfrom tensorboardX import SummaryWriter as W\nW().add_scalar('x', 1, 2)",
    "versions": "import matplotlib\nprint(matplotlib.__version__)\nmatplotlib.use('Agg')",
    "a loop that waits for a window": "import matplotlib.pyplot as plt\nwhile plt.fignum_exists(1):\n    plt.pause(0.1)",
}
MAY_STOP = {"boards"}  # its first line: torch is no library that draws


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    cells = [f"def clutter_{number}():\n    pass\n" for number in range(len(CLUTTER))]
    source = notebook(*(part for pair in zip(CLUTTER.values(), cells, strict=True) for part in pair))
    with Sandbox() as box, box.open(StudentProgram(source.encode(), "work.ipynb", "notebook")) as opened:
        yield opened


def test_no_statement_of_a_picture_stops(session: Session) -> None:
    load = session.load
    assert isinstance(load, LoadedProgram)
    names = list(CLUTTER)
    stopped = [(names[(int(loss.place.removeprefix("cell ")) - 1) // 2], loss.message) for loss in load.losses]
    assert [name for name, _ in stopped] == sorted(MAY_STOP), stopped
    assert len(load.functions) >= len(CLUTTER)


NO_ANSWERS = {
    "the axes": ("plt.subplots()[1]", BadValue),
    "a figure in a list": ("[1.0, plt.figure()]", BadValue),
    "the library": ("plt", BadValue),
    "a bar": ("tqdm([1])", BadValue),
    "a sum": ("plt.hist([1]) + 1", Raised),
    "a product from the left": ("2 * plt.pi", Raised),
    "an array of one": ("np.asarray(plt.x)", Raised),
    "a mean": ("float(np.mean(plt.hist([1])))", Raised),
    "a root": ("np.sqrt(plt.x)", Raised),
    "a matrix": ("np.eye(2) @ plt.x", Raised),
    "an order": ("plt.x < 3", Raised),
    "an index": ("[1, 2, 3][plt.x]", Raised),
    "a number": ("int(plt.x)", Raised),
    "a length": ("len(plt.x)", Raised),
    "rounded": ("round(plt.x, 2)", Raised),
    "negated": ("-plt.x", Raised),
    "an array inside of an array": ("np.array([plt.x, 1.0])", Raised),
    "what a subclass makes of it": ("Own().value", BadValue),
}


def test_a_stand_in_is_no_answer() -> None:
    """It fails where a value is wanted, with what it stands for; it equals nothing."""
    lines = [
        "import numpy as np",
        "import matplotlib.pyplot as plt",
        "from tqdm import tqdm",
        "class Own(plt.Axes): pass",
    ]
    lines += [f"def f{number}(): return {text}" for number, (text, _) in enumerate(NO_ANSWERS.values())]
    lines += [
        "def equal(): return [plt.x == 1, plt.x == plt.y, plt.x != 1.0, 3 in [plt.x], bool(np.array_equal([1], [1]))]"
    ]
    calls = [FunctionCall(f"f{number}") for number in range(len(NO_ANSWERS))]
    with Sandbox() as box, box.open(StudentProgram("\n".join(lines).encode())) as opened:
        replies = opened.call([*calls, FunctionCall("equal")])
    for (name, (_, kind)), reply in zip(NO_ANSWERS.items(), replies, strict=False):
        assert isinstance(reply, kind), (name, reply)
        if name not in ("the library", "a bar"):
            assert "has no value here: matplotlib is not among the packages" in str(reply), (name, reply)
    equal = replies[-1]
    assert isinstance(equal, Returned)
    assert equal.value == [False, False, True, False, True]


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_course(tmp_path_factory.mktemp("lab"))


NOT_ALLOWED = {
    "torch": ("import torch\ndef f(x): return (2 * torch.tensor(x) + 1).numpy()", "No module named 'torch'"),
    "scipy, inside": ("def f(x):\n    import scipy.linalg\n    return scipy.linalg.norm(x)", "No module named 'scipy'"),
    "sklearn": ("from sklearn.linear_model import Ridge\ndef f(x): return Ridge().fit(x)", "No module named 'sklearn'"),
    "pandas": ("import pandas as pd\ndef f(x): return pd.Series(x).values * 2 + 1", "No module named 'pandas'"),
}


@pytest.mark.parametrize(("source", "message"), NOT_ALLOWED.values(), ids=NOT_ALLOWED)
def test_what_an_answer_needs_and_the_course_does_not_allow_is_named(
    specs: Path, tmp_path: Path, source: str, message: str
) -> None:
    report = hand_in(tmp_path / "alex", {"solution.py": source}, specs)
    assert report.questions[0].points == 0
    said = str(as_data(report)).replace("\\'", "'")
    assert f"{message} (this assignment allows the standard library and numpy" in said
