"""Known answers to the checks: wrong ones that students give, and right ones.

A wrong answer's docstring is the sentence that would help. An assignment with many
answers is a package with a file for each question.
"""
