"""Sets of inputs for functions: read from a spec, drawn with Hypothesis or listed to the end, and sent to the sandbox.

| file | owns |
| --- | --- |
| `input_set` | what every set can do |
| `numbers`, `choices`, `lists`, `arrays` | sets: how each is written, drawn, listed and sent |
| `parts`, `generators`, `supplied` | the same |
| `table` | the list of these |
| `alternatives` | any of several sets |
| `read`, `set_forms`, `text_parts` | a node of a spec as a set; how a set may be written; the parts of a line of text |
| `set_schema` | how sets are written, as JSON Schema |
| `ranges` | sizes and bounds, which may speak of the values before |
| `array_types`, `tolerances` | `torch.float32`: the type of arrays in a set; how far their numbers may be apart |
| `cases`, `draw` | whole inputs, drawn or listed; what takes numbers for them |
| `drawn_values` | values that Python does not have |
| `arguments`, `argument_types` | values as the sandbox sends them; those that Python does not have |
| `store` | what was drawn, on disk |
| `outputs` | the form of what a function returns, and whether a value has it |
| `read_outputs` | `vector(len(g))` as such a form |
"""
