"""The kinds of questions: one room for each, with all that is particular to it.

| file | owns |
| --- | --- |
| `cell_text` | a cell of a notebook as an answer |
| `kind`, `table` | what a kind is; the list of kinds |
| `base` | what most kinds have in common |
| `weights`, `formula`, `function`, `number`, `choice`, `written` | a kind of question each |
| `either`, `parts` | several ways to answer one question; one file with several questions |
| `variants` | questions whose constants are drawn for each student |
| `withheld` | what a student's copy holds where only the course can check |
| `missing` | questions without an answer, and what was handed in that may be one and is not read |
| `blanks` | what a template says behind its blanks, which is no answer |
| `unjudged` | the result of a question that was not judged: missing, rejected or held |
| `open_submission` | a submission while it is graded, and what has to be closed again |
| `question_schema` | the JSON Schema of a question file |
| `fingerprint`, `effects` | what of a course a verdict rests on; what grading a question leaves for the report |
| `kept_assignment`, `stored_question` | an assignment from the user's cache; its questions, loaded when needed |
| `memo` | what was worked out before in a run, within bounds |
| `finding` | what a look at a spec finds |
| `spec_table`, `asked` | what a spec says of a question, as tables; how an answer is typed at a prompt |
| `mutants`, `killing_inputs` | wrong answers that are made on purpose; a few inputs that show all of them to be wrong |
| `proposals` | a question with more in its spec, loaded to see whether a proposal does what it says |
| `page` | what a page shows beside the marks |
| `copies`, `copy_texts` | what travels in a student's copy; its texts, for the TA to look through |
"""
