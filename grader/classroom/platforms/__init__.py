"""Where marks go: the results of a class as files that platforms take back.

| file | owns |
| --- | --- |
| `platform` | what a format is given, and what it answers |
| `marks` | the mark of a row or a question, or the word for why there is none; exact decimals |
| `matching` | which row belongs to which student of a platform's file |
| `sheet` | a CSV of which some cells are replaced |
| `filling` | filling one column of it |
| `canvas`, `moodle`, `gradescope`, `spreadsheet`, `feedback` | one format each |
| `table` | all formats by their names |
"""
