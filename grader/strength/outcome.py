"""What is known of the strength of a spec: the verdicts on the mutants of each question, and what follows of them."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from grader.deferred import dataclass
from grader.kinds.killing_inputs import KillingInputs, few_killing_inputs
from grader.kinds.mutants import MutantStatus, MutantVerdict, StrengthRemark
from grader.spec.question import RubricLine

MUTANT_STATUSES: tuple[MutantStatus, ...] = ("killed", "survived", "equivalent", "held")


@dataclass(frozen=True)
class LineStrength:
    """A rubric line: how many mutants lose it, and how many lose it alone."""

    line: RubricLine
    kills: int
    kills_alone: int


@dataclass(frozen=True)
class OperatorStrength:
    """A kind of change, and how many mutants that it made have which status."""

    operator: str
    counts: Counter[MutantStatus]


@dataclass(frozen=True)
class WayStrength:
    """The mutants of one question, or of one way to answer it (`way`, from 1; 0 where there is one way alone).

    `made` counts all mutants, also those that were not judged; `fault` says why none could be made or summed up.
    """

    question: str
    way: int
    kind: str
    points: Fraction
    rubric: tuple[RubricLine, ...]
    verdicts: tuple[MutantVerdict, ...]
    made: int
    is_listed_whole: bool = True
    remarks: tuple[StrengthRemark, ...] = ()
    fault: str = ""

    @property
    def name(self) -> str:
        """`q4`, and of one way of several `q4 (way 2)`."""
        return f"{self.question} (way {self.way})" if self.way else self.question

    @property
    def counts(self) -> Counter[MutantStatus]:
        """How many mutants have which status."""
        return Counter(verdict.status for verdict in self.verdicts)

    @property
    def wrong(self) -> int:
        """How many mutants are wrong: killed or survived."""
        return self.counts["killed"] + self.counts["survived"]

    @property
    def share(self) -> Fraction | None:
        """The killed ones among the wrong ones; None where there are none of these."""
        return Fraction(self.counts["killed"], self.wrong) if self.wrong else None

    @property
    def is_held(self) -> bool:
        """Whether something could not be judged."""
        return bool(self.fault or self.counts["held"])

    def of(self, status: MutantStatus) -> tuple[MutantVerdict, ...]:
        """The verdicts with a status, in their order."""
        return tuple(verdict for verdict in self.verdicts if verdict.status == status)

    def lines(self) -> tuple[LineStrength, ...]:
        """Each line of the rubric."""
        killed = self.of("killed")
        lost = Counter(line for verdict in killed for line in set(verdict.lost_lines))
        alone = Counter(verdict.lost_lines[0] for verdict in killed if len(set(verdict.lost_lines)) == 1)
        return tuple(LineStrength(line, lost[number], alone[number]) for number, line in enumerate(self.rubric))

    def operators(self) -> tuple[OperatorStrength, ...]:
        """Each operator, in the order of text."""
        counts: dict[str, Counter[MutantStatus]] = {}
        for verdict in self.verdicts:
            counts.setdefault(verdict.mutant.operator, Counter())[verdict.status] += 1
        return tuple(OperatorStrength(name, counts[name]) for name in sorted(counts))

    def totals(self) -> tuple[tuple[Fraction, int], ...]:
        """How many wrong mutants earn how many points, from none upwards."""
        found = Counter(verdict.points for verdict in self.verdicts if verdict.status in ("killed", "survived"))
        return tuple(sorted(found.items()))

    def killing_inputs(self) -> KillingInputs:
        """A few inputs that tell all of them from a right answer, as far as inputs are known."""
        return few_killing_inputs(self.verdicts)


@dataclass(frozen=True)
class SpecStrength:
    """The strength of an assignment; `seed` and `limit` are those that its mutants were sampled with."""

    assignment: str
    ways: tuple[WayStrength, ...]
    limit: int
    seed: int
    at_least: Fraction | None = None

    @property
    def measured(self) -> tuple[WayStrength, ...]:
        """Those with mutants that count."""
        return tuple(way for way in self.ways if way.share is not None)

    @property
    def below(self) -> tuple[WayStrength, ...]:
        """Those that stay below the share that is asked for, each on its own: a strong one hides no weak one."""
        wanted = self.at_least
        return tuple(way for way in self.ways if wanted and way.share is not None and way.share < wanted)

    @property
    def is_held(self) -> bool:
        """Whether something could not be judged."""
        return any(way.is_held for way in self.ways)

    def count(self, status: MutantStatus) -> int:
        """How many mutants of all questions have a status."""
        return sum(way.counts[status] for way in self.ways)


def percent(share: Fraction) -> str:
    """`97.3 %`, rounded down, so that only all is 100 %."""
    tenths = share * 1000 // 1
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} %"
