"""The parity of bits."""


def parity(x):
    return sum(x) % 2
