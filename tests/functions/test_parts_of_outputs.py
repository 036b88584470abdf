"""Of an output, what a line speaks of is looked at: what stands beside it may be anything, and costs nothing."""

import pytest

REFERENCE = """
from typing import NamedTuple
class Output(NamedTuple):
    total: float
    parts: list
    cache: dict
def f(x):
    return Output(sum(x), [2 * e for e in x], {"seen": x})
"""
INPUTS = '{x: "sequence(1..4, integer(-5..5))"}'
START = """
from collections import namedtuple, OrderedDict, defaultdict
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from decimal import Decimal
import numpy as np
class Thing: pass
@dataclass
class Cache:
    x: list
Pair = namedtuple("Pair", "total parts cache")
class Level(IntEnum):
    LOW = 1
    HIGH = 2
"""
CACHES = [
    "{1, 2}",
    "Thing()",
    "Cache(x)",
    "(lambda: x)",
    "{3: x}",
    "object()",
    "(i for i in x)",
    "np",
    "[{1}] * 3",
    "1j",
]


def earned(judge, given, lines, more="", reference=REFERENCE):
    source = f"{START}\ndef f(x):\n    return {given}"
    return [*judge(source, "f(x)", INPUTS, lines, f"cases: 25\n{more}", reference).earned.values()]


@pytest.mark.long
@pytest.mark.parametrize("cache", CACHES)
def test_a_cache_beside_the_part_costs_nothing(judge, cache):
    """Nor to lines about other parts, about arguments, or about calls; a line about the cache itself is lost."""
    lines = 'equals: reference.mod.f, of: "out[0]"\nholds: "out[1][0] == 2 * x[0]"\npure: true\nwhen: "out[0] > 0", holds: "out[0] == sum(x)"'
    right, swapped = f"(sum(x), [2 * e for e in x], {cache})", f"(sum(x) + 1, [2 * e for e in x], {cache})"
    assert earned(judge, right, lines) == [1, 1, 1, 1]
    assert earned(judge, swapped, lines) == [0, 1, 1, 0]
    assert earned(judge, f"Pair{right}", lines) == [1, 1, 1, 1]
    assert earned(judge, right, f'{lines}\nequals: reference.mod.f\nequals: reference.mod.f, of: "out[2]"') == [
        1,
        1,
        1,
        1,
        0,
        0,
    ]


def test_a_form_that_is_stated_is_wanted_of_the_parts_that_a_line_speaks_of(judge):
    lines = 'holds: "out[0] == sum(x)"\nholds: "out[1] == 2 * x"'
    more = 'returns: [integer, "vector(len(x))", none]\n'
    assert earned(judge, "(sum(x), [2 * e for e in x], Thing())", lines, more) == [1, 1]
    assert earned(judge, "(sum(x), [[2 * e] for e in x], Thing())", lines, more) == [1, 0]
    assert earned(judge, "(sum(x) * 1.5, [2 * e for e in x], Thing())", lines, more) == [0, 1]
    assert earned(judge, "(sum(x), [2 * e for e in x])", lines, more) == [0, 0]


@pytest.mark.parametrize(
    ("given", "points"),
    [
        ("(sum(x), [2 * e for e in x], None, Thing())", [1, 1, 0]),
        ("[sum(x), [2 * e for e in x]]", [1, 1, 0]),
        ("(sum(x), 0, {1}, {2}, {3})", [1, 0, 0]),
        ("(sum(x),)", [1, 0, 0]),
        ("(sum(x) + 1, [2 * e for e in x], None, Thing())", [0, 1, 0]),
        ("([sum(x)], [2 * e for e in x], None, Thing())", [0, 1, 0]),
        ("([2 * e for e in x], sum(x), Thing())", [0, 0, 0]),
    ],
)
def test_how_many_parts_stand_beside_one_matters_to_whole_outputs_alone(judge, given, points):
    """Where no `returns` states a number; a part that is not there is no right one."""
    lines = 'equals: reference.mod.f, of: "out[0]"\nequals: reference.mod.f, of: "out[1]"\nequals: reference.mod.f'
    assert earned(judge, given, lines) == points


