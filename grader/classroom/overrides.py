"""What people have decided: `overrides.yaml`, a list of decisions, each about a student or a submission.

```yaml
- {student: "1001", question: q5, points: 40, reason: the sheet said h_0 = 0, by: N. Neumann}
- {student: "1002", extension: 2026-02-05 23:59, by: N. Neumann}
```

It gives points, so it is never looked for among the submissions, where anybody may have handed in a file of that name:
it is the file that is named, or the one that lies beside the questions of its assignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, RootModel, WithJsonSchema

from grader.classroom.staff_decision import StaffDecision
from grader.documents import (
    DocumentError,
    FieldError,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    describe_node,
    read_yaml,
)
from grader.documents.scalar_schemas import FILLED_SCALAR, FILLED_SCHEMA
from grader.errors import Problem, SourceLocation, SpecError, did_you_mean, listed
from grader.spec.assignment import Assignment, belongs_to
from grader.spec.course import lies_inside
from grader.spec.deadlines import NewDeadline
from grader.spec.fields import Label, NaturalNumber, Points, ReadBy, Strict
from grader.spec.late_policy import Duration, LatePolicy, WrittenTime
from grader.spec.problems import read_model, unknown_keys
from grader.spec.question import Question
from grader.verdict import points_in_words

MAX_OVERRIDES_BYTES = 16 << 20
MAX_TOLD_PROBLEMS = 20
"""Problems that are told one by one."""


def _read_names(node: Node) -> tuple[ScalarNode, ...]:
    """A text, or a list of texts."""
    items: Sequence[Node] = node if isinstance(node, SequenceNode) else [node]
    if not items:
        raise FieldError("names nobody", node.place)
    for item in items:
        if isinstance(item, ScalarNode) and item.quoted and not item.strip():
            raise FieldError("is blank", item.place)
        if not isinstance(item, ScalarNode) or item.blank:
            raise FieldError(f"must be text, not {describe_node(item)}", item.place)
    return tuple(item for item in items if isinstance(item, ScalarNode))


def _read_excused(node: Node) -> tuple[ScalarNode, ...]:
    """`true` (of everything, which has no names), or questions."""
    word = str(node).lower() if isinstance(node, ScalarNode) and not node.quoted else ""
    if word in ("true", "yes"):
        if node != "true":
            raise FieldError(f"write true for everything, not {str(node)!r}", node.place)
        return ()
    if word in ("false", "no") or node == "false":
        raise FieldError("is true, a question or a list of questions; leave the decision out otherwise", node.place)
    return _read_names(node)


_NAMES_SCHEMA = {"type": [*FILLED_SCALAR, "array"], "pattern": r"\S", "minItems": 1, "items": FILLED_SCHEMA}
SubjectNames = Annotated[tuple[ScalarNode, ...], ReadBy(_read_names), WithJsonSchema(_NAMES_SCHEMA)]
Excused = Annotated[
    tuple[ScalarNode, ...], ReadBy(_read_excused), WithJsonSchema({**_NAMES_SCHEMA, "not": {"enum": [False, "false"]}})
]


class DecisionModel(Strict):
    """One decision, as it is written."""

    student: SubjectNames | None = Field(
        default=None, description="The student, or a list of students, by id, e-mail or name."
    )
    submission: SubjectNames | None = Field(
        default=None, description="The submission, or a list of submissions, whose students it is about."
    )
    assignment: Label | None = Field(
        default=None, description="The only assignment that it is about, where one file is for several."
    )
    question: Label | None = Field(default=None, description="The question that the points are for.")
    line: Label | None = Field(default=None, description="The line of its rubric that the points are for.")
    points: Points | None = Field(default=None, description="Points in place of the grader's.")
    excused: Excused | None = Field(
        default=None,
        description="What counts neither in the points nor in the maximum: true "
        "(everything), a question or a list of questions.",
    )
    extension: NewDeadline | None = Field(
        default=None, description="Another deadline: 2026-02-04 12:00, or how much later, 2 days."
    )
    late: Literal["waived"] | None = Field(default=None, description="That lateness costs nothing.")
    late_days_used: NaturalNumber | None = Field(
        default=None, description="How many late days were used before, in place of the roster's."
    )
    group: Label | None = Field(default=None, description="The submission whose marks count for the student.")
    reason: Label | None = Field(default=None, description="Why it was decided; students read it.")
    by: Label | None = Field(default=None, description="Who decided it.")


class DecisionsModel(RootModel[list[DecisionModel]]):
    """The whole file."""


def refuse_overrides(path: Path | None, submissions: Iterable[Path]) -> None:
    """Raises `SpecError` for a file of decisions in a submission that is graded: a student may have written it."""
    for submission in submissions if path is not None else ():
        if path is not None and lies_inside(path, submission):
            raise SpecError(
                f"--overrides {path}: lies in the submission {submission.name}, and a student may have put it there; "
                "name a file of the course that lies outside of it"
            )


def load_overrides(path: Path) -> tuple[StaffDecision, ...]:
    """The decisions of a file in order; none of an empty one.

    Raises:
        SpecError: with every problem that can be seen without the class and its specs, each at its place.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_OVERRIDES_BYTES + 1)
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", SourceLocation(path.name))) from None
    return read_overrides(data, path.name)


