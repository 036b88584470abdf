"""How strong the rubric of a function question is: right answers are changed in one line each, and judged.

| file | owns |
| --- | --- |
| `source_text` | Python as text and as a tree, and changes of it that keep every other byte |
| `expression_operators`, `call_operators`, `statement_operators` | what is changed, by the field's names |
| `changes` | all changes of some statements, in the order of the text |
| `reachable` | what of a module a function rests on |
| `right_answers` | the answers that mutants are made of: references and known answers, as they would be handed in |
| `made` | the mutants of a question |
| `judge` | what the rubric makes of a mutant |
| `larger_corpus`, `corpus_part` | whether a mutant that loses nothing is right, on many more inputs |
| `agreement` | whether two programs give the same |
| `remarks` | what the verdicts say of the spec |
| `assert_lines` | inputs that kill mutants, as tests that are written by hand |

Operators are named as in J. Offutt, A. Lee, G. Rothermel, R. Untch, C. Zapf, "An experimental determination of
sufficient mutant operators", ACM TOSEM 5(2), 1996 (Mothra), and as mutmut and cosmic-ray name those of Python. Of
relational operators the three that subsume the others are made: G. Kaminski, P. Ammann, J. Offutt, "Improving
logic-based testing", Journal of Systems and Software 86(8), 2013.
"""
