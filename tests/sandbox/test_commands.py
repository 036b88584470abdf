"""Notebook commands become Python, line by line; Python stays as it is; hostile text costs a bounded amount of reading."""

from __future__ import annotations

import ast
import builtins
from typing import Any

import pytest

from grader.documents import commands
from grader.documents.commands import CommandTransformer

BECOMES = {
    "%matplotlib inline\nx = 1": "get_ipython().run_line_magic('matplotlib', 'inline')\nx = 1\n",
    "!pip install a \\\n  b\ny = 2\n": "get_ipython().system('pip install a    b')\n\ny = 2\n",
    "%%time\n\ndef f():\n    return 1\n": "get_ipython().begin_cell_magic('time', '')\n\ndef f():\n    return 1\n",
    "%%capture cap\n%%time\nx = !ls\ny = %time 3": "get_ipython().begin_cell_magic('capture', 'cap')\n"
    "get_ipython().begin_cell_magic('time', '')\nx = get_ipython().getoutput('ls')\n"
    "y = get_ipython().run_line_magic('time', '3')\n",
    "\n\n%%bash\nls\necho $x\n": "\n\nget_ipython().run_cell_magic('bash', '', '')\n\n\n",
    "x = 1\nf.g?\ny = 2": "x = 1\nget_ipython().run_line_magic('pinfo', 'f.g')\ny = 2\n",
    "??f": "get_ipython().run_line_magic('pinfo2', 'f')\n",
    "\n\n   def f(x):\n      return x\n": "\n\ndef f(x):\n   return x\n",
    "if True:\n    !ls\n    %cd ..\n    x = 1": "if True:\n    get_ipython().system('ls')\n"
    "    get_ipython().run_line_magic('cd', '..')\n    x = 1\n",
    "pip install numpy": "get_ipython().run_line_magic('pip', 'install numpy')\n",
    ">>> def f(x):\n...     return x\n": "def f(x):\n    return x\n",
    "In [1]: x = 3\n": "x = 3\n",
    "text = '''\n%items\n'''\n%pwd\n": "text = '''\n%items\n'''\nget_ipython().run_line_magic('pwd', '')\n",
    "!echo it's \"\ndef g(): return 1": "get_ipython().system('echo it\\'s \"')\ndef g(): return 1\n",
    "!cat <<'''\ny = (7\n% 4)": "get_ipython().system(\"cat <<'''\")\ny = (7\n% 4)\n",
    "def f():\n    x = !ls\n    return x": "def f():\n    x = get_ipython().getoutput('ls')\n    return x\n",
    "!!ls": "get_ipython().getoutput('ls')\n",
    "%": "get_ipython().run_line_magic('', '')\n",
    "%%html\n<b>it's</b>": "get_ipython().run_cell_magic('html', '', '')\n\n",
}

STAYS = [
    *("", "\n\n", "x = 5 % 3\n", "y = (7\n% 4)\n", "text = '''\n!x\n'''\n", "print('why?')\n# why?\n", "await f()"),
    *(
        "def f(:\n    pass",
        "a = %",
        "x = [1,\n",
        "def f(:\n %time",
        "pip install torch\nimport numpy",
        "%" + "x" * 20_000,
    ),
    *("import os; !ls", "\0%x", "%x\n" + "-" * 50_000 + "1"),
]


@pytest.mark.parametrize(("text", "python"), BECOMES.items())
def test_commands_become_python_in_their_lines(text: str, python: str) -> None:
    assert CommandTransformer().python(text) == python
    ast.parse(python)
    assert len(python.splitlines()) == len(text.splitlines())


@pytest.mark.parametrize("text", STAYS, ids=lambda text: text[:20])
def test_what_has_no_commands_stays_as_it_is(text: str) -> None:
    assert CommandTransformer().python(text).rstrip() == text.rstrip()


HOSTILE = {
    "commands": "%a\n" * 3_000 + "def f(: ",
    "a long program": "x = 1\n" * 2_000 + "%a\n" * 50,
    "names": ("a" * 9_000 + "?\n") * 50 + "(",
    "brackets": "!" + "(" * 5_000,
    "blocks": "".join(" " * i + "if 1:\n" for i in range(90)) + "%x",
    "quotes": "!'''\n" * 2_000,
    "continued": "%x\\\n" * 20_000,
    "blank lines": "\n" * 100_000 + "%x",
    "magics of magics": "%%time\n" * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_cells_are_read_a_bounded_number_of_times(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = {"compiled": 0, "tokenized": 0}
    manager = commands._manager()
    monkeypatch.setattr(commands, "MAX_COMPILED_CHARACTERS", 100_000)
    monkeypatch.setattr(commands, "MAX_TOKENIZED_CHARACTERS", 20_000)

    def compiled(source: Any, *arguments: Any, **options: Any) -> Any:
        read["compiled"] += len(source)
        return builtins.compile(source, *arguments, **options)

    def transformed(lines: list[str]) -> Any:
        read["tokenized"] += sum(map(len, lines))
        return type(manager).do_one_token_transform(manager, lines)

    monkeypatch.setattr(commands, "compile", compiled, raising=False)
    monkeypatch.setattr(manager, "do_one_token_transform", transformed)
    made = CommandTransformer().python(text)
    assert len(made) < 30 * len(text)
    assert read["compiled"] <= 100_000
    assert read["tokenized"] <= 20_000