def read_overrides(data: bytes, file: str) -> tuple[StaffDecision, ...]:
    """The decisions in the bytes of a file; raises what `load_overrides` does."""
    try:
        if len(data) > MAX_OVERRIDES_BYTES:
            raise SpecError(Problem(f"is larger than {MAX_OVERRIDES_BYTES} bytes", SourceLocation(file)))
        if all(line.strip().startswith(b"#") for line in data.splitlines() if line.strip()):
            return ()
        root = read_yaml(data, file)
    except DocumentError as error:
        raise SpecError(*error.problems) from None
    if isinstance(root, MappingNode):
        message = "wanted is a list of decisions, not a mapping: begin each decision with `- `"
        strange = unknown_keys(root, DecisionModel, "a decision")
        raise SpecError(*first_problems([Problem(message, root.place), *strange]))
    if not isinstance(root, SequenceNode):
        raise SpecError(Problem(f"wanted is a list of decisions, not {describe_node(root)}", root.place))
    model, problems = read_model(DecisionsModel, root)
    if model is None:
        raise SpecError(*first_problems(problems))
    problems = [problem for node, entry in zip(root, model.root, strict=True) for problem in _faults(entry, node.place)]
    if problems:
        raise SpecError(*first_problems(problems))
    return tuple(_decision(entry, node) for node, entry in zip(root, model.root, strict=True))


def first_problems(problems: Sequence[Problem]) -> list[Problem]:
    """The first ones, and how many more there are."""
    more = len(problems) - MAX_TOLD_PROBLEMS
    rest = [Problem(f"{more} more problems are in it", problems[-1].place)] if more > 0 else []
    return [*problems[:MAX_TOLD_PROBLEMS], *rest]


def _faults(entry: DecisionModel, place: SourceLocation) -> Iterator[Problem]:
    """What is wrong with a decision by itself."""
    if (entry.student is None) == (entry.submission is None):
        yield Problem("a decision is about a `student` or about a `submission`: name one of them", place)
    decided = [entry.points, entry.excused, entry.extension, entry.late, entry.late_days_used, entry.group]
    if all(part is None for part in decided):
        keys = "`points`, `excused`, `extension`, `late`, `late_days_used` or `group`"
        yield Problem(f"decides nothing: say {keys}", place)
    if entry.points is None and (entry.question is not None or entry.line is not None):
        named = entry.question if entry.question is not None else entry.line
        yield Problem(
            "`question` and `line` say what `points` are for, and there are none", named.place if named else place
        )
    if entry.points is not None:
        if entry.question is None:
            yield Problem("`points` are for a `question`, or for a `line` of one: name it", place)
        missing = [f"`{key}`" for key in ("reason", "by") if getattr(entry, key) is None]
        if missing:
            yield Problem(f"points that a person gives say {listed(missing)}: why, and who decided it", place)
    is_excused = entry.excused is not None and (not entry.excused or entry.question in entry.excused)
    if entry.points is not None and entry.question is not None and is_excused:
        yield Problem(f"{entry.question} is excused and has `points`: decide one of them", place)
    if entry.group is not None and entry.submission is not None:
        yield Problem("`group` is about a `student`", entry.group.place)
    for name, many in (("student", entry.student), ("submission", entry.submission)):
        for again in _repeated(many or ()):
            yield Problem(f"the {name} {str(again)!r} is named twice", again.place)


def _repeated(names: Sequence[ScalarNode]) -> list[ScalarNode]:
    return [name for i, name in enumerate(names) if name in names[:i]]


