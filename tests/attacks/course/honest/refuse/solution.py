import math


def refuse(n):
    if n < 0:
        raise ValueError("n is negative")
    return math.factorial(n)
