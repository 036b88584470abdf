"""Right functions."""

import math

SECRET = "@CANARY@"


def ten(n):
    return 10 * n


def root(n):
    return math.sqrt(n)


def double(g, names):
    return 2 * g


def feed(step, state, tokens):
    outputs = []
    for token in tokens:
        state, output = step(state, token)
        outputs.append(output)
    return outputs


def factorial(n):
    return math.factorial(max(0, n))


def first(x):
    return x + 1


def second(x):
    return x + 2


def positive(x):
    return max(0, x)


def part(a, b):
    return b, a
