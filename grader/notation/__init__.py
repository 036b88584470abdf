"""Formulas as people write them: a text in any notation to a tree, and a tree typeset again."""
