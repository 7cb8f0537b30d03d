"""Hidden checks: a module for each assignment, on top of ``examiner``.

A check asks a student's function by cases. What is wanted comes from an oracle that
is not the solution. A test cell and its checks share one process with the student's
code, where the assignment has closed modules of ``throughtime``: import none of those.
"""
