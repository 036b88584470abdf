"""What students and platforms really hand in, each example with the marks it must earn."""
