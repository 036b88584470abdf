"""Errors of validation and of definition, each at its file:line:column, in words for whoever wrote the file."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from grader.documents import FieldError, MappingNode, Node, ScalarNode, describe_node
from grader.errors import Problem, SourceLocation, did_you_mean, listed
from grader.machines.system import DefinitionError, Path
from grader.spec.places import find as find

Keys = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


def read_model(model: type[Model], root: Node) -> tuple[Model | None, list[Problem]]:
    """A document as the model says, or every problem that keeps it from being one."""
    try:
        return model.model_validate(root), []
    except ValidationError as error:
        return None, _validation_problems(error, root, model)


def _validation_problems(error: ValidationError, root: Node, model: type[BaseModel]) -> list[Problem]:
    """What a document has against its model; `called` is what a model that is no question's says of itself."""
    problems = []
    for detail in error.errors(include_url=False):
        keys: Keys = tuple(k for k in detail["loc"] if k != "[key]")
        place, node = find(root, keys)
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, FieldError):
            problems.append(Problem(_named(keys, str(cause)), cause.place or place))
        elif detail["type"] == "missing":
            parent, _ = find(root, keys[:-1])
            problems.append(Problem(f"{_label(keys[:-1])}needs a {keys[-1]!r}", parent))
        elif detail["type"] == "extra_forbidden":
            owner = _label(keys[:-1]).removesuffix(": ") or getattr(model, "called", "a question")
            problems.append(_unknown_key(str(keys[-1]), owner, _fields(model, keys[:-1]), place))
        else:
            place = node.place if node is not None else place
            problems.append(Problem(_named(keys, _plain(detail, node)), place))
    return problems


def unknown_keys(root: MappingNode, model: type[BaseModel], owner: str) -> list[Problem]:
    """What is wrong with the keys of a mapping alone: those that the model does not have; `owner` is what has them."""
    known = _fields(model, ())
    return [_unknown_key(key, owner, known, key.place) for key in root if key not in known]


def _unknown_key(key: str, owner: str, known: list[str], place: SourceLocation) -> Problem:
    advice = did_you_mean(key, known) or f" ({listed(known)} can stand here)"
    return Problem(f"{str(key)!r} is not a key of {owner}{advice}", place)


def _plain(detail: Any, node: Node | None) -> str:
    wanted = {
        "dict_type": "a mapping",
        "model_type": "a mapping",
        "list_type": "a list",
        "model_attributes_type": "a mapping",
    }
    if detail["type"] in wanted:
        return f"must be {wanted[detail['type']]}, not {describe_node(node)}"
    if detail["type"] == "too_short":
        least, there = detail["ctx"]["min_length"], detail["ctx"]["actual_length"]
        return f"needs {least} entries or more, and has {there}" if there else "needs one entry or more, and has none"
    if detail["type"] in ("literal_error", "enum"):
        return f"must be {str(detail['ctx']['expected']).replace(chr(39), '')}, not {describe_node(node)}"
    return str(detail["msg"]).removeprefix("Value error, ")


def _named(keys: Keys, message: str) -> str:
    return f"{_label(keys)}{message}"


def _label(keys: Keys) -> str:
    """`checks[2].when: `, the path of a problem."""
    text = ""
    for key in keys:
        text += f"[{key + 1}]" if isinstance(key, int) else f"{'.' if text else ''}{key}"
    return f"{text}: " if text else ""


def _fields(model: type[BaseModel], keys: Keys) -> list[str]:
    """The keys of the model that stands at a path below a document."""
    wanted: Any = model
    for key in keys:
        wanted = _without_wrappers(wanted)
        if get_origin(wanted) in (list, dict):
            wanted = get_args(wanted)[-1]
        else:
            wanted = next(f.annotation for name, f in wanted.model_fields.items() if key == (f.alias or name))
    return [field.alias or name for name, field in _without_wrappers(wanted).model_fields.items()]


def _without_wrappers(wanted: Any) -> Any:
    """The model of `Model | None`, what a root model holds."""
    if get_origin(wanted) in (Annotated, Union, UnionType):
        return _without_wrappers(get_args(wanted)[0])
    if isinstance(wanted, type) and issubclass(wanted, RootModel):
        return wanted.model_fields["root"].annotation
    return wanted


def definition_problems(error: DefinitionError, root: Node, prefix: Keys) -> list[Problem]:
    """Faults of a system, found again in the document below `prefix` (or from the root on, where they stand there)."""
    problems = []
    for fault in error.faults:
        keys = _keys(fault.path, prefix)
        place, node = find(root, keys)
        if node is not None and fault.at is not None:
            place = node.at(fault.at) if isinstance(node, ScalarNode) else node.place
        problems.append(Problem(_named(keys, fault.message), place))
    return problems


def _keys(path: Path, prefix: Keys) -> Keys:
    """Where in the document a path in a system leads."""
    match path:
        case ("checks", number, *rest):
            return ("checks", int(number), *rest)
        case ("accept" | "assume" | "judge", *_):
            return path
        case ("initial", name, "None"):
            return (*prefix, "initial", name)
        case ("initial", name, time):
            return (*prefix, "initial", f"{name}[{time}]")
    return (*prefix, *path)
