"""A latch that divides by its input."""

PARAMETERS = {"w": 1.0, "b": -1.25}


def initial():
    return 1


def step(state, x):
    return int(bool(state and x)), 1 // x
