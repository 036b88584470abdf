"""The functions that every expression may call: their names and how many arguments they take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Builtin:
    """`least`..`most` arguments (None: any number); `transcendental`: rational arguments give irrational values."""

    least: int = 1
    most: int | None = 1
    elementwise: bool = True
    transcendental: bool = False


BUILTINS: dict[str, Builtin] = {
    "abs": Builtin(),
    "sign": Builtin(),
    "step": Builtin(),
    "relu": Builtin(),
    "sigmoid": Builtin(transcendental=True),
    "tanh": Builtin(transcendental=True),
    "exp": Builtin(transcendental=True),
    "log": Builtin(transcendental=True),
    "sqrt": Builtin(transcendental=True),
    "sinh": Builtin(transcendental=True),
    "cosh": Builtin(transcendental=True),
    "sin": Builtin(transcendental=True),
    "cos": Builtin(transcendental=True),
    "softplus": Builtin(transcendental=True),
    "softmax": Builtin(elementwise=False, transcendental=True),
    "norm": Builtin(elementwise=False, transcendental=True),
    "dot": Builtin(2, 2, elementwise=False),
    "diag": Builtin(elementwise=False),
    "outer": Builtin(2, 2, elementwise=False),
    "len": Builtin(elementwise=False),
    "sum": Builtin(elementwise=False),
    "prod": Builtin(elementwise=False),
    "all": Builtin(elementwise=False),
    "any": Builtin(elementwise=False),
    "min": Builtin(1, None, elementwise=False),
    "max": Builtin(1, None, elementwise=False),
}
"""`step(z)` is 1 where z >= 0 and 0 elsewhere; `sign(0)` is 0; `norm` is Euclidean; `min(v)` is the least entry of
a vector, `min(a, b)` the smaller of two numbers, elementwise; `softplus(z)` is log(1 + exp(z)); `diag(v)` is the matrix
with the vector on its diagonal and `outer(a, b)` the matrix of all products `a[i]*b[j]`."""

JUMPS = frozenset({"step", "sign"})
"""Built-ins that jump at 0."""
