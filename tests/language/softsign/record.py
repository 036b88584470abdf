"""`softsign(z) = z/(1 + |z|)`."""

from flint import fmpq

from grader.language.build import ONE, call, over, plus
from grader.language.functions.operations import EntryValues
from grader.language.functions.record import Breakpoint, LanguageFunction
from grader.language.tree import Binary, Number

SOFTSIGN = LanguageFunction(
    "softsign",
    "z/(1 + |z|)",
    EntryValues(
        exact=lambda z: z / (1 + abs(z)),
        floats=lambda z: z / (1 + abs(z)),
        balls=lambda z: z / (1 + abs(z)),
        normal_form=lambda numbers, u: numbers.quotient(u, numbers.one + numbers.abs(u)),
        slope=lambda u: over(ONE, Binary("**", plus(ONE, call("abs", u)), Number(fmpq(2)))),
        largest_slope=fmpq(1),
    ),
    rational=True,
    breakpoint=Breakpoint.KINK_AT_ZERO,
    spellings=("ssgn",),
    latex=r"\operatorname{ss}",
)
