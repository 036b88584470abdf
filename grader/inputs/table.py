"""The ways to write a set of inputs: a new one is a file of its own and a row here."""

from __future__ import annotations

from grader.inputs import arrays, choices, generators, lists, numbers, parts, supplied
from grader.inputs.set_forms import SetForm

INPUT_SETS: tuple[SetForm, ...] = (
    numbers.BIT_FORM,
    lists.BITS_FORM,
    numbers.INTEGER_FORM,
    numbers.REAL_FORM,
    choices.ONE_OF_FORM,
    lists.SEQUENCE_FORM,
    arrays.VECTOR_FORM,
    arrays.MATRIX_FORM,
    arrays.ARRAY_FORM,
    lists.WORD_FORM,
    generators.GENERATOR_FORM,
    supplied.SUPPLIED_FUNCTION_FORM,
    arrays.TYPED_ARRAYS_FORM,
    parts.PARTS_FORM,
    parts.DICTIONARY_FORM,
)
"""Lines of text in the order in which messages name them; mappings in the order in which they are tried."""
