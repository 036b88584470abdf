"""The generator of the differential test: pairs that are equal by rewriting, or of which one has a mutated term."""

from __future__ import annotations

import ast
import random
from typing import NamedTuple

from .decimal_oracle import LENGTH, NUMBERS, POSITIVE, UNIT, VECTORS, called

CONSTANTS = ("1", "2", "3", "1/2", "0.1", "7", "50", "-4")


class Pair(NamedTuple):
    """Two texts; `mutated` says how the first was changed, "" where they are equal."""

    left: str
    right: str
    mutated: str


def pair(seed: int) -> Pair:
    """A pair: even seeds are equal by rewriting, of odd ones a term of the first is mutated."""
    rng = random.Random(f"differential {seed}")
    left, right = rewritten(rng, rng.randint(1, 3))
    if seed % 2 == 0:
        return Pair(left, right, "")
    changed, how = mutated(rng, left)
    return Pair(changed, right, how)


def leaf(rng: random.Random) -> str:
    match rng.randrange(8):
        case 0:
            return f"({rng.choice(CONSTANTS)})"
        case 1:
            return rng.choice((POSITIVE, UNIT))
        case 2:
            return f"{rng.choice(VECTORS)}[{rng.randrange(LENGTH)}]"
    return rng.choice(NUMBERS)


def linear(rng: random.Random) -> str:
    first, second = rng.sample(NUMBERS, 2)
    return rng.choice((f"({first} - {rng.choice(CONSTANTS)})", f"({first} + {second})", f"(2*{first} - {second} + 1)"))


OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def rewritten(rng: random.Random, depth: int) -> tuple[str, str]:
    """Two texts of the same formula, which have no value at the same points but for a set of measure zero."""
    if depth == 0:
        text = leaf(rng)
        return text, text
    (a, c) = rewritten(rng, depth - 1)
    (b, d) = rewritten(rng, rng.randrange(depth))
    rule = rng.choice(RULES)
    return tuple(f"({side})" for side in rule(rng, a, c, b, d))  # type: ignore[return-value]  # two texts


def _algebra(rng: random.Random, a: str, c: str, b: str, d: str) -> tuple[str, str]:
    return rng.choice(
        (
            (f"{a} + {b}", f"{d} + {c}"),
            (f"{a} - {b}", f"-{d} + {c}"),
            (f"{a}*{b}", f"{d}*{c}"),
            (f"{a}*({b} + 1)", f"{c}*{d} + {c}"),
            (f"({a} + {b})**2", f"{c}**2 + 2*{c}*{d} + {d}**2"),
            (f"({a} - {b})*({a} + {b})", f"{c}**2 - {d}**2"),
            (f"{a}/3 + {b}", f"({c} + 3*{d})/3"),
            (f"{a}/(1 + {b}**2)", f"{c}*(1 + {d}*{d})**-1"),
            (f"{a}*{POSITIVE}/{POSITIVE}", c),
            (f"0.25*{a}", f"{c}/4"),
        )
    )


def _gaps(rng: random.Random, a: str, c: str, b: str, d: str) -> tuple[str, str]:
    name, other = rng.choice(NUMBERS), linear(rng)
    return rng.choice(
        (
            (f"{a}*{name}/{name}", c),
            (f"{a}*{other}/{other} + {b}", f"{c} + {d}"),
            (f"({name}**2 - 1)/({name} - 1)*{a}", f"({name} + 1)*{c}"),
            (f"{a} + {name}*({b}/{name})", f"{c} + {d}"),
            (f"-{a}/{UNIT}*(-{UNIT})", c),
            (f"sin({name})/{name}*{name}*{a}", f"{c}*sin({name})"),
        )
    )


def _smooth(rng: random.Random, a: str, c: str, b: str, d: str) -> tuple[str, str]:
    name = rng.choice(NUMBERS)
    inner = name if rng.random() < 0.4 else None
    a, c = (inner, inner) if inner else (a, c)
    return rng.choice(
        (
            (f"sigmoid({a})", f"1/(1 + exp(-{c}))"),
            (f"sigmoid({a})", f"1 - sigmoid(-{c})"),
            (f"sigmoid({a})", f"(1 + tanh({c}/2))/2"),
            (f"tanh({a})", f"2*sigmoid(2*{c}) - 1"),
            (f"tanh({a})", f"(exp({c}) - exp(-{c}))/(exp({c}) + exp(-{c}))"),
            (f"sigmoid({a})*(1 - sigmoid({a}))", f"exp(-{c})/(1 + exp(-{c}))**2"),
            (f"(1 - tanh({a})**2)*{b}", f"{d}/cosh({c})**2"),
            (f"softplus({a})", f"log(1 + exp({c}))"),
            (f"softplus({a}) - softplus(-{a})", c),
            (f"exp({a})*exp({b})", f"exp({c} + {d})"),
            (f"exp({a})/(exp({a}) + exp({b}))", f"sigmoid({c} - {d})"),
            (f"log(exp({a}))", c),
            (f"log({POSITIVE}*(1 + {a}**2))", f"log({POSITIVE}) + log({c}*{c} + 1)"),
            (f"sin({name})**2 + cos({name})**2 + {b}", f"1 + {d}"),
            (f"cosh({name})**2 - sinh({name})**2", "1"),
            (f"log(sqrt({a}))", f"log({c})/2"),
            (f"sqrt({a})*sqrt({a})", f"{c}*sqrt({c})/sqrt({c})"),
            (f"(2*{a} - 90)**0.5", f"sqrt(2)*sqrt({c} - 45)"),
        )
    )


