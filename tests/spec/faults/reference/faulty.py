"""References of faulty specs: random, with a memory, failing, wrong late."""

import random

CALLS = []


def parity(x):
    return sum(x) % 2


def random_parity(x):
    return random.Random(len(CALLS) + random.getrandbits(20)).randrange(2)


def stateful_parity(x):
    CALLS.append(x)
    return (sum(x) + len(CALLS) // 7) % 2


def raising_parity(x):
    return 1 / sum(x)


def late_parity(x):
    return sum(x) % 2 if len(x) < 5 else 0


def long_ones(x):
    return int(sum(x) > 9)


def random_slope(generator):
    a, b = random.random(), random.random()
    return {"a": a, "b": b}, 2 * a * b
