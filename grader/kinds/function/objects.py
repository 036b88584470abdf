"""A class as an answer: how a question says what is done with an object of it, and how that is read.

`signature: LSTMCell(n, m).forward(x, h)` is one call on a new object; a `class:` block has several steps on one object.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from grader.documents import FieldError, ScalarNode
from grader.errors import listed
from grader.kinds.function.values import as_value
from grader.sandbox import AttributePath, AttributeStep, ObjectScript, ScriptArgument, ScriptStep

if TYPE_CHECKING:
    from grader.kinds.function.class_model import ClassModel

OWN_NAME = "self"
"""What stands for the object in a step that reads an attribute: `dW = self.dW`."""

STEP_FORMS = "a step is written method(x), y = method(x), dW = self.dW or after = params"
ATTRIBUTE_FORMS = "an attribute is written as in Python: W, layer.W, layers[0].W or params['W'] (read: dW = self.dW)"
ARGUMENT_FORMS = "an argument is an input or an earlier result, with an index or a key where a part of it is meant"
SIGNATURE_FORM = "a call on a new object is written LSTMCell(n_in, n_hidden).forward(x, h, c)"


class ScriptReader:
    """Reads what is done with an object; the inputs that it names are numbered in the order in which they come."""

    def __init__(self) -> None:
        self.inputs: list[str] = []
        self._results: list[str] = []

    def block(self, model: ClassModel, inputs: Iterable[str]) -> ObjectScript:
        """The steps of a `class:` block, whose results are not called as one of the inputs is.

        Raises:
            FieldError: at the character that is not understood.
        """
        if not model.name.isidentifier():
            raise FieldError(f"a class is named as in Python, not {str(model.name)!r}", model.name.place)
        init = tuple(self._argument_alone(text, keyword=True) for text in model.init)
        attributes = tuple((_path_to_set(name), self._argument_alone(text)) for name, text in model.set.items())
        steps = tuple(map(self._step, model.calls))
        if both := [name for name in self._results if name in inputs]:
            message = f"{listed(both)} names an input and a result: call the result something else"
            raise FieldError(message, model.name.place)
        if not any(step.name for step in steps):
            message = "no step has a name, so that nothing of the object is looked at: write y = method(x)"
            raise FieldError(message, model.name.place)
        return ObjectScript(init, attributes, steps, single=False)

    def signature(self, text: ScalarNode) -> tuple[str, ObjectScript]:
        """The name of the class and the one call of `LSTMCell(n_in, n_hidden).forward(x, h, c)`.

        Raises:
            FieldError: at the character that is not understood.
        """
        match _parsed(text, SIGNATURE_FORM):
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id=name)) as made, attr=method)) as call
            ):
                init = self._arguments(made, text)
                step = ScriptStep("", "call", method, arguments=self._arguments(call, text))
                return name, ObjectScript(init, (), (step,), single=True)
        raise FieldError(SIGNATURE_FORM, text.place)

    def _step(self, text: ScalarNode) -> ScriptStep:
        statement = _parsed(text, STEP_FORMS)
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                step = self._valued(name, value, text)
                if name in self._results:
                    raise FieldError(f"two results are called {name!r}: give each a name of its own", text.place)
                self._results.append(name)
                return step
            case ast.Expr(value=ast.Call() as value):
                return self._valued("", value, text)
        raise FieldError(f"{str(text)!r} is no step: {STEP_FORMS}", text.place)

    def _valued(self, name: str, value: ast.expr, text: ScalarNode) -> ScriptStep:
        match value:
            case ast.Call(func=ast.Name(id="self")):  # as a module of torch is called
                return ScriptStep(name, "call", "__call__", arguments=self._arguments(value, text))
            case ast.Call(func=ast.Name(id=method) | ast.Attribute(value=ast.Name(id="self"), attr=method)):
                return ScriptStep(name, "call", method, arguments=self._arguments(value, text))
            case ast.Attribute() | ast.Subscript() if _root(value) == OWN_NAME:
                return ScriptStep(name, "read", path=_attribute_path(value, text))
            case ast.Name() | ast.Subscript():
                return ScriptStep(name, "take", arguments=(self._argument(value, text),))
        raise FieldError(f"{str(text)!r} is no step: {STEP_FORMS}", _at(text, value))

    def _arguments(self, call: ast.Call, text: ScalarNode) -> tuple[ScriptArgument, ...]:
        positional = [self._argument(argument, text) for argument in call.args]
        return (*positional, *(self._argument(one.value, text, one.arg or "**") for one in call.keywords))

    def _argument_alone(self, text: ScalarNode, *, keyword: bool = False) -> ScriptArgument:
        match _parsed(text, ARGUMENT_FORMS):
            case ast.Expr(value=value):
                return self._argument(value, text)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if keyword:
                return self._argument(value, text, name)
        raise FieldError(ARGUMENT_FORMS, text.place)

    def _argument(self, node: ast.expr, text: ScalarNode, keyword: str = "") -> ScriptArgument:
        path: list[int | str] = []
        while isinstance(node, ast.Subscript):
            match node.slice:
                case ast.Constant(value=int() | str() as step) if not isinstance(step, bool):
                    path.insert(0, step)
                case _:
                    raise FieldError(ARGUMENT_FORMS, _at(text, node.slice))
            node = node.value
        if not isinstance(node, ast.Name) or keyword == "**":
            raise FieldError(ARGUMENT_FORMS, _at(text, node))
        if node.id in self._results:
            return ScriptArgument(node.id, tuple(path), keyword)
        if node.id not in self.inputs:
            self.inputs.append(node.id)
        return ScriptArgument(self.inputs.index(node.id), tuple(path), keyword)


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes and indices begins with; "" where it begins with something else."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _attribute_path(node: ast.expr, text: ScalarNode) -> AttributePath:
    """`self.layers[0].W` as the steps from the object to a value in it."""
    match node:
        case ast.Name():
            return ()
        case ast.Attribute(value=inner, attr=name):
            return (*_attribute_path(inner, text), AttributeStep(False, name))
        case ast.Subscript(value=inner, slice=ast.Constant(value=int() | str() as item)) if not isinstance(item, bool):
            return (*_attribute_path(inner, text), AttributeStep(True, item))
    raise FieldError(ATTRIBUTE_FORMS, _at(text, node))


def _path_to_set(text: ScalarNode) -> AttributePath:
    """An attribute that the grader sets: `W`, `layer.W`, `params["W"]`."""
    statement = _parsed(text, ATTRIBUTE_FORMS)
    root = _root(statement.value) if isinstance(statement, ast.Expr) else ""
    if not isinstance(statement, ast.Expr) or not root or root == OWN_NAME:
        raise FieldError(ATTRIBUTE_FORMS, text.place)
    return (AttributeStep(False, root), *_attribute_path(statement.value, text))


def path_text(path: AttributePath) -> str:
    """`.layers[0].W`."""
    return "".join(f"[{step.name!r}]" if step.is_item else f".{step.name}" for step in path)


def _parsed(text: ScalarNode, forms: str) -> ast.stmt:
    try:
        (statement,) = ast.parse(text.strip()).body
    except SyntaxError as error:
        raise FieldError(f"{str(text)!r} cannot be read: {forms}", text.at(max((error.offset or 1) - 1, 0))) from None
    except (ValueError, RecursionError, MemoryError):
        raise FieldError(f"{str(text)!r} cannot be read: {forms}", text.place) from None
    return statement


def _at(text: ScalarNode, node: ast.expr) -> Any:
    return text.at(len(text) - len(text.lstrip()) + node.col_offset)


def script_text(name: str, script: ObjectScript, inputs: Sequence[str]) -> str:
    """What is done with an object, as people read it: `Affine(n); .W = W; y = .forward(x)`."""

    def one(argument: ScriptArgument) -> str:
        source = argument.source if isinstance(argument.source, str) else inputs[argument.source]
        path = "".join(f"[{step!r}]" for step in argument.path)
        return f"{argument.keyword}={source}{path}" if argument.keyword else f"{source}{path}"

    def call(target: str, arguments: Sequence[ScriptArgument]) -> str:
        target = OWN_NAME if target == "__call__" and not script.single else target
        return f"{target}({', '.join(map(one, arguments))})"

    if script.single:
        return f"{call(name, script.init)}.{call(script.steps[0].method, script.steps[0].arguments)}"
    parts = [
        call(name, script.init),
        *(f"{OWN_NAME}{path_text(path)} = {one(value)}" for path, value in script.attributes),
    ]
    for step in script.steps:
        named = f"{step.name} = " if step.name else ""
        if step.kind == "call":
            parts.append(f"{named}{call(step.method, step.arguments)}")
        else:
            parts.append(f"{named}{one(step.arguments[0]) if step.arguments else f'{OWN_NAME}{path_text(step.path)}'}")
    return "; ".join(parts)


def skeleton(name: str, script: ObjectScript, inputs: Sequence[str]) -> Iterator[str]:
    """The lines of a class that has the constructor and the methods that are called, to be filled in."""

    def head(method: str, arguments: Sequence[ScriptArgument]) -> str:
        names: list[str] = []
        for number, argument in enumerate(arguments, 1):
            source = argument.source if isinstance(argument.source, str) else inputs[argument.source]
            known = argument.keyword or (f"{source}{number}" if argument.path or source in names else source)
            names.append(known)
        return f"    def {method}({', '.join([OWN_NAME, *names])}):"

    yield f"class {name}:"
    yield head("__init__", script.init)
    yield "        ..."
    methods: dict[str, Sequence[ScriptArgument]] = {}
    for step in script.steps:
        if step.kind == "call":
            methods.setdefault(step.method, step.arguments)
    for method, arguments in methods.items():
        yield ""
        yield head(method, arguments)
        yield "        ..."


Made = Callable[..., Any]


def run_script(constructor: Made, script: ObjectScript, arguments: Sequence[Any]) -> Any:
    """What the steps of a course's own class give: the value of the only one, or of each by its name."""
    results: dict[str, Any] = {}
    shown: dict[str, Any] = {}

    def value(argument: ScriptArgument) -> Any:
        found = results[argument.source] if isinstance(argument.source, str) else arguments[argument.source]
        for step in argument.path:
            found = found[step]
        return found

    def called(function: Made, given: Sequence[ScriptArgument]) -> Any:
        named = {one.keyword: value(one) for one in given if one.keyword}
        return function(*(value(one) for one in given if not one.keyword), **named)

    made = called(constructor, script.init)
    for path, argument in script.attributes:
        *way, last = path
        owner = _followed(made, way)
        if last.is_item:
            owner[last.name] = value(argument)
        else:
            setattr(owner, str(last.name), value(argument))
    result: Any = None
    for step in script.steps:
        match step.kind:
            case "call":
                result = called(getattr(made, step.method), step.arguments)
            case "read":
                result = _followed(made, step.path)
            case "take":
                result = value(step.arguments[0])
        if step.name:
            results[step.name], shown[step.name] = result, as_value(result)  # as it is now: later steps may change it
    return result if script.single else shown


def _followed(made: Any, path: Iterable[AttributeStep]) -> Any:
    for step in path:
        made = made[step.name] if step.is_item else getattr(made, str(step.name))
    return made
