"""A submission on disk to answers in memory; everything in it is hostile until shown otherwise.

| file | owns |
| --- | --- |
| `files` | reading a file without following, waiting or overflowing |
| `submission` | which file answers which question |
| `arrays` | NumPy and safetensors files, read without unpickling anything |
| `weights` | an answer as a value for each parameter |
"""
