"""Grade any nbgrader course with hidden checks that say what went wrong.

What a check needs, in reading order:

- ``errors``: what can go wrong, and the exit code of each.
- ``plain``: the values that may pass between a student's code and a check.
- ``ask``: the only ways in which a check touches a student's objects.
- ``seed``: the secret from which hidden inputs are drawn.
- ``compare``: says in one sentence how a value differs from the wanted one.
- ``answers``: known wrong answers (mutants) and right ones in other styles.
- ``case``: one question put to a student's code, and what came of it.
- ``check``: cases, points, and the sentence that helps.

How a notebook is graded:

- ``record``: what comes of it.
- ``course``, ``assignment``, ``roles``: what the instructor wrote.
- ``intake``: a submission in, a notebook that can be run out.
- ``wire``: plain data between processes, in frames.
- ``sandbox``: what a student's process may do, and how far the machine can see to it.
- ``shell``, ``candidate``, ``nursery``: the student's side, inside the sandbox.
- ``student``, ``remote``, ``names``: that side as a test sees it.
- ``scoring``, ``outputs``, ``tester``: the tests' side.
- ``job``, ``worker``: one notebook, in processes of its own.

How a class is graded:

- ``crew``, ``fleet``, ``kernels``, ``stock``: workers here, elsewhere, and other ways.
- ``options``, ``crews``, ``prove``, ``run``, ``grade``: all of it together.
- ``gradebook``, ``feedback``, ``standing``, ``report``: where marks go.
- ``doctor``, ``selfcheck``, ``table``, ``cli``: the command ``examiner``.
"""

__version__ = "0.6.0"