def _decision(entry: DecisionModel, node: Node) -> StaffDecision:
    points = next((value for key, value in node.items() if key == "points"), None) if isinstance(node, dict) else None
    return StaffDecision(
        students=entry.student or (),
        submissions=entry.submission or (),
        assignment=str(entry.assignment or ""),
        by=str(entry.by or "").strip(),
        reason=str(entry.reason or "").strip().rstrip("."),
        place=node.place,
        question=entry.question,
        line=entry.line,
        points=entry.points,
        points_place=points.place if points is not None else None,
        excused=entry.excused,
        extension=entry.extension,
        waived=entry.late is not None,
        late_days_used=entry.late_days_used,
        group=entry.group,
    )


# ------------------------------------------------------------- against assignments
def faulty_decisions(
    decisions: Sequence[StaffDecision], assignments: Mapping[str, Assignment], known: Iterable[str]
) -> Iterator[Problem]:
    """What is wrong with decisions in the assignments that they may speak of, each by its name.

    `known` are the names of all assignments of the course: a decision about another one is not looked at.
    """
    names = {*known, *assignments}
    for decision in decisions:
        if decision.assignment and decision.assignment not in names:
            advice = (
                did_you_mean(decision.assignment, names)
                or f" (there {'is' if len(names) == 1 else 'are'} {listed(sorted(names))})"
            )
            yield Problem(f"{decision.assignment!r} is not an assignment{advice}", decision.place)
            continue
        spoken_of = [one for name, one in assignments.items() if decision.assignment in ("", name)]
        if spoken_of:
            yield from _faults_in(decision, spoken_of)


def _faults_in(decision: StaffDecision, assignments: Sequence[Assignment]) -> Iterator[Problem]:
    questions = [question for assignment in assignments for question in assignment.questions]
    ids = {name for assignment in assignments for name in assignment.listed} | {question.id for question in questions}
    for name in (*([decision.question] if decision.question is not None else []), *(decision.excused or ())):
        if name not in ids:
            parts = sorted(one for one in ids if belongs_to(one, name))
            those = f" (its parts are: {listed(parts)})" if parts else ""
            advice = those or did_you_mean(name, ids) or f" (the questions are {listed(sorted(ids))})"
            yield Problem(f"{str(name)!r} is not a question{advice}", name.place)
    asked = [question for question in questions if question.id == decision.question]
    if decision.points is not None and asked:
        yield from _faulty_points(decision, asked)
    policies = [assignment.late for assignment in assignments]
    said = [key for key in ("extension", "late_days_used") if getattr(decision, key) is not None]
    said += ["late"] if decision.waived else []
    if said and not any(policies):
        message = (
            f"`{said[0]}` is about a deadline, and {assignments[0].id} states none (`deadline` in assignment.yaml)"
        )
        yield Problem(message, decision.place)
    if decision.extension is not None:
        yield from _faulty_extension(decision.extension, [policy for policy in policies if policy], decision)


def _faulty_points(decision: StaffDecision, asked: Sequence[Question]) -> Iterator[Problem]:
    """A line that there is not, or more points than there are."""
    from grader.kinds.kind import kind_of
    from grader.kinds.variants.question import has_variants

    ways = [way for question in asked for way in (question, *kind_of(question).ways(question))]
    most = max(way.points for way in ways)
    what = str(decision.question)
    if decision.line is not None:
        lines = {line.name: line.points for way in ways for line in way.rubric}
        if decision.line not in lines:
            of_others = (line for question in asked if has_variants(question) for line in question.lines_of_others)
            lines |= {line.name: line.points for line in of_others}
        if decision.line not in lines:
            advice = did_you_mean(decision.line, lines) or f" (its lines are {listed(map(repr, lines))})"
            yield Problem(f"{str(decision.line)!r} is not a line of {what}{advice}", decision.line.place)
            return
        most, what = lines[str(decision.line)], f"the line {str(decision.line)!r} of {what}"
    if decision.points is not None and decision.points > most:
        message = f"{points_in_words(decision.points)} points are more than {what} is worth: {points_in_words(most)}"
        yield Problem(message, decision.points_place)


def _faulty_extension(
    extension: WrittenTime | Duration, policies: Sequence[LatePolicy], decision: StaffDecision
) -> Iterator[Problem]:
    from grader.classroom.lateness import extended, shown_time

    for policy in policies:
        try:
            until = extended(policy, extension)
        except FieldError as error:
            yield Problem(str(error), error.place)
            continue
        if until <= policy.deadline:
            message = f"the extension to {shown_time(until)} is not after the deadline, {shown_time(policy.deadline)}"
            yield Problem(message, extension.place if isinstance(extension, WrittenTime) else decision.place)
