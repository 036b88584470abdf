"""A class as an answer: how a question says what is done with an object of it, and how that is read.

`signature: LSTMCell(n, m).forward(x, h)` is one call on a new object; a `class:` block has several steps on one object.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grader.documents import ScalarNode
from grader.errors import listed
from grader.kinds.function.models import ClassModel
from grader.kinds.function.values import as_value
from grader.sandbox import ObjectScript, ScriptArgument, ScriptStep
from grader.spec.fields import FieldError

OWN_NAME = "self"
"""What stands for the object in a step that reads an attribute: `dW = self.dW`."""

STEP_FORMS = "a step is written method(x), y = method(x), dW = self.dW or after = params"
ARGUMENT_FORMS = "an argument is an input or an earlier result, with an index or a key where a part of it is meant"
SIGNATURE_FORM = "a call on a new object is written LSTMCell(n_in, n_hidden).forward(x, h, c)"


class ScriptReader:
    """Reads what is done with an object; the inputs that it names are numbered in the order in which they come."""

    def __init__(self) -> None:
        self.inputs: list[str] = []
        self._results: list[str] = []

    def block(self, model: ClassModel) -> ObjectScript:
        """The steps of a `class:` block.

        Raises:
            FieldError: at the character that is not understood.
        """
        if not model.name.isidentifier():
            raise FieldError(f"a class is named as in Python, not {str(model.name)!r}", model.name.place)
        init = tuple(self._argument_alone(text, keyword=True) for text in model.init)
        attributes = tuple((self._path(name), self._argument_alone(text)) for name, text in model.set.items())
        steps = tuple(map(self._step, model.calls))
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
                step = ScriptStep("", "call", method, self._arguments(call, text))
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
            case ast.Call(func=ast.Name(id=method)):
                return ScriptStep(name, "call", method, self._arguments(value, text))
            case ast.Attribute():
                path = self._attribute(value, text)
                return ScriptStep(name, "read", path)
            case ast.Name() | ast.Subscript():
                return ScriptStep(name, "take", "", (self._argument(value, text),))
        raise FieldError(f"{str(text)!r} is no step: {STEP_FORMS}", _at(text, value))

    def _attribute(self, node: ast.expr, text: ScalarNode) -> str:
        """`self.layer.W` as `layer.W`, `self.layers[0].W` as `layers.0.W`."""
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return name
            case ast.Attribute(value=inner, attr=name):
                return f"{self._attribute(inner, text)}.{name}"
            case ast.Subscript(value=inner, slice=ast.Constant(value=int(index))) if index >= 0:
                return f"{self._attribute(inner, text)}.{index}"
        raise FieldError(f"an attribute is read as dW = {OWN_NAME}.dW", _at(text, node))

    def _path(self, name: ScalarNode) -> str:
        """An attribute to be set: `W`, `layer.W`, `layers[0].W`."""
        found = _parsed(name, "an attribute is named as in Python: W, layer.W or layers[0].W")
        match found:
            case ast.Expr(value=ast.Name(id=only)):
                return only
            case ast.Expr(value=value):
                return self._attribute(_owned(value), name)
        raise FieldError("an attribute is named as in Python: W, layer.W or layers[0].W", name.place)

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

    def clashes(self, inputs: Sequence[str]) -> str:
        """What is wrong with the names of results; "" where nothing is."""
        both = [name for name in self._results if name in inputs]
        return f"{listed(both)} names an input and a result: call the result something else" if both else ""


def _owned(node: ast.expr) -> ast.expr:
    """An attribute of something as that of the object: `layer.W` as `self.layer.W`."""

    class Owner(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:  # as ast calls it
            return ast.copy_location(ast.Attribute(ast.copy_location(ast.Name(OWN_NAME), name), name.id), name)

    return Owner().visit(node)  # type: ignore[no-any-return]  # an expression for an expression


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
        return f"{target}({', '.join(map(one, arguments))})"

    if script.single:
        return f"{call(name, script.init)}.{call(script.steps[0].target, script.steps[0].arguments)}"
    parts = [call(name, script.init), *(f"{OWN_NAME}.{path} = {one(value)}" for path, value in script.attributes)]
    for step in script.steps:
        named = f"{step.name} = " if step.name else ""
        if step.kind == "call":
            parts.append(f"{named}{call(step.target, step.arguments)}")
        else:
            parts.append(f"{named}{one(step.arguments[0]) if step.arguments else f'{OWN_NAME}.{step.target}'}")
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
            methods.setdefault(step.target, step.arguments)
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
        *way, last = path.split(".")
        owner = _followed(made, way)
        if last.isdigit():
            owner[int(last)] = value(argument)
        else:
            setattr(owner, last, value(argument))
    result: Any = None
    for step in script.steps:
        match step.kind:
            case "call":
                result = called(getattr(made, step.target), step.arguments)
            case "read":
                result = _followed(made, step.target.split("."))
            case "take":
                result = value(step.arguments[0])
        if step.name:
            results[step.name], shown[step.name] = result, as_value(result)  # as it is now: later steps may change it
    return result if script.single else shown


def _followed(made: Any, way: Sequence[str]) -> Any:
    for name in way:
        made = made[int(name)] if name.isdigit() else getattr(made, name)
    return made
