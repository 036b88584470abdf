"""What lines of function questions may ask for: a file for each aim, and what judges answers by it."""
