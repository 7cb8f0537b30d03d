"""Grade a submission with nbgrader alone, as ``nbgrader autograde`` does.

For comparison, and for whoever needs exactly that. nbgrader reads the submission as it
lies there, runs tests and student's code together, and writes the gradebook itself.
"""

from nbgrader.api import MissingEntry

from examiner.course import Course, last_line
from examiner.record import CellRecord, Outcome, Record
from examiner.standing import record_file, write_record


def grade_with_nbgrader(course: Course, assignment: str, student: str) -> list[Record]:
    """Grade all notebooks of a submission.

    Raises:
        KeyboardInterrupt: Somebody stopped it; nbgrader itself would go on.
    """
    done = course.api.autograde(assignment, student, force=True)
    if not done["success"] and last_line(done) == "KeyboardInterrupt":
        raise KeyboardInterrupt
    records = []
    for notebook in course.notebooks(assignment):
        record = Record(student, assignment, notebook, mode="stock")
        if done["success"]:
            record.cells = _marks(course, assignment, student, notebook)
        else:
            record.status, record.message = (
                "refused",
                (
                    f"{last_line(done)} (nbgrader autograde {assignment} --student "
                    f"{student} shows all that it says)"
                ),
            )
        write_record(record_file(course, assignment, student, notebook), "", record)
        records.append(record)
    return records


def _marks(
    course: Course, assignment: str, student: str, notebook: str
) -> list[CellRecord]:
    with course.gradebook() as book:
        try:
            grades = book.find_submission_notebook(notebook, assignment, student).grades
        except MissingEntry:
            return []
        marks = {g.name: (g.needs_manual_grade, g.score, g.max_score) for g in grades}
    found = []
    for name in course.grade_ids(assignment):
        if name in marks:
            waits, points, most = marks[name]
            outcome = Outcome.MANUAL if waits else _outcome(points, most)
            found.append(CellRecord(name, None if waits else points, most, outcome))
    return found


def _outcome(points: float, most: float) -> Outcome:
    if points >= most:
        return Outcome.PASS
    return Outcome.PARTIAL if points > 0 else Outcome.FAIL
