"""What runs on the student's side: the zygote and the children it forks.

These files are executed from their path by a fresh interpreter; they import the standard library (and NumPy) only,
never the rest of the grader, and hold nothing worth stealing.
"""
