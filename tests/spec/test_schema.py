"""`grader spec schema` under an editor that reads YAML 1.2: right files pass, a fault is told at its place and alone."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic import ValidationError

from grader.classroom.overrides import read_overrides
from grader.classroom.schemas import SCHEMA_SORTS, schema_of_course, schema_of_file
from grader.documents import FieldError, ScalarNode, read_yaml
from grader.errors import GraderError
from grader.kinds.parts import PartsModel
from grader.kinds.table import KINDS, load_file
from grader.kinds.written.marks import entries_in, marks_document
from grader.language.parse import ExpressionError
from grader.spec.assignment_files import AssignmentModel

from .conftest import SOUND
from .core_schema import as_an_editor_reads
from .test_messages import CASES

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "specs").glob("*/*.yaml"))
SOUND_FILES = sorted((Path(__file__).parent / "sound").glob("*.yaml"))


@pytest.fixture(scope="module")
def course():
    """The schema of all files of a course."""
    return Draft7Validator(json.loads(schema_of_course()))


@pytest.fixture(scope="module")
def each():
    """The schemas of single sorts of files."""
    return {sort: Draft7Validator(json.loads(schema_of_file(sort))) for sort in SCHEMA_SORTS}


def sort_of(path):
    return path.stem if path.stem in SCHEMA_SORTS else "question"


def problems(schema, document):
    """Where each error is, and what it says."""
    return [(list(error.absolute_path), error.message) for error in schema.iter_errors(document)]


# ------------------------------------------------------------- right files
@pytest.mark.long
def test_the_schemas_are_schemas_of_both_drafts(course, each):
    for schema in (course, *each.values()):
        Draft7Validator.check_schema(schema.schema)
        Draft202012Validator.check_schema({**schema.schema, "$schema": Draft202012Validator.META_SCHEMA["$id"]})


@pytest.mark.parametrize("path", [*SHIPPED, *SOUND_FILES], ids=lambda path: path.stem)
def test_a_right_file_passes_its_own_schema_and_that_of_the_course(course, each, path):
    document = as_an_editor_reads(path.read_text(encoding="utf-8"))
    assert problems(course, document) == []
    assert problems(each[sort_of(path)], document) == []
    others = {sort for sort in SCHEMA_SORTS if sort != sort_of(path)}
    assert [sort for sort in others if each[sort].is_valid(document)] == []


DECISIONS = """\
- {student: 1001, question: q5, points: 40, reason: the sheet said h_0 = 0, by: N. Neumann}
- {student: ["1002", 1003], extension: 2026-02-05 23:59, by: 7}
- {submission: on, excused: true}
- {submission: 12, excused: [q1, 2], late: waived, late_days_used: 0, group: 0x1F, extension: 2 days}
"""
MARKS = """\
- {submission: 1001, question: q2, met: [yes, 2], points: 1/2, note: 3, rubric: 0123456789, answer: 7e10}
- submission: no
  question: q2
  met:
