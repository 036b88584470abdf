"""Stand-ins for libraries that draw and display, where a course does not allow them: they accept what they are asked
for and do nothing, so that a picture costs no answer. None of them has a value: as a number or an answer it fails.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from opcode import opmap
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

STAND_IN_LIBRARIES = frozenset({
    "IPython", "altair", "bokeh", "colorama", "graphviz", "ipywidgets", "line_profiler", "matplotlib",
    "memory_profiler", "mpl_toolkits", "plotly", "prettytable", "pylab", "rich", "seaborn", "tabulate", "tensorboard",
    "tensorboardX", "termcolor", "torchinfo", "torchsummary", "torchviz", "tqdm", "wandb",
})  # fmt: skip
COLAB_LIBRARY = "google.colab"  # in a package of its own among others of that name
PLOTTING_MODULES = frozenset({"matplotlib.pyplot", "pylab", "matplotlib.pylab"})
PYPLOT_NAMES = (
    "annotate", "arrow", "axes", "axhline", "axis", "axvline", "bar", "barh", "boxplot", "cla", "clf", "close", "cm",
    "colorbar", "contour", "contourf", "draw", "errorbar", "figlegend", "figtext", "figure", "fill", "fill_between",
    "gca", "gcf", "grid", "hist", "hist2d", "hlines", "imread", "imsave", "imshow", "ioff", "ion", "legend", "loglog",
    "margins", "matshow", "pause", "pcolormesh", "pie", "plot", "polar", "quiver", "rc", "rcParams", "savefig",
    "scatter", "semilogx", "semilogy", "setp", "show", "spy", "stem", "step", "style", "subplot", "subplots",
    "subplots_adjust", "suptitle", "text", "tick_params", "tight_layout", "title", "twinx", "violinplot", "vlines",
    "xlabel", "xlim", "xscale", "xticks", "ylabel", "ylim", "yscale", "yticks",
)  # fmt: skip
BUILTINS_IN_PYLAB = ("abs", "bool", "bytes", "max", "min", "pow", "round")  # where NumPy has another of that name
MAX_STAND_IN_NAME_CHARACTERS = 60
SUBPLOT_SIZES = ("nrows", "ncols")
UNPACK_SEQUENCE, UNPACK_EX, EXTENDED_ARG = (opmap[name] for name in ("UNPACK_SEQUENCE", "UNPACK_EX", "EXTENDED_ARG"))


class StandInClass:
    """What a class derives from that is written as derived from a stand-in."""

    _stands_for = "tqdm"  # of `Progress`

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Anything is accepted."""

    def __init_subclass__(cls, **_named: Any) -> None:
        """Also keywords in the list of bases."""

    def __getattr__(self, name: str) -> StandIn:
        if _is_special(name):
            raise AttributeError(name)
        return StandIn(f"{self._stands_for}.{name}")


class StandIn:
    """An object of a library that is not there."""

    def __init__(self, name: str) -> None:
        self.__dict__["_stands_for"] = name

    def __repr__(self) -> str:
        return f"<stand-in for {self._stands_for}>"

    def __getattr__(self, name: str) -> Any:
        if _is_special(name):
            raise AttributeError(f"{self!r} has no {name}")
        return _member(self._stands_for, name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """A stand-in; of a decorator, what is decorated."""
        if len(arguments) == 1 and not named and isinstance(arguments[0], FunctionType | type):
            return arguments[0]
        return StandIn(self._stands_for)

    def __getitem__(self, _key: Any) -> Any:
        return StandIn(self._stands_for)

    def __setitem__(self, _key: Any, _value: Any) -> None:
        """Nowhere to keep it."""

    def __delitem__(self, _key: Any) -> None:
        """It was not kept."""

    def __contains__(self, _item: Any) -> bool:
        return False

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        """As many as it is taken apart into; in a loop none."""
        return iter([StandIn(self._stands_for) for _ in range(_unpacked_into(sys._getframe(1)))])

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: Any) -> None:
        """What fails inside is not hidden."""

    def __instancecheck__(self, _instance: Any) -> bool:
        return False

    def __subclasscheck__(self, _kind: Any) -> bool:
        return False

    def __mro_entries__(self, _bases: Any) -> tuple[type, ...]:
        return (type("StandInClass", (StandInClass,), {"_stands_for": self._stands_for}),)

    def __add__(self, other: Any) -> Any:
        """The other text, of what would colour one."""
        return other if type(other) is str else _no_value(self)

    __radd__ = __add__

    def __or__(self, _other: Any) -> Any:
        """Of types in a signature."""
        return self

    __ror__ = __or__


def _no_value(self: StandIn, *_others: Any, **_named: Any) -> NoReturn:
    raise TypeError(no_value(self))


for _operation in (
    "sub", "rsub", "mul", "rmul", "matmul", "rmatmul", "truediv", "rtruediv", "floordiv", "rfloordiv",
    "mod", "rmod", "divmod", "rdivmod", "pow", "rpow", "and", "rand", "xor", "rxor", "lshift", "rshift", "neg", "pos",
    "abs", "invert", "round", "int", "float", "complex", "index", "array", "len", "lt", "le", "gt", "ge", "trunc",
    "floor", "ceil",
):  # fmt: skip
    setattr(StandIn, f"__{_operation}__", _no_value)


def no_value(stand_in: StandIn) -> str:
    """Why a stand-in is no answer."""
    name = object.__getattribute__(stand_in, "_stands_for")
    library = name.partition(".")[0]
    return f"{name} has no value here: {library} is not among the packages that this assignment allows"


