"""Changes the verdict path in small ways and lists the changes that no test notices: `python -m tests.mutation engines`.

The changes are those that `grader spec strength` makes of students' programs. (mutmut 3 changes neither constants nor
functions with a decorator and takes no sample, and found no test for any mutant in a copy of the project; cosmic-ray
starts Python anew for each mutant and changes the files of the working folder.)
"""

from __future__ import annotations

import argparse
import importlib
import pickle
import resource
import sys
from collections import Counter
from pathlib import Path

from tests.mutation.groups import GROUPS
from tests.mutation.runs import Mutant, from_fork, outcomes

ROOT = Path(__file__).parents[2]
SLOW_TO_IMPORT = ("pytest", "hypothesis.strategies", "numpy", "flint", "pydantic", "yaml", "click", "rich.console")


def sampled(group: str, number: int, seed: int) -> list[Mutant]:
    """Some mutants of a group, made where this process does not import the project, since they change it."""

    def make(out) -> None:
        from tests.mutation.mutants import sampled_mutants

        pickle.dump(list(sampled_mutants(ROOT, GROUPS[group].files(ROOT), number, seed)), out)

    return next(from_fork(make))


def used_seconds() -> float:
    """The processor time of this process and of those that it started."""
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


def main() -> int:
    """0 where every mutant of the sample is killed, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)} (default: all)")
    parser.add_argument("--number", type=int, default=20, help="mutants of each group (default: 20)")
    parser.add_argument("--seed", type=int, default=1, help="which mutants are chosen (default: 1)")
    given = parser.parse_args()
    if unknown := set(given.groups) - set(GROUPS):
        parser.error(f"{', '.join(sorted(unknown))}: the groups are {', '.join(GROUPS)}")
    for name in SLOW_TO_IMPORT:
        importlib.import_module(name)
    alive = 0
    for name in given.groups or GROUPS:
        before, found = used_seconds(), Counter[str]()
        chosen = sampled(name, given.number, given.seed)
        for mutant, outcome in outcomes(ROOT, GROUPS[name].tests, chosen):
            found[outcome] += 1
            if outcome != "killed":
                print(f"{mutant}\n  {outcome}", flush=True)
            print(f"{name}: {found.total()} of {len(chosen)} mutants", end="\r", file=sys.stderr, flush=True)
        each = (used_seconds() - before) / max(found.total(), 1)
        killed = f"{found['killed']} of {found.total()} mutants are killed"
        print(f"{name}: {killed}, {each:.1f} s of processor time for each", flush=True)
        alive += found.total() - found["killed"]
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
