"""Equations, initial state and parameters make a machine; machines are explored side by side.

| file | owns |
| --- | --- |
| `alphabet` | what an input may be, one step at a time |
| `word_notation` | how words of inputs are written and read |
| `word_expression`, `automaton` | a regular expression over named symbols; its automaton |
| `word_language` | the words that count, as an equation of the behaviour |
| `named_symbols` | `x[t] == "a"`, written out |
| `empty_input` | what holds before the first step |
| `system`, `program` | equations as they were written; the same checked, ordered and compiled |
| `layout`, `dry_run` | where in a frame each quantity lies; shapes, found without values |
| `clock` | how much of the time `t` a system can tell apart |
| `machine` | a Mealy machine that is worked out as far as somebody walks it |
| `enclosed` | networks with irrational values, run in balls of growing precision |
| `minimal` | the machine with the fewest states that answers alike |
| `specification` | a behaviour that also says which steps a rubric line is about and what is accepted |
| `acceptance` | why an output is not accepted: the condition that does not hold, with its values |
| `explore` | every reachable joint state, shortest words first |
| `display` | inputs and outputs for people: long ones run by run, decimals beside fractions |
"""
