"""What an engine is asked (a network, a specification, the open rubric lines, a budget) and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from grader.deferred import dataclass, replace
from grader.evidence import Evidence, Exhausted, NoEvidence, NoProof, Proved, Sampled
from grader.language.tree import Tree
from grader.machines.alphabet import Word
from grader.machines.explore import Bounds, Walk
from grader.machines.machine import Machine
from grader.machines.specification import Specification

if TYPE_CHECKING:
    from grader.engines.corpus import Corpus


@dataclass(frozen=True)
class Budget:
    """How far engines look: the joint states and steps of a walk; how many inputs are drawn, and from which seed.

    `first` are engines that are asked before all others. `is_small`: of the table only
    the first and the last engine are asked, the walk and the samples.
    """

    bounds: Bounds
    samples: int
    seed: int
    draw: Callable[[], Corpus]
    first: tuple[Engine, ...] = ()
    is_small: bool = False

    @cached_property
    def corpus(self) -> Corpus:
        """The inputs that `draw` gives when they are first needed; the same for the whole class."""
        return self.draw()


@dataclass(frozen=True)
class OpenLines:
    """The rubric lines (by number) that no engine has decided yet; all inputs of up to `length` steps were visited."""

    numbers: frozenset[int]
    length: int = 0


@dataclass(frozen=True)
class Broken:
    """A word whose last step breaks a rubric line; `shortest` where no shorter word does."""

    word: Word
    shortest: bool = True


@dataclass(frozen=True)
class Findings:
    """Which rubric lines (by number) a network breaks, and the evidence for those that it does not break.

    `met` are the lines that applied to some step at which the network's output was compared with the wanted one;
    `drawn` counts, by line, the drawn inputs to which it applied and which were run to their end. `covered`: every
    allowed input of up to so many steps was decided. `undecided` says by line what was left open of an output in balls.
    """

    broken: Mapping[int, Broken] = field(default_factory=dict)
    holds: Evidence = field(default_factory=NoEvidence)
    walk: Walk | None = None
    met: frozenset[int] = frozenset()
    drawn: Mapping[int, int] = field(default_factory=dict)
    covered: int = 0
    undecided: Mapping[int, str] = field(default_factory=dict)
    engine: str = field(default="", compare=False)
    """The name of the engine that decided what the ones before it left open."""

    @property
    def visited(self) -> int:
        """Every allowed input of up to so many steps was visited or covered."""
        return max(self.walk.length if self.walk else 0, self.covered)

    @property
    def proved_right(self) -> bool:
        """True if no line is broken on any input of any length asked for."""
        return not self.broken and not self.undecided and isinstance(self.holds, Proved)

    def holds_for(self, line: int) -> Evidence:
        """The evidence for one line; of the drawn inputs, only those count to which it applies."""
        match self.holds:
            case Exhausted(sampled=Sampled(seed=seed)):
                drawn = Sampled(self.drawn[line], seed) if self.drawn.get(line) else None
                return replace(self.holds, sampled=drawn)
            case Sampled():
                return replace(self.holds, examples=self.drawn.get(line, 0))
        return self.holds

    def with_undecided(self, left_open: Mapping[int, str]) -> Findings:
        """These findings where something else was left open of some lines, by which a proof of the rest does not go."""
        if not left_open:
            return self
        more = {line: why for line, why in left_open.items() if line not in self.broken}
        return replace(self, undecided={**more, **self.undecided}) if more else self

    def after(self, earlier: Findings) -> Findings:
        """These findings, and what an earlier engine had found before it gave up."""
        if earlier is NOTHING_FOUND and not self.undecided:
            return self
        broken, walk = {**earlier.broken, **self.broken}, self.walk or earlier.walk
        left_open = {} if isinstance(self.holds, Proved) else earlier.undecided
        undecided = {line: why for line, why in {**self.undecided, **left_open}.items() if line not in broken}
        covered = max(earlier.covered, self.covered)
        return Findings(broken, self.holds, walk, earlier.met | self.met, self.drawn, covered, undecided, self.engine)

    def by(self, engine: str, no_proof: NoProof | None) -> Findings:
        """These findings with the name of the engine, and, for lines that are not proved, why they are not."""
        holds = self.holds
        if isinstance(holds, Sampled | Exhausted):
            holds = replace(holds, no_proof=no_proof)
        return replace(self, holds=holds, engine=engine)


NOTHING_FOUND = Findings()


@dataclass(frozen=True)
class Unknown:
    """Why an engine left some lines undecided, and what it found before it gave up.

    `remedy` is what the course could do so that it decides more: `a larger budget`. `applies` False: the engine is
    not for such questions, which explains nothing where another engine gave up.
    """

    reason: str
    findings: Findings = NOTHING_FOUND
    remedy: str = field(default="", compare=False)
    applies: bool = field(default=True, compare=False)


class Engine(Protocol):
    """A way to decide rubric lines; knows machines and specifications, and no kinds of questions."""

    @property
    def name(self) -> str:
        """The engine's name in messages about the grader's own faults."""

    @property
    def only_runs(self) -> bool:
        """Whether it only runs networks, so that it can also decide those in which every operation is rounded."""

    def undecidable(self, tree: Tree) -> Iterable[tuple[Tree, str]]:
        """The parts of an expression that keep the engine from deciding a network, each with the reason in words."""

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """Findings that decide every open line, or Unknown with the reason.

        Raises:
            DefinitionError: if the behaviour or `accept` cannot be worked out.
        """
