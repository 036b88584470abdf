"""YAML to an assignment, refused as a whole with every problem named when anything in it cannot work.

| file | owns |
| --- | --- |
| `course` | where specs and references are found |
| `fields`, `problems` | the types of single fields; their errors as file:line:column |
| `values` | numbers, vectors and matrices as they are written |
| `systems` | a network or behaviour in YAML as a `System` |
| `weights` | a question that is answered with weights; one such file a kind of question |
| `assignment` | a folder of questions, or one question alone |
"""
