"""YAML to an assignment, refused as a whole with every problem named when anything in it cannot work.

| file | owns |
| --- | --- |
| `course` | where specs and references are found |
| `fields`, `problems` | the types of single fields; their errors as file:line:column |
| `values` | numbers, vectors and matrices as they are written |
| `systems` | a network or behaviour in YAML as a `System` |
| `question`, `kinds` | what every question has; which kinds there are |
| `weights`, `functions`, `formulas`, `numbers`, `choices`, `written`, `waits` | a kind of question each |
| `*_models`, `*_loader` | the larger kinds: as they are written, and from there to what can be judged |
| `parts`, `either` | one file with several questions; several ways to answer one |
| `marks` | a reader's marks for written answers |
| `assignment` | a folder of questions, or one question alone |
"""
