"""Known answers to the checks of a5, a file for each question."""
