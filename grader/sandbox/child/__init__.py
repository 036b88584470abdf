"""What runs on the student's side: the zygote and the children it forks.

These files are executed from their path by a fresh interpreter; they import the standard library (and NumPy) only,
never the rest of the grader, and hold no secret.

| file | owns |
| --- | --- |
| `start` | the entry that a fresh interpreter is given |
| `zygote`, `single` | the interpreter that forks a child for each submission; one program in a process of its own |
| `warm_up` | what the zygote does once, so that no child does it for the first time |
| `serve`, `frames`, `codec`, `compact` | a child's conversation; its frames; plain data as JSON; numbers as bytes |
| `plain`, `tensors`, `objects` | what is plain data; tensors of torch; objects of a class and the steps on them |
| `packages`, `stand_ins` | the packages that a course allows; what stands for drawing libraries where it does not |
| `modules` | the other files of a submission, which it imports |
| `program`, `streams`, `failures` | a submission as a module; what it prints; what it raises |
| `trees`, `losses` | its statements and the names that they bind; those that stopped |
| `interactive` | what stands for a notebook's session, and does nothing |
| `supplied`, `observe` | functions that the grader supplies; what calls do to their arguments |
| `own_process` | what the system says of a process, and large pages for it |
| `confine`, `landlock`, `seccomp`, `syscalls`, `linux` | giving up whatever a submission does not need |
| `extract` | the text of a document of a word processor or a PDF |
| `alone` | what a process gives up that reads one hostile file with a library |
| `hdf5` | the arrays of an HDF5 file, whose library reads hostile bytes |
| `probes` | whether each of these mechanisms works here |
"""
