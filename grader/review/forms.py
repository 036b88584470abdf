"""What the forms of the desk send, read within bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from grader.errors import SubmissionError
from grader.verdict import points_in_words

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_FORM_BYTES = 256 << 10
"""Of what a form sends."""

MAX_FIELDS = 500
MAX_READERS_NOTE_CHARACTERS = 20_000
MAX_POINTS_CHARACTERS = 20
FORM_TYPE = "application/x-www-form-urlencoded"


class TooLargeFormError(SubmissionError):
    """A form that is larger than any the desk sends."""


@dataclass(frozen=True)
class SentForm:
    """The fields of a form by their names; each may be there several times."""

    fields: Mapping[str, Sequence[str]]

    def text(self, name: str) -> str:
        """A field; "" where it is not there."""
        return (self.fields.get(name) or ("",))[0]

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self.fields.get(name, ()))


async def read_form(request: Request) -> SentForm:
    """The form that a request sends.

    Raises:
        TooLargeFormError: as soon as more has come than any form holds.
        SubmissionError: if it is no form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise SubmissionError(f"wanted is a form ({FORM_TYPE}), not {kind or 'a body without a type'}")
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_FORM_BYTES:
            raise TooLargeFormError(f"the form is larger than {MAX_FORM_BYTES} bytes: nothing of it was kept")
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise SubmissionError(f"the form cannot be read: {error}: nothing of it was kept") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\r", "\n"))
    return SentForm(fields)


def note_in(form: SentForm, name: str = "note") -> str:
    """A text that a reader wrote.

    Raises:
        SubmissionError: if it is too long.
    """
    text = form.text(name).strip()
    if len(text) > MAX_READERS_NOTE_CHARACTERS:
        most = f"at most {MAX_READERS_NOTE_CHARACTERS} are kept"
        raise SubmissionError(f"the {name} has {len(text)} characters, and {most}: shorten it")
    return text


def points_in(form: SentForm, most: Fraction) -> Fraction | None:
    """Points from 0 to the most there are, also with a comma or as a fraction; None of an empty field.

    Raises:
        SubmissionError: if they are none.
    """
    text = form.text("points").strip()
    if not text:
        return None
    range_of = f"wanted are points from 0 to {points_in_words(most)}"
    if len(text) > MAX_POINTS_CHARACTERS:
        raise SubmissionError(f"{range_of}, not {len(text)} characters")
    try:
        points = _fraction(text.replace(",", "."))
    except (ValueError, InvalidOperation, ZeroDivisionError):
        raise SubmissionError(f"{range_of}, not {text!r}") from None
    if not 0 <= points <= most:
        raise SubmissionError(f"{range_of}, not {text}")
    return points


def _fraction(text: str) -> Fraction:
    over, slash, under = text.partition("/")
    return Fraction(int(over), int(under)) if slash else Fraction(_decimal(over))


def _decimal(text: str) -> Decimal:
    if not text.isascii() or "e" in text.lower() or "_" in text:
        raise ValueError(text)
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number
