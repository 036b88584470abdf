"""Many submissions at once.

| file | owns |
| --- | --- |
| `entries` | which entries of a folder are submissions |
| `work` | one entry, graded against its own assignment |
| `executors` | where the work is done: in this process, or in several |
| `results` | `grades.csv` and `reports/`, written so that they are whole or not there |
"""
