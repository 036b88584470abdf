"""How strong a spec is: wrong answers are made on purpose, and those that lose no points are counted.

| module | owns |
| --- | --- |
| `sample` | which mutants are judged where there are too many |
| `chunks` | mutants as work for any process |
| `kept` | verdicts in the user's cache |
| `measure` | the run over all questions |
| `outcome` | what is known after it |
| `json`, `terminal` | how it is shown |

What a mutant is stands in `grader.kinds.mutants`; each kind of question makes and judges its own.
"""
