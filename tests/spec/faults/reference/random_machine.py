"""A latch whose output is drawn."""

import random

PARAMETERS = {"w": 1.0, "b": -1.25}


def initial():
    return 1


def step(state, x):
    return int(bool(state and x)), random.randrange(2)
