"""What other places need to grade an assignment there: autograders for platforms, workflows, a container, a copy."""
