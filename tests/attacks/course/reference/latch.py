"""A latch."""

SECRET = "@CANARY@"
PARAMETERS = {"W1": 2, "W2": 2, "b": -2.5}


def initial():
    return 1


def step(alive, x):
    following = int(alive and x)
    return following, following
