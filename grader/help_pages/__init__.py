"""The help: pages in Markdown (`grader/help/`), and pages that are made of the package's own tables.

| file | owns |
| --- | --- |
| `pages` | the topics, a page of each, what a misspelt one was meant to be |
| `generated` | the list of pages that are made, not written |
| `commands`, `expressions`, `keys` | a page each: the commands, the functions of formulas, the keys of files |
| `shown`, `terminal` | a page in a notebook or at a prompt; on a terminal |
"""
