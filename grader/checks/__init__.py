"""One file a way to judge.

| file | owns |
| --- | --- |
| `weights` | an answer of weights against its question, line by line |
| `lines` | which rubric lines a machine breaks, and on which shortest word |
| `counterexample` | a word as evidence: replayed, with a trace of every quantity |
| `recognise` | known mistakes and neighbouring readings, told by behaviour |
| `margins` | how far every quantity stays from its thresholds |
"""
