"""Many submissions at once.

| file | owns |
| --- | --- |
| `entries` | which entries of a folder are submissions |
| `work` | one entry, graded against its own assignment |
| `executors` | where the work is done: in this process, or in several |
| `pool`, `workers` | which worker process has which tasks; one such process, seen from both sides |
| `run` | grading all of them, and the `Recorder` that each result is handed to |
| `results` | a recorder: `grades.csv` and `reports/`, written so that they are whole or not there |
| `display` | a recorder that draws a progress bar, and the table at the end |
"""
