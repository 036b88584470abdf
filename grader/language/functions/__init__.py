"""The functions of the language: one record each, with all that any part of the grader knows about it.

| file | owns |
| --- | --- |
| `record`, `operations` | what a record holds; what a domain of numbers supplies so that records have values in it |
| `elementary`, `activations`, `arrays`, `reductions` | the records |
| `typeset` | how calls look in MathML |
| `written_out` | functions of students' formulas that are read as expressions in others |
| `table` | the list of all records, checked for completeness; everything that is derived from it |

A new function is one record in one of these files (or in a file of its own) and one row in `table`; one that can be
written as an expression in others is a row in `written_out`.
"""
