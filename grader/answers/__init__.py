"""A submission on disk to answers in memory; everything in it is hostile until shown otherwise.

| file | owns |
| --- | --- |
| `tree`, `archives`, `names` | the files of a submission, wherever they lie; what systems make of their names |
| `disk`, `content` | where they come from: a folder or a platform's parts; or bytes that were read before |
| `plain_files` | the same in the usual case, read with few calls |
| `unread`, `unread_parts` | what to do with what nothing has read, and which questions it may answer; what that is |
| `files`, `links` | reading a file without following, waiting or overflowing; which files have several names |
| `submission`, `answer`, `answer_files` | which file answers which question; what stands in it for one |
| `read_record`, `digest` | what was read so far; what an answer is, as plain data |
| `excerpts` | what was handed in for a question, as pages show it |
| `in_memory` | answers that lie in no folder |
| `answers_file` | what stands in a file of answers for each question, and what of it could not be read |
| `escapes`, `comments` | backslashes and `#` in answers, which YAML would take for its own |
| `students` | who handed in together, as the answers say |
| `array_files` | a file of weights that the answers name, and what they say beside one |
| `formats` | files of weights by their endings: what reads each, what is said of the others |
| `arrays`, `safetensors`, `zipped` | NumPy's files and safetensors; archives in memory |
| `torch_file`, `torch_pickle`, `torch_names`, `torch_tensors` | PyTorch's files, whose pickle is followed, not run |
| `state_dicts` | which of a tree of mappings are the weights |
| `matlab`, `matlab_parts`, `hdf5`, `csv_matrix` | MATLAB's files through SciPy, Keras's through h5py, rows of text |
| `prose` | text, a formula, a number or choices |
| `document_text`, `reader_process` | text of documents; a process of its own that reads one hostile file |
| `code`, `definitions` | which file is the code, read as bytes; what a file of code defines |
| `modules` | the files beside the code that it may import |
| `live`, `python_values` | a function of a running Python as the text of a `solution.py`; values as they are written |
"""
