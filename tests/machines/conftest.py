"""Systems written as texts, without YAML in between."""

import pytest

from grader.language.parse import parse
from grader.language.scope import Function
from grader.machines.alphabet import BIT_DOMAIN, Alphabet, Channel
from grader.machines.machine import EquationMachine
from grader.machines.program import Program
from grader.machines.system import Parameter, System

BITS = Alphabet({"x": Channel(BIT_DOMAIN)})


def read_initial(texts):
    initial = {}
    for key, text in texts.items():
        name, _, time = key.partition("[")
        initial[name, int(time[:-1]) if time else None] = parse(text)
    return initial


@pytest.fixture(scope="session")
def system():
    """A `System` from texts: `system({"h": "h[t-1] + x[t]"}, "h", initial={"h": "0"})`."""

    def build(equations, output, *, initial=(), functions=(), parameters=(), replaced=(), alphabet=BITS):
        heads = {head[: head.index("(")]: (head, body) for head, body in dict(functions).items()}
        arguments = {name: head[len(name) + 1 : -1].replace(" ", "").split(",") for name, (head, _) in heads.items()}
        return System(
            alphabet=alphabet,
            equations={name: parse(text) for name, text in equations.items()},
            output=parse(output),
            initial=read_initial(dict(initial)),
            functions={name: Function(tuple(arguments[name]), parse(body)) for name, (_, body) in heads.items()},
            parameters={name: Parameter(shape) for name, shape in dict(parameters).items()},
            substitutions={name: parse(text) for name, text in dict(replaced).items()},
        )

    return build


@pytest.fixture(scope="session")
def machine(system):
    """The machine of a system from texts, over its whole alphabet."""

    def build(equations, output, values=(), **parts):
        built = system(equations, output, **parts)
        return EquationMachine(Program(built), dict(values))

    return build
