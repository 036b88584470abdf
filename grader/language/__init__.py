"""One small, safe expression language: text to tree, and the tree's values in several domains.

| file | owns |
| --- | --- |
| `limits`, `numbers`, `arrays` | what bounds an expression, how a number is read, vectors and matrices |
| `tree`, `parse`, `printing` | the tree; from text, back to text |
| `latex`, `mathml` | the tree as people read it |
| `functions` | one record for each function that every expression may call |
| `arithmetic`, `scope`, `compile` | what a domain supplies; the names in an expression; the tree as a closure |
| `exact`, `floats`, `balls`, `shapes` | the domains: rationals, ints and floats, rigorous reals, sizes alone |
| `doubles`, `ieee` | one more domain: IEEE 754 doubles, every operation rounded once; how a value is rounded |
| `reals`, `irrational` | rationals as long as values are rational, then balls; which expressions have other values |
| `expansions` | reals as polynomials of what is not rational, where balls do not show that numbers are equal |
| `polynomials` | these polynomials |
| `interval_numbers`, `intervals`, `linear_intervals` | intervals; their domain; those that know what they depend on |
| `ball_numbers`, `precision`, `sizes` | one ball; how many bits a question about balls takes; one size |
| `formula` | an expression over named values, in one domain |
| `build`, `ranks`, `rewriting`, `derivative` | trees by code; number, vector or matrix; derivatives, as trees |
"""
