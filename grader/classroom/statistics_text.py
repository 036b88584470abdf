"""The statistics of a class in words: short at the end of a run, in full for `grader class`; bounded for any class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from grader.classroom.alike import UnusualAnswers, unusual_answers
from grader.classroom.cells import titles_of
from grader.classroom.histogram import histogram_lines, in_percent
from grader.classroom.statistics import (
    AlikeAnswers,
    AssignmentStatistics,
    ClassStatistics,
    CountedNames,
    LineLosses,
    QuestionStatistics,
    losing_lines,
    named_mistakes,
)
from grader.columns import aligned, column_widths, table_parts, table_width, wrapped
from grader.errors import listed
from grader.reports.sentences import counted
from grader.verdict import NamedMistake, counted_points, points_in_words
from grader.visible import one_line

MAX_ROWS_IN_SHORT = 5
"""Lines, mistakes and groups that the end of a run names of each."""

MAX_ROWS_IN_FULL = 20
"""The same for `grader class`, which has all of them with `--json`."""

MAX_NAMES_IN_SHORT = 5
MAX_NAMES_IN_FULL = 50
"""Students or submissions of a list that are named one by one."""

SHOWN_FINGERPRINT_DIGITS = 8

MEAN_DECIMALS = 2

TOTAL = "total"
"""What the row of all questions is called."""

HANDED_IN_NOTHING = "handed in nothing"

ALIKE_TITLE = "wrong networks that behave alike and that no known mistake names"

UNUSUAL_TITLE = "answers that few share (a fact about answers, not about how they came to be)"

VARIANTS_TITLE = "wrong answers that are right for another variant (a fact about answers, not how they came to be)"

SOURCES = {"up to": "right up to", "partly": "right in part", "known answer": "known mistake"}
"""How what foresees a mistake is called, where it is not by its own name."""


def class_text(statistics: ClassStatistics, width: int, *, full: bool) -> str:
    """Everything that is to be said of a class, in lines of at most `width` columns where names are not longer."""
    lines: list[str] = []
    for name, of in statistics.assignments.items():
        lines += [*_assignment_lines(name, of, statistics.missing, width, full=full), ""]
    most_names = MAX_NAMES_IN_FULL if full else MAX_NAMES_IN_SHORT
    for names, what in ((statistics.missing, HANDED_IN_NOTHING), (statistics.excused, "are excused from everything")):
        if names.count and (full or not statistics.assignments):
            said = f"students who {what}: {names.count}: {_named(names, most_names)}"
            lines += [*_wrapped(said, width), ""]
    unusual = list(unusual_answers(statistics))
    if unusual:
        several = len(statistics.assignments) > 1
        rows = list(unusual_rows(unusual, MAX_NAMES_IN_FULL if full else 0, several=several))
        _, *section = _section(UNUSUAL_TITLE, rows, MAX_ROWS_IN_FULL if full else MAX_ROWS_IN_SHORT, width)
        lines += [*section, ""]
    return "\n".join(lines[:-1]) + "\n" if lines else "nothing was handed in\n"


def _assignment_lines(
    name: str, of: AssignmentStatistics, missing: CountedNames, width: int, *, full: bool
) -> Iterator[str]:
    most = MAX_ROWS_IN_FULL if full else MAX_ROWS_IN_SHORT
    title = one_line(name) or "no assignment"
    who = f"{counted(of.submissions, 'submission')} of {counted(of.students, 'student')}"
    yield from _wrapped(f"{title}: {who}", width)
    if name or of.questions:  # what names no assignment has no points
        yield from _points_table(of, missing.count, width)
    if full:
        for question, found in of.questions.items():
            yield ""
            yield from _wrapped(question_title(question, found), width)
            yield from histogram_lines(found.marks.counts, found.max_points or Fraction(0), width)
    yield from _section("lines that lose most points", list(_line_rows(of)), most, width)
    yield from _section("named mistakes", list(_mistake_rows(of)), most, width)
    yield from _section(VARIANTS_TITLE, list(variant_rows(of, MAX_NAMES_IN_FULL if full else 0)), most, width)
    behaviours = list(behaviour_rows(of))
    yield from _section(ALIKE_TITLE, behaviours, most, width)
    yield from _waiting_lines(of, width, MAX_NAMES_IN_FULL if full else MAX_NAMES_IN_SHORT)


def points_rows(of: AssignmentStatistics, missing: int) -> list[list[str]]:
    """A header and a row a question: how many students have a mark, mean, median, how many have all or nothing.

    `missing` students handed in nothing: they are in no column but the last, the mean with a 0 for each of them.
    """
    header = ["question", "max", "marked", "mean", "median", "full", "none"]
    rows = [header + (["with missing"] if missing else [])]
    titles = map(one_line, titles_of(of.questions, [TOTAL]))
    parts = [(title, one.max_points, one.marks) for title, one in zip(titles, of.questions.values(), strict=True)]
    for name, most, marks in [*parts, (TOTAL, of.max_points, of.totals)]:
        full = sum(number for mark, number in marks.counts.items() if most is not None and mark >= most)
        none = sum(number for mark, number in marks.counts.items() if mark <= 0)
        shown_most = "-" if most is None else points_in_words(most)
        cells = [name, shown_most, str(marks.number), rounded(marks.mean()), rounded(marks.median())]
        cells += [in_percent(full, marks.number), in_percent(none, marks.number)]
        rows.append(cells + ([rounded(marks.mean(missing))] if missing else []))
    return rows


def points_notes(of: AssignmentStatistics, missing: int) -> Iterator[str]:
    """What the numbers of `points_rows` count."""
    if any(question.unanswered for question in of.questions.values()):
        yield "a question without an answer counts as 0 where anything was handed in"
    if missing:
        who = f"{counted(missing, 'student')} {HANDED_IN_NOTHING}"
        yield f"{who}: each counts, as 0, in the mean of the last column alone"


def _points_table(of: AssignmentStatistics, missing: int, width: int) -> Iterator[str]:
    """The rows in columns, in parts where they are too wide; a name that leaves no room for numbers is above them."""
    from rich.cells import cell_len

    rows = points_rows(of, missing)
    room = max(width - table_width([0, *column_widths(rows)[1:]]), len(rows[0][0]))
    long_names = ["" if cell_len(row[0]) <= room else row[0] for row in rows]
    table = [["" if long else row[0], *row[1:]] for row, long in zip(rows, long_names, strict=True)]
    for number, part in enumerate(table_parts(table, width)):
        yield from [""] * (number > 0)
        for long, line in zip(long_names, aligned(part), strict=True):
            yield from _wrapped(long, width)
            yield line
    for note in points_notes(of, missing):
        yield from _wrapped(f"({note})", width)


def rounded(points: Fraction | None) -> str:
    """`55.33`, `70`, `-` where there is none."""
    return "-" if points is None else points_in_words(Fraction(round(points, MEAN_DECIMALS)))


def question_title(name: str, question: QuestionStatistics) -> str:
    """`q5, A latch (70 points): 612 marked, 12 of them unanswered, 3 that cannot be used; 4 pending, 1 held`."""
    title = f"{name}, {question.title}" if question.title else name
    of_them = [
        f"{question.unanswered} unanswered" if question.unanswered else "",
        f"{question.rejected} that cannot be used" if question.rejected else "",
    ]
    said = [f"{question.marks.number} marked{_of_them(of_them)}"]
    said += [f"{number} {what}" for number, what in _without_marks(question) if number]
    most = "" if question.max_points is None else f" ({counted_points(question.max_points)})"
    return one_line(f"{title}{most}: {'; '.join(said)}")


def _without_marks(question: QuestionStatistics) -> tuple[tuple[int, str], ...]:
    """How many students have no mark, and why."""
    return (question.pending, "pending"), (question.held, "held"), (question.excused, "excused")


def _of_them(parts: Iterable[str]) -> str:
    found = [part for part in parts if part]
    return f" ({listed(found)})" if found else ""


def _line_rows(of: AssignmentStatistics) -> Iterator[str]:
    """`q5: stays 0 ever after: 40 of 612 answers (6%), 1200 points; 12 of them for a line above it`."""
    for question, line, losses in losing_lines(of):
        yield f"{question}: {line}: {losses_in_words(losses, of.questions[question].answers)}"


def losses_in_words(losses: LineLosses, answers: int) -> str:
    """`40 of 612 answers (6%), 1200 points; 12 of them for a line above it`."""
    share = f"{losses.submissions} of {counted(answers, 'answer')} ({in_percent(losses.submissions, answers)})"
    above = f"; {losses.blocked} of them for a line above it" if losses.blocked else ""
    points = counted_points(Fraction(round(losses.points, MEAN_DECIMALS)))
    return f"{share}, {points}{above}"


def _mistake_rows(of: AssignmentStatistics) -> Iterator[str]:
    """`q5: known mistake 'copies x': 40 of 612 answers (6%)`."""
    for question, mistake, number in named_mistakes(of):
        answers = of.questions[question].answers
        yield f"{question}: {mistake_in_words(mistake)}: {number} of {counted(answers, 'answer')}"


def mistake_in_words(mistake: NamedMistake) -> str:
    """`known mistake 'copies x'`."""
    return f"{SOURCES.get(mistake.source, mistake.source)} {mistake.name!r}"


def behaviour_rows(of: AssignmentStatistics) -> Iterator[str]:
    """`q5: 40 wrong answers behave alike (wrong on input 01; fingerprint 6c57734b)`, two and more."""
    every = (
        (name, fingerprint, alike)
        for name, question in of.questions.items()
        for fingerprint, alike in question.behaviours.items()
        if alike.names.count > 1 and not alike.foreseen
    )
    for name, fingerprint, alike in sorted(every, key=lambda one: (-one[2].names.count, one[0], one[1])):
        yield f"{name}: {alike.names.count} wrong answers behave alike ({_shown_by(alike, fingerprint)})"


def variant_rows(of: AssignmentStatistics, most_names: int) -> Iterator[str]:
    """`q5: a right answer to the variant h0 = 0 (that of 12 other students): alice`; without names where none fit.

    Variants that somebody has come first, and others are left out where an answer is right for one of those.
    """
    for question, found in of.questions.items():
        had = {variant for variant in found.right_for_others if found.variants[variant]}
        explained = {name for variant in had for name in found.right_for_others[variant].first}
        for variant, names in sorted(found.right_for_others.items(), key=lambda one: -found.variants[one[0]]):
            if variant not in had and names.count == len(names.first) and explained.issuperset(names.first):
                continue
            others = found.variants[variant]
            whose = f"that of {counted(others, 'other submission')}" if others else "which nobody here has"
            who = f": {_named(names, most_names)}" if most_names else f": {counted(names.count, 'submission')}"
            yield f"{question}: a right answer to the variant {variant} ({whose}){who}"


def _shown_by(alike: AlikeAnswers, fingerprint: str) -> str:
    where = f"wrong on input {alike.input}; " if alike.wrong and alike.input else ""
    return f"{where}fingerprint {fingerprint[:SHOWN_FINGERPRINT_DIGITS]}"


def unusual_rows(unusual: Sequence[UnusualAnswers], most_names: int, *, several: bool) -> Iterator[str]:
    """`q5: 3 submissions share an unusual wrong network (...): alice, bob and carol`; of no names none.

    `several`: the class has several assignments, of which each row names its own.
    """
    for one in unusual:
        where = f"{one.assignment}, {one.question}" if several else one.question
        names = one.answers.names
        what = f"an unusual {'wrong' if one.answers.wrong else 'right'} network"
        if one.by == "weights":
            what = f"the weights of {what}"
        elif len(one.answers.weights) == 1:
            what = f"{what} with the same weights"
        who = f": {_named(names, most_names)}" if most_names else ""
        yield f"{where}: {names.count} submissions share {what} ({_shown_by(one.answers, one.fingerprint)}){who}"


def _section(title: str, rows: Sequence[str], most: int, width: int) -> Iterator[str]:
    """A title and the first rows; of more it is said how many. Nothing where there are none."""
    if not rows:
        return
    yield ""
    yield from _wrapped(f"{title}:", width)
    for row in rows[:most]:
        yield from _wrapped(one_line(row), width, "  ")
    if len(rows) > most:
        yield f"  and {len(rows) - most} more"


def _waiting_lines(of: AssignmentStatistics, width: int, most: int) -> Iterator[str]:
    """Who waits for a reader, who is held and whose hand-in cannot be used, and for which questions."""
    rows = list(waiting_rows(of, most))
    if rows:
        yield ""
    for text in rows:
        yield from _wrapped(one_line(text), width)


def waiting_rows(of: AssignmentStatistics, most: int) -> Iterator[str]:
    """`students who wait for a reader: 12 (q2 10, q7 2)`; of others so many names at most, none where that is 0."""
    for names, what, status in (
        (of.pending, "wait for a reader", "pending"),
        (of.held, "are held, without marks given or taken", "held"),
        (of.rejected, "handed in what cannot be used at all", ""),
    ):
        if names.count:
            counts = ((name, getattr(question, status)) for name, question in of.questions.items() if status)
            where = ", ".join(f"{name} {number}" for name, number in counts if number)
            who = "" if status == "pending" or not most else f": {_named(names, most)}"
            yield f"students who {what}: {names.count}{f' ({where})' if where else ''}{who}"


def _named(names: CountedNames, most: int) -> str:
    """The first names, and how many more there are."""
    more = names.count - len(names.first[:most])
    return listed([*map(one_line, names.first[:most]), *([f"{more} more"] if more else [])])


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return wrapped(text, width, indent, f"{indent}  ")
