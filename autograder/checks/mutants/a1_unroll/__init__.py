"""Known answers to the checks of a1, a file for each question."""
