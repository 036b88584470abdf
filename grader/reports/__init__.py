"""Reports for people and machines: one file a format, each fed by a `Report` and nothing else.

| file | owns |
| --- | --- |
| `formats`, `fence` | the list of formats, each with its options; what cannot be written holds one question |
| `terminal`, `html`, `markdown` | for people to read |
| `json`, `recorded` | for other programs; a report read back from it |
| `junit`, `github`, `classroom` | for CI |
| `gradescope`, `gradescope_metadata` | for Gradescope; who handed in there, and when |
| `prairielearn`, `autolab`, `submitty` | for these platforms |
| `waiting`, `exception_words` | what students are told of what is held; faults in words, for staff |
| `lines` | a report as a flat list of tests, as platforms want it |
| `robustness`, `machines` | how far weights may move, and minimal machines, in lines of text |
| `sentences` | evidence in words |
| `spec_text` | a question of a spec at a terminal |
"""
