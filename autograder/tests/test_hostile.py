"""A hostile class, graded once: nobody gains, nobody else loses, nothing is left."""

import dataclasses
import html.parser
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hostile import ATTACKS
from hostile.corpus import MARK, REACHED, hand_in
from hostile.course import ASSIGNMENT, FULL, RIGHT, make_course, released_notebook
from split import needs

from examiner.course import Course
from examiner.grade import Options, grade
from examiner.sandbox import Limits

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(bool(needs()), reason=needs()),
    pytest.mark.slow,
]
LIMITS = Limits(cell=4, grace=0.5, total=60, memory=2**29, scratch=2**26, processes=60)
# They come first, in between, and last, and hand in different things.
NEIGHBOURS = {
    "0_first": RIGHT,
    "a_neighbour": {**RIGHT, "q1": "def add(a, b): return 3"},
    "j_neighbour": RIGHT,
    "r_neighbour": {**RIGHT, "q2": "def running_sum(xs): return [1, 3, 6]"},
    "zz_last": RIGHT,
}


def class_of(home, attackers):
    make_course(home)
    for student, answers in NEIGHBOURS.items():
        hand_in(_folder(home, student), released_notebook(), answers)
    for attack in attackers:
        attack.make(_folder(home, attack.who), released_notebook())
    course = Course(home)
    options = Options(jobs=2, limits=LIMITS)
    records = grade(course, ASSIGNMENT, options=options)
    return course, {record.student: record for record in records}


def _folder(home, student):
    folder = home / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def outside():
    """The files at the places that attacks write to, before anything is graded."""
    return _marks()


@pytest.fixture(scope="module")
def graded(tmp_path_factory, outside):
    return class_of(tmp_path_factory.mktemp("hostile"), ATTACKS.values())


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """The same class without attackers."""
    return class_of(tmp_path_factory.mktemp("quiet"), [])


@pytest.mark.parametrize("name", ATTACKS)
def test_it_gets_what_it_deserves(graded, name):
    attack, (course, records) = ATTACKS[name], graded
    record = records[attack.who]
    seen = {c.grade_id: (str(c.outcome), c.points, c.message) for c in record.cells}
    assert record.status == attack.status, record.message
    assert record.score == attack.score, seen
    for grade_id, allowed in attack.outcomes.items():
        assert seen[grade_id][0] in allowed, seen
    text = shown(course, attack.who)
    assert attack.says in text
    assert REACHED not in text


def shown(course, student):
    """Return all that a student's graded notebook shows."""
    file = course.path("autograded", ASSIGNMENT, student) / f"{ASSIGNMENT}.ipynb"
    if not file.is_file():
        return ""
    notebook = nbformat.read(file, as_version=4)
    outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
    return "\n".join(o.get("text", "") + str(o.get("data", "")) for o in outputs)


def test_each_student_has_one_record(graded):
    _, records = graded
    assert set(records) == {a.who for a in ATTACKS.values()} | set(NEIGHBOURS)


def test_the_neighbours_get_what_they_get_in_a_quiet_class(graded, quiet):
    for student in NEIGHBOURS:
        assert plain(graded[1][student]) == plain(quiet[1][student])
        assert shown(graded[0], student) == shown(quiet[0], student)
    assert graded[1]["zz_last"].score == FULL


def plain(record):
    return {**dataclasses.asdict(record), "seconds": None}


def test_the_gradebook_has_each_mark_once(graded):
    course, records = graded
    with course.gradebook() as book:
        found = {s.student.id: s.score for s in book.assignment_submissions(ASSIGNMENT)}
    safe = {s: r.score for s, r in records.items() if s in found}
    assert found == safe
    assert set(NEIGHBOURS) <= set(found)


def test_an_old_mark_does_not_outlive_work_whose_tests_were_deleted(quiet):
    course, _ = quiet
    folder = _folder(course.folder, "twice")
    hand_in(folder, released_notebook(), RIGHT)
    options = Options(jobs=1, limits=LIMITS)
    (first,) = grade(course, ASSIGNMENT, ["twice"], options=options)
    ATTACKS["test_cells_are_deleted_and_nothing_is_answered"].make(
        folder, released_notebook()
    )
    (second,) = grade(course, ASSIGNMENT, ["twice"], options=options)
    assert (first.score, second.score) == (FULL, 0)
    with course.gradebook() as book:
        assert book.find_submission(ASSIGNMENT, "twice").score == 0


def test_the_source_is_as_it_was(graded, tmp_path):
    fresh, hostile = make_course(tmp_path / "fresh"), graded[0].folder
    for name in (f"source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", "checks/h1.py"):
        assert (hostile / name).read_bytes() == (fresh / name).read_bytes()


def test_nothing_is_written_outside(graded, outside):
    course, _ = graded
    assert _marks() == outside
    assert [*course.folder.rglob(f"*{MARK}*")] == []
    assert [*course.folder.parent.glob(f"*{MARK}*")] == []


def _marks():
    places = ["/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/etc", Path.home(), "."]
    return {path for place in places for path in Path(place).glob(f"*{MARK}*")}


def test_nothing_is_left_running(graded):
    if not Path("/proc/self").exists():
        pytest.skip("needs /proc")
    running = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                running[folder.name] = (folder / "cmdline").read_bytes()
            except OSError:  # it has just ended
                continue
    assert [pid for pid, line in running.items() if MARK.encode() in line] == []


class Page(html.parser.HTMLParser):
    """Collect what a page could do beyond showing text."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        active = {"script", "iframe", "object", "embed", "form", "base", "link"}
        if tag in active:
            self.found.append(tag)
        for name, value in attributes:
            address = (value or "").strip().lower()
            if name.startswith("on") or address.startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")
            if "example.org/hostile" in address:
                self.found.append(f"{tag} {name}={value}")


def test_no_feedback_holds_what_a_student_could_run(graded):
    course, _ = graded
    pages = {}
    for attack in ATTACKS.values():
        if attack.student:
            continue
        for file in course.path("feedback", ASSIGNMENT, attack.who).glob("*.html"):
            page = Page()
            page.feed(file.read_text(encoding="utf-8"))
            pages[attack.name] = page.found
    assert len(pages) > 100
    assert {name: found for name, found in pages.items() if found} == {}


def test_no_feedback_shows_a_hidden_test(graded):
    course, _ = graded
    for attack in ATTACKS.values():
        if attack.theme in ("forging", "feedback", "lies"):
            for file in course.path("feedback", ASSIGNMENT, attack.who).glob("*.html"):
                text = file.read_text(encoding="utf-8")
                assert "BEGIN HIDDEN" not in text
                assert "add(10, -4)" not in text


@pytest.fixture(scope="module")
def naive(tmp_path_factory):
    """The points that forgeries gain where tests run in the same process."""
    home = tmp_path_factory.mktemp("naive")
    done = subprocess.run(
        [sys.executable, "-m", "hostile.naive", str(home)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return json.loads(done.stdout)


FORGERIES = [name for name, attack in ATTACKS.items() if attack.theme == "forging"]


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_a_real_one_where_nothing_keeps_it_apart(naive, name):
    assert (naive[name] > 0) == (not ATTACKS[name].unshown)
