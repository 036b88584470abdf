"""Starting something new: a course that works, and questions to change.

| module | what it has |
| --- | --- |
| `file_names` | names that become files: which ones go on every system |
| `listing` | adding a question to `assignment.yaml`, where everything else keeps its bytes |
| `new_course` | the files of a new course |
| `new_question` | one more question of an assignment |
| `schemas` | what editors check the files of a course against |
| `templates` | the files in `templates/`, filled in |
"""
