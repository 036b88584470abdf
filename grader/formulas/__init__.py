"""Formula answers."""