def _bent(rng: random.Random, a: str, c: str, b: str, d: str) -> tuple[str, str]:
    edge, other, op = linear(rng), linear(rng), rng.choice(sorted(OPPOSITE))
    return rng.choice(
        (
            (f"max({a}, {b})", f"{d} + relu({c} - {d})"),
            (f"min({a}, {b})", f"({c} + {d} - abs({c} - {d}))/2"),
            (f"abs({a})", f"max({c}, -{c})"),
            (f"abs({a})", f"sqrt({c}**2)"),
            (f"relu({a})", f"({c} if {c} > 0 else 0)"),
            (f"relu({a})", f"{c}*step({c})"),
            (f"relu({a}) - relu(-{a})", c),
            (f"({a} if {edge} {op} {other} else {b})", f"({d} if {edge} {OPPOSITE[op]} {other} else {c})"),
            (f"{a}*({edge} > 0)", f"({c} if {edge} > 0 else 0*{c})"),
            (f"{a} + step({edge})", f"({c} if {edge} < 0 else {c} + 1)"),
            (f"min(relu({edge}), 6) + {a}", f"{c} + relu(min({edge}, 6))"),
            (f"abs({a}*{b})", f"abs({d})*abs({c})"),
            (f"{a} - 3*({a}//3)", f"{c} % 3"),
        )
    )


def _arrays(rng: random.Random, a: str, c: str, b: str, d: str) -> tuple[str, str]:
    one, two = rng.sample(VECTORS, 2)
    terms = " + ".join(f"{one}[{i}]*{two}[{i}]" for i in range(LENGTH))
    return rng.choice(
        (
            (f"dot({one}, {two})*{a}", f"{c}*({terms})"),
            (f"norm({one})**2 + {a}", f"dot({one}, {one}) + {c}"),
            (f"{a}/norm({one})", f"{c}/sqrt(dot({one}, {one}))"),
            (f"sum({a}*k for k in range(1, n + 1))", f"{c}*n*(n + 1)/2"),
            (f"sum({a} for k in range(0, n)) + {b}", f"{d} + n*{c}"),
            (f"sum({one}[k]*{a} for k in range(0, {LENGTH}))", f"{c}*({one}[0] + {one}[1] + {one}[2])"),
        )
    )


RULES = (_algebra, _algebra, _smooth, _smooth, _bent, _bent, _gaps, _arrays)


class _Mutation(ast.NodeTransformer):
    """Changes the term with a number."""

    def __init__(self, number: int, rng: random.Random) -> None:
        self.left, self.rng, self.how = number, rng, ""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Subscript):
            return self.changed(node) if self._here() else node
        if isinstance(node, ast.comprehension):
            return node
        node = super().generic_visit(node)
        return self.changed(node) if _can_change(node) and self._here() else node

    def _here(self) -> bool:
        self.left -= 1
        return self.left == -1

    def changed(self, node: ast.AST) -> ast.AST:
        before = ast.unparse(node)
        after = self.other(node)
        self.how = f"{before} -> {ast.unparse(after)}"
        return after

    def other(self, node: ast.AST) -> ast.AST:
        match node:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.rng.choice((ast.BinOp(left, ast.Sub(), right), left, right))
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return self.rng.choice((ast.BinOp(left, ast.Add(), right), ast.BinOp(right, ast.Sub(), left), left))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self.rng.choice((left, right, ast.BinOp(left, ast.Add(), right)))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self.rng.choice((left, ast.BinOp(right, ast.Div(), left)))
            case ast.UnaryOp(operand=operand):
                return operand
            case ast.Compare(left=left, comparators=[right]):
                return self.rng.choice((ast.Compare(right, node.ops, [left]), ast.Compare(left, [ast.GtE()], [right])))
            case ast.Call(func=ast.Name(id=name), args=[argument, *more]) if not more:
                others = [f for f in ("sigmoid", "tanh", "relu", "abs", "sin") if f != name]
                return called(self.rng.choice(others), argument)
            case ast.Call(func=ast.Name(id="max" | "min" as name), args=arguments):
                return called("min" if name == "max" else "max", *arguments)
            case ast.Name() | ast.Subscript():
                return ast.Name(self.rng.choice([n for n in NUMBERS if n != getattr(node, "id", "")]), ast.Load())
        shift = self.rng.choice((1, 2, 0.001))
        return ast.BinOp(node, ast.Add(), ast.Constant(shift))  # type: ignore[arg-type]  # an expression


def _can_change(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", "")
        single = len(node.args) == 1 and not isinstance(node.args[0], ast.GeneratorExp) and name != "norm"
        return single or name in ("max", "min")
    if isinstance(node, ast.Name):
        return node.id in NUMBERS
    if isinstance(node, ast.BinOp):
        return not isinstance(node.op, ast.Pow | ast.FloorDiv | ast.Mod)
    return isinstance(node, ast.UnaryOp | ast.Compare | ast.Constant)


def mutated(rng: random.Random, text: str) -> tuple[str, str]:
    """A text with one term changed, and how."""
    count = sum(1 for _ in ast.walk(ast.parse(text, mode="eval")))
    while True:
        mutation = _Mutation(rng.randrange(count), rng)
        tree = mutation.visit(ast.parse(text, mode="eval"))
        if mutation.how:
            return ast.unparse(ast.fix_missing_locations(tree)), mutation.how
