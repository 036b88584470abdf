"""What other places need to grade an assignment there: an autograder for Gradescope, a workflow for GitHub."""