class AxesGrid(StandIn):
    """The axes of `subplots(rows, columns)`, which can be counted and walked through."""

    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        super().__init__(name)
        self.__dict__["shape"] = shape

    def __len__(self) -> int:
        return self.shape[0]  # type: ignore[no-any-return]  # put there above

    def __iter__(self) -> Iterator[Any]:
        return iter([self[index] for index in range(len(self))])

    def __getitem__(self, key: Any) -> Any:
        if type(key) is int and len(self.shape) == 2:
            return AxesGrid(self._stands_for, self.shape[1:])
        return StandIn(self._stands_for)

    def __getattr__(self, name: str) -> Any:
        size = 1
        for length in self.shape:
            size *= length
        if name == "size":
            return size
        flat = AxesGrid(self._stands_for, (size,))
        if name == "flat":
            return flat
        if name in ("flatten", "ravel", "reshape"):
            return lambda *_arguments, **_named: flat
        return super().__getattr__(name)


def _subplots(owner: str, name: str) -> Callable[..., Any]:
    def subplots(*sizes: Any, **named: Any) -> Any:
        """A figure and its axes: one, a row of them or a grid; asked of a figure, the axes alone."""
        given = dict(zip(SUBPLOT_SIZES, sizes, strict=False))
        rows, columns = (int(named.get(key, given.get(key, 1))) for key in SUBPLOT_SIZES)
        shape = (rows, columns) if named.get("squeeze") is False else tuple(n for n in (rows, columns) if n > 1)
        axes = AxesGrid(name, shape) if shape else StandIn(name)
        return (StandIn(name), axes) if owner in PLOTTING_MODULES else axes

    return subplots


class Progress(StandInClass):
    """`tqdm` and its like: what it is given is walked through as it is."""

    def __init__(self, iterable: Any = None, *_arguments: Any, **named: Any) -> None:
        self.iterable = () if iterable is None else iterable
        self.total = named.get("total", len(iterable) if hasattr(iterable, "__len__") else None)
        self.n = named.get("initial", 0)

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable:
            yield item
            self.n += 1

    def __len__(self) -> int:
        return len(self.iterable)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_error: Any) -> None:
        """What fails inside is not hidden."""

    def update(self, n: float = 1) -> None:
        """So much more is done."""
        self.n += n

    @staticmethod
    def write(*texts: Any, **_named: Any) -> None:
        """Prints a line."""
        print(*texts)

    @classmethod
    def pandas(cls, *_arguments: Any, **_named: Any) -> None:
        """Nothing is shown."""


PROGRESS_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("tqdm", "tqdm_notebook", "tqdm_gui", "tqdm_pandas"), Progress),
    **dict.fromkeys(("trange", "tnrange"), lambda *sizes, **named: Progress(range(*sizes), **named)),
    "tenumerate": lambda iterable, start=0, **_named: enumerate(iterable, start),
    "tzip": lambda *iterables, **_named: zip(*iterables, strict=False),
    "tmap": lambda function, *iterables, **_named: map(function, *iterables),
}


class StandInModule(ModuleType):
    """A module of which every name can be imported."""

    def __getattr__(self, name: str) -> Any:
        if _is_special(name):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return _member(self.__name__, name)


def _member(owner: str, name: str) -> Any:
    library = owner.partition(".")[0]
    if library == "tqdm" and name in PROGRESS_FUNCTIONS:
        return PROGRESS_FUNCTIONS[name]
    path = f"{owner}.{name}"[:MAX_STAND_IN_NAME_CHARACTERS]
    return _subplots(owner, path) if name == "subplots" else StandIn(path)


class StandIns:
    """The finder of stand-ins, for `sys.meta_path`; what is installed or the submission's own comes before it."""

    def __init__(self, libraries: Iterable[str]) -> None:
        self.libraries = frozenset(libraries)

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """As every finder: where a module is, or None."""
        known = name.partition(".")[0] in self.libraries or name == COLAB_LIBRARY.partition(".")[0]
        if not known and not f"{name}.".startswith(f"{COLAB_LIBRARY}."):
            return None
        return ModuleSpec(name, cast("Loader", self), is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A stand-in."""
        return StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Its version, and the names that a star imports."""
        module.__dict__["__version__"] = "0"
        if module.__name__ in PLOTTING_MODULES:
            names = set(PYPLOT_NAMES)
            if module.__name__ != "matplotlib.pyplot" and "numpy" in sys.modules:
                numpy = sys.modules["numpy"]
                sources = [numpy, numpy.fft, numpy.random, numpy.linalg]
                found = {name: getattr(source, name) for source in sources for name in source.__all__}
                found.update({name: getattr(builtins, name) for name in BUILTINS_IN_PYLAB})
                module.__dict__.update({**found, "np": numpy, "numpy": numpy})
                names |= {*found, "np"}
            module.__dict__["__all__"] = sorted(names)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _unpacked_into(frame: Any) -> int:
    """How many names the running instruction of a frame takes a value apart into; 0 where it does no such thing."""
    code, at = frame.f_code.co_code, frame.f_lasti
    if code[at] == UNPACK_SEQUENCE:
        return int(code[at + 1])
    if code[at] == UNPACK_EX:  # those before the star, and in the byte above that those after it
        return int(code[at + 1]) + (int(code[at - 1]) if at and code[at - 2] == EXTENDED_ARG else 0)
    return 0
