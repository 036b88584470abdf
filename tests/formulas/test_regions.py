"""Systems of inequalities: what is found satisfies them, and what has no solution is refuted by a sum of them."""

import random
from fractions import Fraction

import pytest
from flint import fmpq

from grader.formulas.draws import DRAWN_EXPONENTS, Draws
from grader.formulas.fractions import Unprovable
from grader.formulas.regions import RegionWork, inequality, solution
from grader.formulas.samples import Sample, wide_samples

NAMES = "abcd"


def as_fraction(value):
    return Fraction(int(value.p), int(value.q))


def satisfied(item, point):
    left = as_fraction(item.constant) + sum(as_fraction(c) * point[n] for n, c in item.coefficients)
    return left > 0 if item.strict else left >= 0


def drawn_system(rng):
    names = NAMES[: rng.randint(1, 4)]
    return [
        inequality({n: fmpq(rng.randint(-3, 3)) for n in names}, fmpq(rng.randint(-6, 6), rng.choice((1, 2, 7))),
                   strict=rng.random() < 0.5)
        for _ in range(rng.randint(1, 6))
    ]  # fmt: skip


@pytest.mark.long
def test_solutions_satisfy_their_system_and_are_found_where_points_do():
    rng, found, none = random.Random(5), 0, 0
    for number in range(300):
        system = drawn_system(rng)
        solutions = [solution(system, RegionWork()), solution(system, RegionWork(), Draws.of(str(number)))]
        grid = [Fraction(n, 2) for n in range(-20, 21)]
        points = ({name: rng.choice(grid) for name in NAMES} for _ in range(100))
        if any(all(satisfied(item, point) for item in system) for point in points):
            assert None not in solutions
        for values in solutions:
            if values is None:
                none += 1
                continue
            found += 1
            point = {name: as_fraction(values.get(name, fmpq(1))) for name in NAMES}
            assert all(satisfied(item, point) for item in system)
    assert found > 150
    assert none > 50


def test_opposite_strict_inequalities_have_no_solution_and_loose_ones_a_line():
    above = inequality({"a": fmpq(2), "b": fmpq(-1)}, fmpq(3, 10), strict=False)
    below = inequality({"a": fmpq(-2), "b": fmpq(1)}, fmpq(-3, 10), strict=False)
    point = solution([above, below], RegionWork())
    assert 2 * point["a"] - point["b"] + fmpq(3, 10) == 0
    assert solution([above, above.negated()], RegionWork()) is None


def test_the_work_of_an_elimination_is_bounded():
    rng = random.Random(1)
    names = [f"x{i}" for i in range(12)]
    system = [inequality({n: fmpq(rng.randint(-9, 9)) for n in names}, fmpq(5), strict=True) for _ in range(40)]
    with pytest.raises(Unprovable):
        solution(system, RegionWork(500))


def test_wide_samples_have_every_scale_and_hang_on_the_texts():
    samples = list(wide_samples(["a", "b"], Draws.of("salt", "an answer"), 20))
    values = [abs(sample.value("a", "real")) for sample in samples]
    assert min(values) < fmpq(1, 10**4)
    assert max(values) > 10**5
    assert values != [abs(s.value("a", "real")) for s in wide_samples(["a", "b"], Draws.of("other", "an answer"), 20)]
    assert sum(value.q & (value.q - 1) != 0 for value in values) > len(values) // 2


@pytest.mark.parametrize("seed", range(len(DRAWN_EXPONENTS)))
def test_wide_samples_keep_to_the_domain(seed):
    sample = Sample((), seed, draws=Draws.of("text"))
    for name in "abcdefgh":
        assert sample.value(name, "positive") > 0
        assert 0 < sample.value(name, "unit") < 1
        assert sample.value(name, "nonnegative") >= 0
        assert sample.value(name, "integer").q == 1
        assert sample.value(name, "bit") in (0, 1)
