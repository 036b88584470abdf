"""An autograder for neural-network homework whose verdicts come with a proof."""
