"""Known answers to the checks of a3, a file for each question."""
