"""Proofs by boxes and by cuts as a report carries them: written once found, read and checked anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flint import ctx, fmpq

from grader.engines.box_certificate import Layers, boxes_hold, cuts_hold
from grader.engines.box_text import margin_of, text_of
from grader.engines.boxes import BOX_PRECISION_BITS, Box, BoxedSystem, UnboxedStep
from grader.engines.claim import Claim, UnreadableCertificate
from grader.engines.input_cells import cells_of, symbol_of
from grader.evidence import Certificate, Invariant, Proved
from grader.language.arithmetic import MissingValue
from grader.language.arrays import Array, Scalar, Value, entries
from grader.language.interval_numbers import Interval, RationalInterval, bounds_of
from grader.machines.alphabet import Alphabet, FiniteAlphabet, Symbol
from grader.machines.machine import EquationMachine
from grader.machines.program import Program, State
from grader.machines.specification import Specification

BOXES_KIND = "boxes"
"""`layers`: lists of boxes, each a `network` and a `behaviour` with the clock and the numbers that they remember.

A number is text, an interval the texts of its ends, a missing number `{missing: x[0]}`. `cuts`: how often inputs that
cannot be listed were halved; `stride`: how many steps lead from one box to the next.
"""

CUTS_KIND = "cuts"
"""`cuts`: the places of the numbers at which inputs were halved, each before both of its parts; -1: not halved."""

MAX_CERTIFICATE_BOXES = 4_000
MAX_CERTIFICATE_CUTS = 30_000
MAX_CERTIFICATE_STRIDE = 8
MAX_CERTIFICATE_NUMBER_CHARACTERS = 1_000


def boxes_certificate(layers: Layers, cuts: int = 0, stride: int = 1) -> Certificate:
    """Layers of boxes as a report carries them."""
    content: dict[str, Any] = {"layers": [[_written_box(box) for box in layer] for layer in layers]}
    if cuts:
        content["cuts"] = cuts
    if stride > 1:
        content["stride"] = stride
    return Certificate(BOXES_KIND, content)


def cuts_certificate(cuts: Sequence[int]) -> Certificate:
    """Cuts of inputs as a report carries them."""
    return Certificate(CUTS_KIND, {"cuts": list(cuts)})


def check_boxes(claim: Claim, certificate: Certificate) -> Proved | None:
    """The proof of a claim that a certificate of this file is; None where it shows no such thing.

    Raises:
        UnreadableCertificate: if it is not written as these certificates are.
    """
    return proof_by(claim.network, claim.specification, sorted(claim.lines), claim.length, certificate)


def proof_by(
    network: EquationMachine,
    specification: Specification,
    lines: Sequence[int],
    length: int | None,
    certificate: Certificate,
) -> Proved | None:
    """The proof that inputs of up to `length` steps (None: of any) break none of the lines; None if it is not shown.

    Raises:
        UnreadableCertificate: if the certificate is not written as those of this file are.
    """
    if type(specification) is not Specification or network.program.in_doubles:
        return None
    with ctx.workprec(BOX_PRECISION_BITS):
        try:
            system = BoxedSystem(network, specification)
        except UnboxedStep:
            return None
        alphabet = network.program.system.alphabet
        if certificate.kind == CUTS_KIND:
            shown = length == 1 and cuts_hold(system, alphabet, lines, _read_cuts(certificate.content))
            return Proved(None, 1, certificate=certificate) if shown else None
        layers, symbols = _read_layers(system, certificate.content), _read_symbols(alphabet, certificate.content)
        stride = _read_count(certificate.content, "stride", 1, MAX_CERTIFICATE_STRIDE)
        is_closed = len(layers) == 1
        if not is_closed and (length is None or length > len(layers) or stride > 1):
            return None
        shown_length = None if is_closed else length
        if not boxes_hold(system, lines, symbols, layers, length=shown_length, stride=stride):
            return None
        boxes = [box for layer in layers for box in layer]
        margin = margin_of(network, specification, lines, symbols, boxes) if stride == 1 else ""
        return Proved(None, length, _invariant(system, boxes, margin, stride) if is_closed else None, certificate)


def _invariant(system: BoxedSystem, boxes: Sequence[Box], margin: str, stride: int) -> Invariant:
    text = text_of(system, boxes)
    return Invariant((f"{text} (after every {stride} steps)" if stride > 1 else text,), margin)


def symbols_of(alphabet: Alphabet, cuts: int) -> Sequence[Symbol]:
    """All inputs of one step: as they are where they can be listed, else in cells halved so often; none: too many."""
    if isinstance(alphabet.symbol_set, FiniteAlphabet):
        return () if cuts else alphabet.symbol_set.symbols
    return [symbol_of(alphabet, cell) for cell in cells_of(alphabet, cuts) or ()]


def _written_box(box: Box) -> Mapping[str, Any]:
    return {"network": _written_state(box.network), "behaviour": _written_state(box.behaviour)}


def _written_state(state: State) -> list[Any]:
    return [state[0], *(_written(number) for value in state[1:] for number in entries(value))]


def _written(number: Scalar) -> Any:
    if isinstance(number, MissingValue):
        return {"missing": number.label}
    return [str(end) for end in bounds_of(number)] if isinstance(number, Interval) else str(number)


def _read_symbols(alphabet: Alphabet, content: Mapping[str, Any]) -> Sequence[Symbol]:
    return symbols_of(alphabet, _read_count(content, "cuts", 0, MAX_CERTIFICATE_CUTS))


def _read_count(content: Mapping[str, Any], key: str, least: int, most: int) -> int:
    """A whole number that a certificate has; the least one where it does not say."""
    number = content.get(key, least)
    if type(number) is not int or not least <= number <= most:
        raise UnreadableCertificate(f"`{key}` is a whole number from {least} to {most}")
    return number


def _read_cuts(content: Mapping[str, Any]) -> list[int]:
    cuts = content.get("cuts")
    if not isinstance(cuts, list) or len(cuts) > MAX_CERTIFICATE_CUTS or any(type(cut) is not int for cut in cuts):
        raise UnreadableCertificate(f"`cuts` is a list of {MAX_CERTIFICATE_CUTS} whole numbers at most")
    return cuts


def _read_layers(system: BoxedSystem, content: Mapping[str, Any]) -> list[list[Box]]:
    layers = content.get("layers")
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, list) for layer in layers):
        raise UnreadableCertificate("`layers` is a list of lists of boxes")
    if sum(map(len, layers)) > MAX_CERTIFICATE_BOXES:
        raise UnreadableCertificate(f"`layers` has {MAX_CERTIFICATE_BOXES} boxes at most")
    return [[_read_box(system, box) for box in layer] for layer in layers]


def _read_box(system: BoxedSystem, box: Any) -> Box:
    if not isinstance(box, Mapping) or set(box) != {"network", "behaviour"}:
        raise UnreadableCertificate("a box has a `network` and a `behaviour`")
    return Box(_read_state(system.network, box["network"]), _read_state(system.behaviour, box["behaviour"]))


def _read_state(program: Program, written: Any) -> State:
    """The clock and the values of a state, whose shapes the program knows."""
    if not isinstance(written, list) or not written or type(written[0]) is not int:
        raise UnreadableCertificate("a state is a list of a time and of numbers")
    numbers = iter(written[1:])
    state = (written[0], *(_read_value(shape, numbers) for shape in program.past_shapes()))
    if next(numbers, None) is not None:
        raise UnreadableCertificate("a state has more numbers than it remembers")
    return state


def _read_value(shape: tuple[int, ...], numbers: Iterator[Any]) -> Value:
    first = _read_number(next(numbers, None))
    if isinstance(first, MissingValue) or not shape:
        return first
    size = 1
    for part in shape:
        size *= part
    return Array(shape, [first, *(_read_number(next(numbers, None)) for _ in range(size - 1))])


def _read_number(written: Any) -> Scalar:
    match written:
        case str():
            return _rational(written)
        case [str() as low, str() as high]:
            ends = _rational(low), _rational(high)
            if ends[0] <= ends[1]:
                return RationalInterval(*ends)
        case {"missing": str() as label}:
            return MissingValue(label)
    raise UnreadableCertificate("a number is text, the texts of both ends of an interval, or missing")


def _rational(text: str) -> fmpq:
    top, _, bottom = text.partition("/")
    digits = (top[1:] if top.startswith("-") else top, bottom or "1")
    if len(text) > MAX_CERTIFICATE_NUMBER_CHARACTERS or not all(part.isascii() and part.isdigit() for part in digits):
        raise UnreadableCertificate("a number is written as -3 or 5/2")
    if not int(digits[1]):
        raise UnreadableCertificate("a number has a denominator that is not 0")
    return fmpq(int(top), int(digits[1]))
