"""Bounds that keep hostile text harmless: every expression takes bounded time and memory."""

MAX_EXPRESSION_CHARACTERS = 4_000
"""Characters in one expression."""

MAX_EXPRESSION_DEPTH = 100
"""Nesting of one expression's tree."""

MAX_NUMBER_DIGITS = 400
"""Digits in one number, and the largest decimal exponent (a float64 ends near 1e308)."""

MAX_POWER_EXPONENT = 1_000
"""Largest absolute exponent of `**`."""

MAX_NUMBER_BITS = 8_192
"""Bits of a numerator or denominator that may outlive a power, a call, a comprehension or a step."""

MAX_NETWORK_BITS = 32_768
"""The same in a network with an answer's weights: three products of float64 weights a step fit in for 80 steps."""

MAX_WRITTEN_DEPTH = 150
"""Nesting of one equation after its functions are written out: each level takes several frames of Python's stack."""

MAX_EQUATION_NODES = 20_000
"""Nodes of one equation after its functions are written out."""

MAX_ITERATIONS = 100_000
"""Rounds of all `for` loops in one evaluation together, counting each operation in them and the size of its value."""

MAX_ENTRIES = 4_096
"""Entries of a vector or matrix."""
