"""What other places need to grade an assignment there.

| module | what it has |
| --- | --- |
| `archives` | files by name as a zip, a tar or a folder |
| `artemis`, `autolab`, `gradescope`, `prairielearn`, `submitty` | what these platforms are given |
| `container` | a folder of which an image is built |
| `contents` | what every export has in common |
| `files` | which files of a course belong to an assignment |
| `github`, `gitlab` | a workflow and a pipeline for repositories of submissions |
| `nbgrader`, `otter` | notebooks whose cells and tests call the grader |
| `notebook_answers`, `notebook_grading`, `otter_plugin` | such a notebook, and what it calls |
| `on_push` | what a workflow and a pipeline have in common |
| `pinned` | requirements with the versions that are installed |
| `platform_export` | what the module of a platform declares |
| `student` | a copy of an assignment without its answers |
| `table` | the platforms |
"""
