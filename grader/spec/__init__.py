"""YAML to an assignment, refused as a whole with every problem named when anything in it cannot work.

| file | owns |
| --- | --- |
| `course` | where specs and references are found |
| `packages`, `package_names` | what code may import, and whether it is installed here; how packages are named |
| `fields`, `problems` | the types of single fields; their errors as file:line:column |
| `places` | where in a document something stands |
| `values` | numbers, vectors and matrices as they are written |
| `parameters`, `menus` | what students choose: numbers, the sizes of arrays, functions |
| `symbols` | an input with named symbols, and the words of these that count |
| `systems` | a network or behaviour in YAML as a `System` |
| `readings` | conventions under which a network may be read, also as axes |
| `question`, `question_models` | what every question has, whatever its kind; how that is written |
| `question_names` | which names questions may have beside each other |
| `variants`, `variants_reader` | constants that are drawn for each student; how that is written |
| `substitution` | constants in place of their names |
| `student_ids` | when two spellings are the id of one student |
| `late_policy`, `deadlines` | when an assignment is due, and what lateness costs; how that is written |
| `assignment`, `assignment_files` | the questions of an assignment; a folder of them, or one question alone, read |
| `copies` | what a student's copy of an assignment may not hold |
| `field_schemas`, `schema`, `schema_comment` | what fields may hold, and models, as JSON Schema for editors |
"""
