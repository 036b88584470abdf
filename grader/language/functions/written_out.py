"""Functions of students' formulas that are read as expressions in others: `sech(z)` as `1/cosh(z)`."""

from __future__ import annotations

from grader.deferred import dataclass


@dataclass(frozen=True)
class WrittenOutFunction:
    """A function that a formula may call, and the expression in its parameters that it is read as.

    Formulas of students have it where the question has no such name itself; specs do not. `of_matrix` is the
    expression where all arguments are matrices, if it is another one. `usual`: the name is read as the function even
    where it could be a product of names.
    """

    name: str
    parameters: tuple[str, ...]
    body: str
    spellings: tuple[str, ...] = ()
    of_matrix: str = ""
    usual: bool = False

    @property
    def written(self) -> str:
        """How a call is written: `clip(z, low, high)`."""
        return f"{self.name}({', '.join(self.parameters)})"

    @property
    def description(self) -> str:
        """Its line in `grader help expressions`."""
        matrix = f", of a matrix `{self.of_matrix}`" if self.of_matrix else ""
        return f"`{self.written}` is `{self.body}`{matrix}"

    def wrong_count(self, count: int) -> str:
        """The message for a call with so many arguments; "" if it may have them."""
        wanted = len(self.parameters)
        if count == wanted:
            return ""
        return f"{self.name} takes {wanted} argument{'' if wanted == 1 else 's'}, not {count}: write {self.written}"


def _of_number(name: str, body: str, *spellings: str, usual: bool = False) -> WrittenOutFunction:
    return WrittenOutFunction(name, ("z",), body, spellings, usual=usual)


def _of_two(name: str, body: str, *spellings: str, of_matrix: str = "") -> WrittenOutFunction:
    return WrittenOutFunction(name, ("a", "b"), body, spellings, of_matrix)


def _of_vector(name: str, body: str, *spellings: str, of_matrix: str = "") -> WrittenOutFunction:
    return WrittenOutFunction(name, ("v",), body, spellings, of_matrix)


WRITTEN_OUT_RECORDS = (
    _of_number("tan", "sin(z)/cos(z)", "tg", usual=True),
    _of_number("cot", "cos(z)/sin(z)", "ctg", usual=True),
    _of_number("sec", "1/cos(z)", usual=True),
    _of_number("csc", "1/sin(z)", "cosec", usual=True),
    _of_number("coth", "cosh(z)/sinh(z)", usual=True),
    _of_number("sech", "1/cosh(z)", usual=True),
    _of_number("csch", "1/sinh(z)", usual=True),
    _of_number("log2", "log(z)/log(2)", usual=True),
    _of_number("log10", "log(z)/log(10)", usual=True),
    _of_number("log1p", "log(1 + z)", usual=True),
    _of_number("expm1", "exp(z) - 1", usual=True),
    _of_number("exp2", "2**z", usual=True),
    _of_number("square", "z**2"),
    _of_number("reciprocal", "1/z"),
    _of_number("negative", "-z", "neg"),
    _of_number("logit", "log(z/(1 - z))"),
    _of_number("silu", "z*sigmoid(z)", "swish"),
    _of_number("logsigmoid", "log(sigmoid(z))", "log_sigmoid"),
    _of_two("power", "a**b", "pow"),
    _of_two("add", "a + b"),
    _of_two("subtract", "a - b", "sub"),
    _of_two("multiply", "a*b", "mul"),
    _of_two("divide", "a/b", "div", "true_divide"),
    _of_two("maximum", "max(a, b)"),
    _of_two("minimum", "min(a, b)"),
    _of_two("matmul", "a @ b", "mm", "mv"),
    _of_two("inner", "dot(a, b)", "vdot", of_matrix="a @ b.T"),
    _of_vector("transpose", "v.T"),
    WrittenOutFunction("where", ("c", "a", "b"), "a if c else b", ("IF", "If", "ifelse")),
    WrittenOutFunction("clip", ("z", "low", "high"), "min(max(z, low), high)", ("clamp",)),
    _of_vector("mean", "sum(v)/len(v)", "average", of_matrix="sum(v)/(len(v)*len(v[0]))"),
    _of_vector("logsumexp", "log(sum(exp(v)))"),
    _of_vector("log_softmax", "log(softmax(v))", "logsoftmax"),
    _of_vector("trace", "sum(v*diag(0*v[0] + 1))", "tr", "Tr"),
    _of_number("float", "z", "float32", "float64"),
    _of_vector("array", "v", "tensor", "asarray"),
)
