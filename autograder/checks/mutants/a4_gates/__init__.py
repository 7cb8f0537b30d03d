"""Known answers to the checks of a4, a file for each question."""
