"""Oracles in 50 decimal digits: the scalar network, its difference quotients, and its derivatives carried forwards."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import wraps

DIGITS = 50
STEP = Decimal("1e-15")
"""Of a central difference quotient: its error is about the square of it."""


def precise(function):
    """The function with 50 digits, on the exact values of its arguments."""

    @wraps(function)
    def with_digits(*arguments):
        with localcontext() as context:
            context.prec = DIGITS
            return function(*[[Decimal(x) for x in a] if isinstance(a, list) else Decimal(a) for a in arguments])

    return with_digits


def sigmoid(z):
    return 1 / (1 + (-z).exp())


def loss(W, U, h0, x):
    """h_T of `h_t = sigmoid(W h_(t-1) + U x_t)`."""
    h = h0
    for x_t in x:
        h = sigmoid(W * h + U * x_t)
    return h


@precise
def difference_quotients(W, U, h0, x):
    """`(dL/dW, dL/dU, dL/dh_0)` from nothing but values of the loss."""
    e = STEP
    return (
        (loss(W + e, U, h0, x) - loss(W - e, U, h0, x)) / (2 * e),
        (loss(W, U + e, h0, x) - loss(W, U - e, h0, x)) / (2 * e),
        (loss(W, U, h0 + e, x) - loss(W, U, h0 - e, x)) / (2 * e),
    )


@dataclass(frozen=True)
class Dual:
    """A value and its derivative in one direction."""

    value: Decimal
    slope: Decimal

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def sigmoid(self):
        s = sigmoid(self.value)
        return Dual(s, s * (1 - s) * self.slope)


@precise
def forwards(W, U, h0, x):
    """`(dL/dW, dL/dU, dL/dh_0)` by forward-mode differentiation, one direction at a time."""

    def along(*direction):
        w, u, h = (Dual(value, Decimal(slope)) for value, slope in zip((W, U, h0), direction, strict=True))
        for x_t in x:
            h = (w * h + u * Dual(x_t, Decimal(0))).sigmoid()
        return h.slope

    return along(1, 0, 0), along(0, 1, 0), along(0, 0, 1)


@precise
def inverse_sigmoid(i, k):
    """`k / (k + exp(i / k))`, as it is written."""
    return k / (k + (i / k).exp())


@precise
def power(i, k):
    """k multiplied with itself i times."""
    product = Decimal(1)
    for _ in range(int(i)):
        product *= k
    return product


@precise
def last_output(x):
    """y_T of `h_t = -h_(t-1) + x_t`, `y_t = sigmoid(10 h_t)`, step by step."""
    h = Decimal(0)
    for x_t in x:
        h = -h + x_t
    return sigmoid(10 * h)
