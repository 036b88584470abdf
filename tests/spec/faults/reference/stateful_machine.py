"""A latch that counts its calls."""

CALLS = []
PARAMETERS = {"w": 1.0, "b": -1.25}


def initial():
    return 1


def step(state, x):
    CALLS.append(x)
    return int(bool(state and x)), int(bool(state and x)) + len(CALLS) // 50
