"""What lines of function questions may ask for: a file for each aim, as it is written and as answers are judged by it.

| file | owns |
| --- | --- |
| `table` | the aims there are |
| `holds`, `somewhere` | an expression that is true of every input, or of one |
| `stated_answers` | whether such an expression says what is right |
| `equals` | the same output as a reference, or the same part of it |
| `feeds` | the same calls of supplied functions as those of a reference |
| `raises` | an exception that refuses the input |
| `pure` | arguments that are left as they were |
| `withheld` | what only the course knows |
"""
