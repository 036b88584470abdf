"""PyTorch where a course allows it: right answers keep their marks, and it opens nothing.

`pytest -m torch tests/hand_ins`, in an environment that has it (`pip install torch`).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from grader.reports.json import as_data
from grader.sandbox import BadValue, FunctionCall, Limits, LoadedProgram, Raised, Returned, Sandbox, StudentProgram

from .lab import hand_in, notebook, write_course

pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed here"),
]
PACKAGES = ("numpy", "torch")
LIMITS = Limits(call_seconds=10, load_seconds=20, run_seconds=60)

RIGHT = {
    "by hand": "import torch\ndef f(x):\n    return (2 * torch.tensor(x) + 1).numpy()",
    "a layer": "import torch.nn as nn, torch\nlayer = nn.Linear(1, 1).double()\n"
    "with torch.no_grad():\n    layer.weight.fill_(2)\n    layer.bias.fill_(1)\n"
    "def f(x):\n    return layer(torch.tensor(x)[:, None]).detach().numpy()[:, 0]",
    "a gradient": "import torch\ndef f(x):\n    w = torch.tensor(x, requires_grad=True)\n    (w ** 2 + w).sum().backward()\n    return w.grad.numpy()",
    "a compiled function": "import torch\n@torch.compile\ndef g(x):\n    return 2 * x + 1\n@torch.compile(mode='reduce-overhead')\n"
    "def h(x):\n    return x\ndef f(x):\n    return h(g(torch.tensor(x))).numpy()",
    "a trained model": "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\ntorch.manual_seed(0)\n"
    "xs = torch.linspace(-1, 1, 64).double()[:, None]\nmodel = torch.nn.Linear(1, 1).double()\n"
    "optimizer = torch.optim.SGD(model.parameters(), lr=0.3)\n"
    "for _ in range(60):\n    for x, y in DataLoader(TensorDataset(xs, 2 * xs + 1), batch_size=16, shuffle=True):\n"
    "        optimizer.zero_grad()\n        ((model(x) - y) ** 2).mean().backward()\n        optimizer.step()\n"
    "w, b = round(model.weight.item(), 2), round(model.bias.item(), 2)\n# %%\ndef f(x):\n    return w * x + b",
    "on whatever device there is": "import torch\ndevice = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"
    "def f(x):\n    return (2 * torch.tensor(x, device=device) + 1).cpu().numpy()",
    "many threads asked for": "import torch\ntorch.set_num_threads(8)\ndef f(x):\n    return (2 * torch.tensor(x) + 1).numpy()",
}


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_course(tmp_path_factory.mktemp("lab"), "packages: [torch]")


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_keeps_its_marks(specs: Path, tmp_path: Path, source: str) -> None:
    report = hand_in(tmp_path / "alex", {"solution.py": source}, specs)
    assert report.questions[0].points == 4, as_data(report)
    cells = [
        "%matplotlib inline",
        "import matplotlib.pyplot as plt",
        *source.split("\n# %%\n"),
        "plt.plot(f(torch.ones(2)))",
    ]
    assert hand_in(tmp_path / "kim", {"work.ipynb": notebook(*cells)}, specs).questions[0].points == 4


def test_a_wrong_answer_gets_none(specs: Path, tmp_path: Path) -> None:
    source = "import torch\ndef f(x):\n    return (3 * torch.tensor(x) + 1).numpy()"
    assert hand_in(tmp_path / "alex", {"solution.py": source}, specs).questions[0].points == 0


HOSTILE = """
import ctypes, os, subprocess, torch
from torch.utils.data import DataLoader

def attempt(action, *arguments, **named):
    try:
        return f"got {action(*arguments, **named)!r}"[:60]
    except BaseException as error:
        return type(error).__name__

def reads():
    return [attempt(torch.load, SECRET, weights_only=False), attempt(torch.from_file, SECRET, size=4, dtype=torch.uint8),
            attempt(torch.jit.load, SECRET), attempt(torch.ops.load_library, SECRET)]

def writes():
    return [attempt(torch.save, torch.zeros(1), MARK), attempt(torch.from_file, MARK, shared=True, size=4),
            attempt(torch.jit.save, torch.jit.script(torch.nn.Linear(1, 1)), MARK)]

def leaves():
    from torch.utils import cpp_extension
    return [attempt(torch.hub.load, "pytorch/vision", "resnet18"), attempt(os.fork),
            attempt(lambda: list(DataLoader(torch.arange(4.0), num_workers=1))),
            attempt(torch.multiprocessing.spawn, print, nprocs=1),
            attempt(cpp_extension.load_inline, "x", "int f() { return 1; }", functions=["f"]),
            attempt(torch.distributed.init_process_group, "gloo", init_method="tcp://127.0.0.1:1", rank=0, world_size=1)]

def memory():
    return attempt(torch.zeros, 1 << 29)

def threads():
    torch.set_num_threads(64)
    return float((torch.ones(500, 500) @ torch.ones(500, 500))[0, 0])
"""


@pytest.mark.parametrize("tier", ["A", "B", "C", "D", "off"])
def test_it_opens_nothing(tmp_path: Path, tier: str) -> None:
    secret, mark = tmp_path / "secret.txt", tmp_path / "mark"
    secret.write_text("CANARY")
    tmp_path.chmod(0o755)
    program = StudentProgram((f"SECRET, MARK = {str(secret)!r}, {str(mark)!r}\n" + HOSTILE).encode())
    with Sandbox(
        "off" if tier == "off" else "degraded", packages=PACKAGES, highest="A" if tier == "off" else tier
    ) as box:
        if box.tier.name != tier:
            pytest.skip(f"tier {tier} does not work on this machine")
        with box.open(program, LIMITS) as session:
            assert isinstance(session.load, LoadedProgram)
            assert not session.load.losses
            names = ["memory", "threads", *(["reads", "writes", "leaves"] if tier in "ABC" else [])]
            replies = dict(zip(names, session.call([FunctionCall(name) for name in names]), strict=True))
    seen = {name: reply.value for name, reply in replies.items() if isinstance(reply, Returned)}
    assert seen.keys() == replies.keys(), replies
    assert seen["memory"] == "RuntimeError"
    assert seen["threads"] == 500
    if tier in "ABC":
        assert not [what for name in ("writes", "leaves") for what in seen[name] if what.startswith("got")], seen
        assert not list(tmp_path.glob("mark*"))
    if tier in "AB":
        assert not [what for what in seen["reads"] if what.startswith("got")], seen


def test_without_being_allowed_it_is_named() -> None:
    source = b"import torch\ndef f(x): return torch.tensor(x)\n"
    with Sandbox() as box, box.open(StudentProgram(source)) as session:
        (reply,) = session.call([FunctionCall("f", (1.0,))])
    assert isinstance(reply, Raised)
    assert "No module named 'torch' (this assignment allows the standard library and numpy" in reply.message


def test_a_figure_of_a_library_that_is_not_allowed_is_none_with_it() -> None:
    source = b"import matplotlib.pyplot as plt, torch\ndef f(): return torch.zeros(1) + plt.x\ndef g(): return plt.hist(torch.zeros(3))\n"
    with Sandbox(packages=PACKAGES) as box, box.open(StudentProgram(source), LIMITS) as session:
        added, drawn = session.call([FunctionCall("f"), FunctionCall("g")])
    assert isinstance(added, Raised)
    assert isinstance(drawn, BadValue)
