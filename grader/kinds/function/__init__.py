"""Judging a Python function: one corpus for the class, one batch a function, failures shrunk and replayed.

| file | owns |
| --- | --- |
| `values` | what students and references give, as values to compare and to show |
| `forms` | whether an answer has the form of a right one, and what is said where it has not |
| `properties` | an expression over inputs, the output and further calls, compiled once a question |
| `rigorous` | a second opinion on it without rounding |
| `references` | what is right: the course's own function, or the question's network |
| `groups` | the cases of a question, drawn once and encoded once |
| `plan` | its lines, compiled once: what each is about and what is right for it |
| `asking` | a submission's answers to the cases, and to the further calls inside properties |
| `worth` | which calls can still decide a line once another was lost |
| `verdicts` | one case against one line |
| `shrinking` | the smallest input that Hypothesis finds for a failure |
| `judge` | a submission's functions, line by line |
"""
