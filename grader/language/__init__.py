"""One small, safe expression language: text to tree, and the tree's several meanings.

| file | owns |
| --- | --- |
| `limits`, `numbers`, `functions` | what bounds an expression, how a number is read, which functions there are |
| `tree`, `parse`, `printing`, `latex` | the tree; from text, back to text, to LaTeX |
| `arithmetic`, `compile` | what a meaning supplies; the tree as a closure in any meaning |
| `exact`, `balls`, `batches`, `shapes` | the meanings: rationals, rigorous reals, float64 batches, sizes alone |
| `ranks`, `rewriting`, `derivative` | number, vector or matrix; trees from trees; derivatives, as trees |
"""
