"""Known answers to the checks of a6, a file for each question."""