- {submission: kim, question: q2, met: [], second: [{met: [a], reader: 2}]}
"""
ASSIGNMENT = """\
assignment: 3
title:
points: 100.0
salt: 0123
packages: [numpy, torch]
questions: [1, q2, on]
deadline: 2026-02-01 23:59 +01:00
timezone: Europe/Berlin
late: {grace: 15 minutes, penalty_per_day: 10% of earned, cap: 50%, late_days: 2}
"""


@pytest.mark.parametrize(
    ("sort", "text"), [("overrides", DECISIONS), ("marks", MARKS), ("assignment", ASSIGNMENT), ("question", SOUND)]
)
def test_a_scalar_may_look_like_a_number_where_text_is_read(course, each, sort, text):
    document = as_an_editor_reads(text)
    assert problems(each[sort], document) == problems(course, document) == []


# ------------------------------------------------------------- faults
BESIDE = [
    ("overrides", "- {student: 1, extensoin: 2 days}", [0], "extensoin"),
    ("overrides", "- {student: 1, points: many}", [0, "points"], "many"),
    ("overrides", "- {student: 1, late: forgiven}", [0, "late"], "waived"),
    ("overrides", "- {student: 1, extension: soon}", [0, "extension"], "soon"),
    ("overrides", "- {student: 1, excused: false}", [0, "excused"], "False"),
    ("overrides", "- {student: []}", [0, "student"], "[]"),
    ("marks", "- {submission: a, question: q, met: [], nots: x}", [0], "nots"),
    ("marks", "- {submission: a, met: []}", [0], "question"),
    ("marks", "- {submission: a, question: q, met: high}", [0, "met"], "high"),
    ("marks", "- {submission: a, question: q, second: [{meet: []}]}", [0, "second", 0], "meet"),
    ("assignment", "{assignment: a, questions: []}", ["questions"], "[]"),
    ("assignment", "{assignment: a, questions: [q], deadline: tomorrow}", ["deadline"], "tomorrow"),
    ("assignment", "{assignment: a, questions: [q], late: {penalty: 5}}", ["late"], "penalty"),
    ("assignment", "{assignment: a, questions: [q], packages: [num py]}", ["packages", 0], "num py"),
    ("assignment", "{assignment: a, questions: q}", ["questions"], "'q'"),
]


@pytest.mark.parametrize(("sort", "text", "place", "said"), BESIDE)
def test_a_fault_beside_the_questions_is_told_once_at_its_place(course, each, sort, text, place, said):
    document = as_an_editor_reads(text)
    found = problems(each[sort], document)
    assert [where for where, _ in found] == [place]
    assert said in found[0][1]
    assert problems(course, document) == found


def of_kind(answer, **more):
    return {"question": "q", "title": "T", "points": 1, "answer": answer, **more}


CHECK = {"name": "a", "points": 1}
NETWORK = {"inputs": {"x": "bit"}, "parameters": {"W": "scalar"}, "equations": {"y": "W"}, "output": "y"}
QUESTIONS = {
    "weights": of_kind("weights", network=NETWORK, behaviour={"equations": {"e": 1}, "output": "e"}, checks=[CHECK]),
    "function": of_kind("function", signature="f(x)", inputs={"x": "bit"}, checks=[{**CHECK, "holds": "out == x"}]),
    "formula": of_kind("formula", symbols={"a": "scalar"}, right="a"),
    "number": of_kind("number", value=3),
    "choice": of_kind("choice", options={"a": 1, "b": 2}, right=["a"]),
    "written": of_kind("written", rubric=[{"name": "a", "points": 1}]),
    "either": of_kind(
        "either", ways=[{"answer": "number", "value": 3}, {"answer": "choice", "options": {1: 2, 3: 4}, "right": ["1"]}]
    ),
    "waits": of_kind("waits"),
}
FAULTS_OF_KINDS = [
    *((kind, {"colour": "red"}, [], "'colour' was unexpected") for kind in QUESTIONS),
    *((kind, {"points": -1}, ["points"], "-1") for kind in QUESTIONS),
    *((kind, {"title": None}, ["title"], "None") for kind in QUESTIONS),
    ("weights", {"signature": "f(x)"}, [], "'signature' was unexpected"),
    ("weights", {"value": 3}, [], "'value' was unexpected"),
    ("weights", {"network": {**NETWORK, "outputs": "y"}}, ["network"], "'outputs' was unexpected"),
    ("weights", {"checks": []}, ["checks"], "[]"),
    ("weights", {"checks": [{"points": 1}]}, ["checks", 0], "'name' is a required property"),
    ("weights", {"known": {"a": {"W": 1}}}, ["known", "a"], "'earns' is a required property"),
    ("weights", {"budget": {"longest": 10_001}}, ["budget", "longest"], "10001"),
    ("weights", {"credit": "ladders"}, ["credit"], "'ladders'"),
    ("weights", {"unproved": "maybe"}, ["unproved"], "'maybe'"),
    ("function", {"network": NETWORK}, ["network"], "'parameters' was unexpected"),
    ("function", {"inputs": {"x": "vecotr(2, real)"}}, ["inputs", "x"], "'vecotr(2, real)'"),
    ("function", {"inputs": {"x": {"list": []}}}, ["inputs", "x", "list"], "[]"),
    ("function", {"inputs": {"x": {"a": "bti"}}}, ["inputs", "x", "a"], "'bti'"),
    ("function", {"inputs": {"x": 3}}, ["inputs", "x"], "3"),
    ("function", {"returns": ["reals"]}, ["returns", 0], "'reals'"),
    ("function", {"behaviour": {}}, [], "'behaviour' was unexpected"),
    ("formula", {"rihgt": "a"}, [], "'rihgt' was unexpected"),
    ("formula", {"near": [{"name": "n", "formula": "b"}]}, ["near", 0], "'points' is a required property"),
    ("formula", {"symbols": {"a": "scaler"}}, ["symbols", "a"], "'scaler'"),
    ("formula", {"symbols": {"a": {"shape": ["n"]}}}, ["symbols", "a"], "{'shape': ['n']}"),
    ("formula", {"up to": {"factor": 1}}, ["up to"], "'factor' was unexpected"),
    ("formula", {"rubric": []}, [], "'rubric' was unexpected"),
    ("number", {"tolerance": [1]}, ["tolerance"], "[1]"),
    ("number", {"known": {"a": {"txt": 3, "text": 3, "earns": 1}}}, ["known", "a"], "'txt' was unexpected"),
    ("choice", {"credit": "some"}, ["credit"], "'some'"),
    ("choice", {"right": []}, ["right"], "[]"),
    ("choice", {"options": {"a": 1}}, ["options"], "{'a': 1}"),
    ("written", {"most words": 0}, ["most words"], "0"),
    ("written", {"rubric": [{"name": "a", "keyword": []}]}, ["rubric", 0], "'keyword' was unexpected"),
    ("either", {"ways": [{"answer": "number", "value": 3}, {"answer": "formula", "valeu": 3}]}, ["ways", 1], "'valeu' was unexpected"),
    ("either", {"ways": [{"answer": "number", "value": 3}, {"answer": "formulas"}]}, ["ways", 1, "answer"], "'formulas'"),
    ("either", {"ways": [{"answer": "number", "value": 3}]}, ["ways"], "'number'"),
    ("waits", {"asks": ["a file"]}, ["asks"], "['a file']"),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_of_each_kind_passes(course, each, kind):
    assert problems(course, QUESTIONS[kind]) == problems(each["question"], QUESTIONS[kind]) == []


@pytest.mark.parametrize(("kind", "fault", "place", "said"), FAULTS_OF_KINDS)
def test_an_error_is_about_the_kind_that_answer_names(course, each, kind, fault, place, said):
    """One error, about the key that is wrong, in a question alone and as a part; no other kind is spoken of."""
    question = {**QUESTIONS[kind], **fault}
    whole = {"question": "w", "title": "W", "points": 2, "parts": [QUESTIONS["number"], question]}
    for document, above in ((question, []), (whole, ["parts", 1])):
        for schema in (course, each["question"]):
            found = problems(schema, document)
            assert [where for where, _ in found] == [[*above, *place]]
            assert said in best_match(schema.iter_errors(document)).message


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("either", "function")])
def test_a_way_leaves_out_what_the_question_says_and_nothing_else(course, kind):
    way = {key: value for key, value in QUESTIONS[kind].items() if key not in ("question", "title", "points")}
    either = of_kind("either", ways=[way, {"answer": "number", "value": 3}])
    assert problems(course, either) == []
    missing = [key for key in way if key not in ("answer", "symbols", "right", "signature")]
    for key in missing if kind != "waits" else []:
        spoilt = {name: value for name, value in way.items() if name != key}
        found = problems(course, {**either, "ways": [spoilt, spoilt]})
        assert found == [(["ways", i], f"{key!r} is a required property") for i in (0, 1)]


def test_without_an_answer_only_that_is_said(course):
    question = {key: value for key, value in QUESTIONS["formula"].items() if key != "answer"}
    assert problems(course, question) == [([], "'answer' is a required property")]
    (place, said), *more = problems(course, {**QUESTIONS["formula"], "answer": "formulae"})
    assert (place, more) == (["answer"], [])
    assert "'formula'" in said


SHARED = {"question": "w", "title": "W", "points": 1, "symbols": {"a": "scalar"}, "parts": [QUESTIONS["formula"]]}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({}, None),
        ({"symbols": {"a": "scaler"}}, ["symbols", "a"]),
        ({"answer": "formula"}, []),
        ({"parts": []}, ["parts"]),
    ],
)
def test_what_parts_share_is_read_as_in_a_part(course, changed, place):
    found = problems(course, {**SHARED, **changed})
    assert [where for where, _ in found] == ([] if place is None else [place])


# ------------------------------------------------------------- the table of faults
READ_AS_A_VALUE = "a spelling of a number or a truth value, which an editor has read"
OF_A_LANGUAGE = "inside of an expression"
OF_PARTS = "how parts of a value go together"
PARTS_TOGETHER = {
    "network.inputs.x: 'integer(5..1)' is empty: 5 is larger than 1",
    "network.inputs.x: the components of one input are all of one kind: give them names of their own",
    "network.parameters.W1: a shape is scalar, [2] or [2, 3], not a list",
    "network.parameters.W1: default must be a number, not a list",
    "network.parameters.W1: default: 'x' is not a number",
    "network.parameters.W1: default must be -1 or 1, not 0",
    "network.parameters.W1: a restricted parameter takes a finite set of values",
}
"""Of a number of entries, a range, a default and a restriction."""


def read_faults(text):
    """What the models, which read a question field by field, find wrong with it."""
    root = read_yaml(text.encode(), "q.yaml")
    kind = KINDS.get(str(root.lookup("answer")))
    try:
        (PartsModel if "parts" in root else kind.model).model_validate(root)
    except ValidationError as error:
        return [(detail["type"], detail.get("ctx", {}).get("error")) for detail in error.errors()]
    return []


def why_not_seen(message, written, cause):
    """Why a schema cannot see what is wrong with a field; None where it must."""
    if not isinstance(cause, FieldError):
        return None
    if isinstance(cause.__context__, ExpressionError):
        return OF_A_LANGUAGE
    if message in PARTS_TOGETHER:
        return OF_PARTS
    value = as_an_editor_reads(f"a: {written}")["a"]
    return None if isinstance(value, str) else READ_AS_A_VALUE


def written_at_the_mark(new):
    return new.partition("«")[2].split("\n")[0].rstrip("}") if "«" in new else ""


@pytest.mark.long
def test_what_a_model_refuses_the_schema_refuses_too_as_far_as_it_can_see_it(course):
    """Of all faults of one field; those between fields (points that do not add up) no schema can say."""
    seen, unseen = [], {}
    for old, new, message in CASES:
        text = SOUND.replace(old, new).replace("«", "")
        if as_an_editor_reads(text)["answer"] not in KINDS:
            continue
        faults = read_faults(text)
        if not course.is_valid(as_an_editor_reads(text)):
            seen.append(message)
        elif faults:
            ((_, cause),) = faults
            unseen.setdefault(why_not_seen(message, written_at_the_mark(new), cause), []).append(message)
    assert None not in unseen, unseen
    assert {reason: len(messages) for reason, messages in unseen.items()} == {
        READ_AS_A_VALUE: 4,
        OF_A_LANGUAGE: 11,
        OF_PARTS: 7,
    }
    assert len(seen) >= 50


# ------------------------------------------------------------- every key is explained
def keys_of(schema, path, are_names=False):
    """Each key with the path that leads to it, and its schema; conditions repeat keys and are left aside."""
    if isinstance(schema, list):
        for part in schema:
            yield from keys_of(part, path)
    elif isinstance(schema, dict):
        for word, part in schema.items():
            if are_names:
                yield f"{path}.{word}", part
            if are_names or word != "if":
                yield from keys_of(
                    part, f"{path}.{word}" if are_names else path, not are_names and word == "properties"
                )


def test_every_key_is_explained_in_a_sentence(course):
    """Ways repeat the keys of questions."""
    definitions = {name: schema for name, schema in course.schema["$defs"].items() if not name.endswith("Way")}
    keys = dict(pair for name, definition in definitions.items() for pair in keys_of(definition, name))
    assert len(keys) > 150
    assert {"WeightsModel.network", "NetworkModel.inputs.symbols", "FormulaModel.up to", "InputSet.gives"} <= set(keys)
    assert [path for path, schema in keys.items() if not is_sentence(schema.get("description", ""))] == []


def is_sentence(said):
    """A capital letter first, and either a full stop at the end or an example."""
    return bool(said) and said[0].isupper() and (said.endswith(".") or ": " in said)


# ------------------------------------------------------------- whatever scalar stands in a field
SCALARS = [
    *("1", "-1", "0", "1.5", ".5", "1e3", "1/2", "007", "0o7", "0x1F", "1_000", "1:30", "2026-09-01 10:00 +01:00"),
    *(
        "true",
        "false",
        "yes",
        "on",
        "x",
        "~",
        "",
        "null",
        "10%",
        "full",
        "2 days",
        "scalar",
        "bit",
        "integer",
        "real(0..1)",
    ),
    *('"1"', '"true"', '" "', "[1]", "[1, x]", "[]", "[[1, 2], [3, 4]]", "{shape: [2], in: bit}", "{x: 1}", "1..4"),
]
CHOSEN_FILES = ["near_number_outside_the_tolerance", "one_option_is_right", "near_misses_that_differ"]
DOCUMENTS = {
    "sound": SOUND,
    "overrides": DECISIONS,
    "marks": MARKS,
    "assignment": ASSIGNMENT,
    **{path.stem: path.read_text(encoding="utf-8") for path in SOUND_FILES if path.stem in CHOSEN_FILES},
    **{path.stem: path.read_text(encoding="utf-8") for path in SHIPPED if path.stem in ("q2", "clip_by_norm")},
}


def scalars_of(node):
    """Each scalar of a tree that stands behind a key or in a list, on one line."""
    if isinstance(node, ScalarNode):
        yield node
    else:
        for part in node.values() if isinstance(node, dict) else node:
            yield from scalars_of(part)


def with_scalar(text, node, scalar):
    """The text with something else in the place of a scalar; None where that cannot be cut out."""
    lines = text.split("\n")
    line, start = lines[node.place.line - 1], node.place.column - 1
    end = start + len(node) + 2 * node.quoted
    if line[start:end] not in (node, f"'{node}'", f'"{node}"'):
        return None
    lines[node.place.line - 1] = line[:start] + scalar + line[end:]
    return "\n".join(lines)


def accepts(sort, text):
    """Whether a file is read without any problem."""
    try:
        if sort == "overrides":
            return bool(read_overrides(text.encode(), "f.yaml"))
        if sort == "marks":
            return bool(entries_in(marks_document(text.encode(), "f.yaml")))
        root = read_yaml(text.encode(), "f.yaml")
        if sort == "assignment":
            return AssignmentModel.model_validate(root) is not None
        return not load_file(root, ROOT / "specs" / "sequence_lab" / "f.yaml").problems
    except (GraderError, ValidationError):
        return False


@pytest.mark.long
@pytest.mark.sampled(150)
@pytest.mark.parametrize("scalar", SCALARS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_loader_reads_in_a_field_the_schema_admits(course, name, scalar):
    text, refused = DOCUMENTS[name], []
    sort = name if name in SCHEMA_SORTS else "question"
    changed = {node.place: with_scalar(text, node, scalar) for node in scalars_of(read_yaml(text.encode(), "f.yaml"))}
    read = {place: other for place, other in changed.items() if other is not None and accepts(sort, other)}
    for place, other in read.items():
        refused += [(str(place), *error) for error in problems(course, as_an_editor_reads(other))]
    assert refused == []
    assert any(changed.values())
