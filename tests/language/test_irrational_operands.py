"""Every operator and function of irrational numbers, in every domain that has them, against Python's own floats."""

import math

import pytest
from flint import arb, ctx, fmpq

from grader.language.arithmetic import TooLarge
from grader.language.arrays import Array, entries
from grader.language.balls import Balls
from grader.language.doubles import DOUBLES
from grader.language.expansions import EXPANSIONS
from grader.language.floats import Floats
from grader.language.interval_numbers import Interval, ends
from grader.language.intervals import INTERVALS
from grader.language.polynomials import UNKNOWNS, Expansion, ball_of
from grader.language.reals import REALS

from .evaluation import evaluate

E, V, W = math.e, (1, 2, 3), (3, 2, 1)
SINGLE = {
    "exp(1) % 2": E - 2,
    "exp(1) // 2": 1,
    "-exp(1) // 2": -2,
    "+exp(1)": E,
    "exp(1)**2": E**2,
    "exp(1)**-2": E**-2,
    "exp(1)**0.5": E**0.5,
    "exp(1)**(1/3)": E ** (1 / 3),
    "2**0.5": 2**0.5,
    "pi()": math.pi,
    "exp(1)*pi()": E * math.pi,
    "min(exp(1), 3)": E,
    "max(exp(1), 3)": 3,
    "min(exp(1) - 3, 0)": E - 3,
    "3 if exp(1) else 4": 3,
    "not exp(1)": 0,
    "exp(1) and exp(1) > 2": 1,
    "norm([exp(1), 1])": math.hypot(E, 1),
    "any([exp(1) > 3, exp(1) > 2])": 1,
    "all([exp(1), exp(2)])": 1,
    "sum([exp(1), 2])": E + 2,
    "softmax([exp(1), 0])[1]": 1 / (1 + math.exp(E)),
    "log(exp(1) + 1)": math.log(E + 1),
    "sign(exp(1) - 3)": -1,
    "0 == exp(1)": 0,
}
VECTORS = {
    "exp(1)*v / w": [E * a / b for a, b in zip(V, W, strict=True)],
    "v // (exp(1)*w)": [a // (E * b) for a, b in zip(V, W, strict=True)],
    "(exp(1)*v) % w": [E * a % b for a, b in zip(V, W, strict=True)],
    "(exp(1)*v)**2": [(E * a) ** 2 for a in V],
    "exp(1)*v if v > w else w": [3, 2, E * 3],
    "v if exp(1)*v > w else -w": [-3, 2, 3],
    "(exp(1)*v > w) + v": [1, 3, 4],
    "max(exp(1)*v, 3*w)": [9, 6, 3 * E],
    "exp(1)*onehot(v[0], 3)": [0, E, 0],
    "[[exp(1), 0], [1, 1]] @ [1, 2]": [E, 3],
    "outer([exp(1)], [1, 2])": [E, 2 * E],
}
DOMAINS = {
    "reals": REALS,
    "expansions": EXPANSIONS,
    "balls": Balls(),
    "intervals": INTERVALS,
    "doubles": DOUBLES,
    "floats": Floats(),
}
CAST = {"balls": arb, "doubles": float, "floats": float}


def value_in(name, text):
    cast = CAST.get(name, fmpq)
    UNKNOWNS.forget()
    with ctx.workprec(128):
        given = {key: Array((3,), map(cast, numbers)) for key, numbers in (("v", V), ("w", W))}
        return evaluate(text, DOMAINS[name], given, {})[0]


def near(found, wanted):
    if isinstance(found, Expansion):
        found = ball_of(found)
    if isinstance(found, Interval):
        low, high = ends(found)
        return float(low.mid()) - 1e-9 <= wanted <= float(high.mid()) + 1e-9 and float(high.mid() - low.mid()) < 1e-6
    return math.isclose(float(found.mid() if isinstance(found, arb) else found), wanted, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize(("text", "wanted"), [*SINGLE.items(), *VECTORS.items()])
def test_an_operation_is_what_it_is_in_floats(name, text, wanted):
    found = entries(value_in(name, text))
    rows = wanted if isinstance(wanted, list) else [wanted]
    assert len(found) == len(rows)
    assert all(map(near, found, rows)), (found, wanted)


def test_numbers_too_large_to_enclose_end_what_is_worked_out():
    for name in ("reals", "balls"):
        with pytest.raises(TooLarge):
            DOMAINS[name].guard(arb(10) ** (10**7))