def test_parts_that_were_not_sent_are_counted_and_not_described(judge):
    source = f"{START}\ndef f(x):\n    return sum(x), 2, 3"
    result = judge(source, "f(x)", INPUTS, 'holds: "out[0] == sum(x)"', "returns: [integer, integer]\n", REFERENCE)
    assert "returned a tuple of 3 values, where a tuple of" in result.only.message


def test_calls_in_a_property_have_parts_too(judge):
    line = 'holds: "f(x)[0] == out[0] and out[0] == sum(x)"'
    assert earned(judge, "(sum(x), x, Thing())", line) == [1]
    assert earned(judge, "(sum(x) + 1, x, Thing())", line) == [0]
    assert earned(judge, "(sum(x),)", line, "returns: [integer, any]\n".replace("any", "real")) == [0]


@pytest.mark.parametrize(
    ("given", "points"),
    [
        ("Fraction(sum(x), 3)", 1),
        ("Decimal(sum(x)) / 3", 1),
        ("np.longdouble(sum(x)) / 3", 1),
        ("np.float32(sum(x) / 3)", 0),
        ("Fraction(sum(x) + 1, 3)", 0),
        ("np.array(sum(x) / 3, dtype=np.longdouble)", 1),
        ("np.array(Fraction(sum(x), 3), dtype=object)", 1),
        ("complex(sum(x) / 3)", 0),
        ("str(sum(x) / 3)", 0),
    ],
)
def test_other_numbers_are_numbers(judge, given, points):
    assert earned(judge, given, 'holds: "3 * out ~ sum(x)"', "returns: real\n") == [points]


@pytest.mark.parametrize(
    ("given", "points"),
    [
        ("Level(1 + (sum(x) > 0))", 1),
        ("Fraction(2 + 2 * (sum(x) > 0), 2)", 1),
        ("Level(2 - (sum(x) > 0))", 0),
        ("Decimal(1 + (sum(x) > 0))", 1),
        ("Fraction(3, 2)", 0),
    ],
)
def test_whole_numbers_may_come_as_members_of_an_enumeration(judge, given, points):
    assert earned(judge, given, 'holds: "out == (2 if sum(x) > 0 else 1)"', "returns: integer\n") == [points]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("[1, {'seen': {2}}]", "returned set in out[1]['seen']: not plain data"),
        ("Pair(1, [2, Thing()], 3)", "returned Thing in out[1][1]: not plain data"),
        ("OrderedDict(a=[1, 1j])", "returned complex in out['a'][1]: not plain data"),
        ("defaultdict(list, a=lambda: 1)", "returned function in out['a']: not plain data"),
        ("{1, 2}", "returned set: not plain data"),
        ("[x, {3: 4}]", "returned dict in out[1]: a dictionary with a key of type int"),
    ],
)
def test_what_cannot_be_written_down_is_told_with_its_place(judge, given, message):
    source = f"{START}\ndef f(x):\n    return {given}"
    assert message in judge(source, "f(x)", "{x: bit}", "holds: out == x", "returns: real\n").only.message


def test_a_part_without_a_value_is_lost_with_the_reason(judge):
    reference = "def f(x):\n    return x"
    line = 'equals: reference.mod.f, of: "6 / out"'
    assert judge("def f(x):\n    return x", "f(x)", "{x: integer(1..6)}", line, "", reference).only.points == 1
    check = judge("def f(x):\n    return 0", "f(x)", "{x: integer(1..6)}", line, "", reference).only
    assert (check.points, check.outcome) == (0, "failed")
    assert check.message == "f(x=1) gave 0 (division by zero); wanted: 6 / out == 6.0"
