"""A submission on disk to answers in memory; everything in it is hostile until shown otherwise.

| file | owns |
| --- | --- |
| `files`, `links` | reading a file without following, waiting or overflowing; which files have several names |
| `submission` | which file answers which question |
| `arrays` | NumPy and safetensors files, read without unpickling anything |
| `prose` | text, a formula, a number or choices |
| `code`, `definitions` | which file is the code, read as bytes; what a file of code defines |
| `modules` | the files beside the code that it may import |
| `live` | a function of a running Python as the text of a `solution.py` |
"""
