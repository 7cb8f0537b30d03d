"""Known answers to the checks of a2, a file for each question."""
