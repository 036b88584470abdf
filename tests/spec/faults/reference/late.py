"""A latch that comes back to life after five hundred steps."""

PARAMETERS = {"w": 1.0, "b": -1.25}


def initial():
    return 1, 0


def step(state, x):
    alive, count = state
    alive = int(bool(alive and x))
    return (alive, count + 1), alive if count < 500 else 1
