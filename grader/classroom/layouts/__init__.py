"""What platforms hand out: the names in a download, read as who handed in which files.

| file | owns |
| --- | --- |
| `layout` | what every layout gives: hand-ins with their files, students, lateness and earlier attempts |
| `canvas`, `gradescope`, `moodle`, `blackboard`, `github` | one platform each |
| `common_start` | the name of the assignment before those of students |
| `table` | all layouts, and which one a folder has |

A layout sees names alone (and the list of students that a platform puts beside them), never what students wrote; the
times of files say nothing. A folder is read in a layout only where every submission in it fits: two students are never
taken for one, nor one for two, without a word.
"""
