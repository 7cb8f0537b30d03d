"""Grade any nbgrader course with hidden checks that say what went wrong.

In reading order:

- ``errors``: what can go wrong, and the exit code of each.
- ``plain``: the values that may pass between a student's code and a check.
- ``ask``: the only ways in which a check touches a student's objects.
- ``seed``: the secret from which hidden inputs are drawn.
- ``compare``: says in one sentence how a value differs from the wanted one.
- ``answers``: known wrong answers (mutants) and right ones in other styles.
- ``case``: one question put to a student's code, and what came of it.
- ``check``: cases, points, and the sentence that helps.
- ``course``: an nbgrader course folder and its gradebook.
- ``intake``: can a submission be read?
- ``grade``: a class in, marks and reasons out.
- ``report``: what the class got and what it misunderstood.
- ``cli``: the command ``examiner``.
"""

__version__ = "0.1.0"
