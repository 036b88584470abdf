"""Sets of inputs for functions: read from a line of text, drawn with Hypothesis, or listed to the end.

| file | owns |
| --- | --- |
| `sets` | what a set is: numbers, choices, sequences, tables, generators |
| `read` | `vector(1..8, real(-1..1))` as a set |
| `array_types` | `torch.float32`: the type of the arrays in a set |
| `outputs` | the form of what a function returns, and whether a value has it |
| `read_outputs` | `vector(len(g))` as such a form |
| `ranges` | bounds and sizes, which may speak of the values before |
| `draw` | a set as a Hypothesis strategy |
| `enumerate` | every member of a finite set, shortest first; supplied functions as tables |
| `store` | what was drawn, on disk |
"""
