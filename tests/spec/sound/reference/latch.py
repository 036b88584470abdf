"""A latch, whose state is a list that each step copies."""

PARAMETERS = {"w": 1.0, "b": -1.25}


def initial():
    return (1,)


def step(state, x):
    alive = int(bool(state[0] and x))
    return (alive,), alive
