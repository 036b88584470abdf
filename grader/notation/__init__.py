"""Formulas as people write them: a text in any notation to a tree, and a tree typeset again.

| file | owns |
| --- | --- |
| `characters`, `seen`, `tokens`, `accents` | signs that are typed, marks that nobody sees, tokens, accents |
| `statements`, `equations`, `parsed` | statements of a text, the answer among them, the formula as it was read |
| `symbols`, `declared_shapes` | what a formula may speak of; whether its sizes fit |
| `cursor`, `scripts`, `names`, `labels` | where the reader stands; subscripts, names; a name as one side |
| `differentials`, `bracketed_differentials` | gradients; their parts in brackets of their own |
| `slopes`, `ones`, `products`, `calls`, `written_out` | slopes, rows and columns, calls, functions written out |
| `einsum`, `subscripts`, `applications`, `folds` | einsum, bases and norms, sums over a range and where they end |
| `operands`, `reader` | single operands; precedence |
| `typeset` | a tree as LaTeX and MathML |
"""
