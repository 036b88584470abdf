"""What runs on the student's side: the zygote and the children it forks.

These files are executed from their path by a fresh interpreter; they import the standard library (and NumPy) only,
never the rest of the grader, and hold no secret.

| file | owns |
| --- | --- |
| `start` | the entry that a fresh interpreter is given |
| `zygote`, `single` | the interpreter that forks a child for each submission; one program in a process of its own |
| `serve`, `frames`, `codec` | a child's conversation; its frames; plain data as JSON |
| `plain`, `tensors`, `objects` | what is plain data; tensors of torch; objects of a class and the steps on them |
| `program`, `streams`, `failures` | a submission as a module; what it prints; what it raises |
| `supplied`, `observe` | functions that the grader supplies; what calls do to their arguments |
| `confine`, `landlock`, `seccomp`, `syscalls`, `linux` | giving up whatever a submission does not need |
| `probes` | whether each of these mechanisms works here |
"""
