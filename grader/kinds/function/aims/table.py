"""The aims that lines of function questions may have; everything that asks for one goes through this table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.kinds.function.aims.equals import Equals, EqualsLine
from grader.kinds.function.aims.feeds import Feeds, FeedsLine
from grader.kinds.function.aims.holds import Holds, HoldsLine
from grader.kinds.function.aims.pure import Pure, PureLine
from grader.kinds.function.aims.raises import Raises, RaisesLine
from grader.kinds.function.aims.somewhere import Somewhere, SomewhereLine
from grader.kinds.function.aims.withheld import Withheld
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.question import Aim

AIMS: Mapping[type[Aim], type[LinePlan]] = {
    Holds: HoldsLine,
    Somewhere: SomewhereLine,
    Equals: EqualsLine,
    Feeds: FeedsLine,
    Raises: RaisesLine,
    Pure: PureLine,
    Withheld: LinePlan,
}
"""Each aim with what judges answers by it, in the order in which their keys are listed."""


def aims_of_parts() -> Sequence[type[Aim]]:
    """The aims that parts of lines may have."""
    return [aim for aim in AIMS if aim.keys[aim.key()].partly]
