"""Notebooks whose cells or metadata were changed: the source decides, not they."""

import copy

from hostile.corpus import (
    FULL,
    RIGHT,
    attack,
    cell_of,
    cheat,
    fill,
    hand_in,
    released_notebook,
    write,
)

_GRADED = [f"q{n}_test" for n in (1, 2, 3, 4, 6, 7)]


def _register(name, theme="structure", **expected):
    """Register under a name that is computed."""

    def keep(make):
        make.__name__ = name
        return attack(theme, **expected)(make)

    return keep


for _name, _changed in {
    "points_are_raised": {"points": 1000},
    "points_are_negative": {"points": -5},
    "points_are_nan": {"points": "NaN"},
    "points_are_no_number": {"points": {"a": []}},
    "tests_are_no_tests": {"grade": False},
    "tests_are_answers": {"solution": True},
    "tests_are_tasks": {"task": True, "grade": False},
    "tests_are_unlocked": {"locked": False},
    "a_checksum_is_forged": {"checksum": "0" * 32},
    "schema_version_1": {"schema_version": 1},
    "schema_version_99": {"schema_version": 99},
    "schema_version_is_text": {"schema_version": "three"},
    "a_grade_id_is_a_list": {"grade_id": ["q1"]},
    "a_grade_id_is_a_path": {"grade_id": "../../gradebook"},
    "a_grade_id_is_sql": {"grade_id": "x'; drop table grade; --"},
    "a_grade_id_is_new": {"grade_id": "q99_test"},
}.items():
    for _right in (False, True):

        @_register(
            _name + ("_in_right_work" if _right else ""), score=FULL if _right else 0.0
        )
        def _make(folder, notebook, changed=_changed, right=_right):
            if right:
                fill(notebook, RIGHT)
            for grade_id in _GRADED:
                cell_of(notebook, grade_id).metadata["nbgrader"].update(changed)
            write(folder, notebook)


@attack("structure", score=FULL)
def a_cell_is_duplicated(folder, notebook):
    fill(notebook, RIGHT)
    for grade_id in ("q1", "q1_test", "given", "q5"):
        cell = cell_of(notebook, grade_id)
        notebook.cells.insert(notebook.cells.index(cell), copy.deepcopy(cell))
    write(folder, notebook)


@attack("structure", score=FULL)
def all_cells_are_duplicated_with_new_ids(folder, notebook):
    fill(notebook, RIGHT)
    twins = copy.deepcopy(notebook.cells)
    for n, cell in enumerate(twins):
        cell["id"] = f"twin{n}"
    notebook.cells += twins
    write(folder, notebook)


@attack("structure", score=FULL)
def test_cells_are_deleted(folder, notebook):
    fill(notebook, RIGHT)
    notebook.cells = [c for c in notebook.cells if "def " in c.source or "q5" in c.id]
    write(folder, notebook)


@attack("structure")
def test_cells_are_deleted_and_nothing_is_answered(folder, notebook):
    tests = [cell_of(notebook, grade_id) for grade_id in _GRADED]
    notebook.cells = [cell for cell in notebook.cells if cell not in tests]
    write(folder, notebook)


@attack("structure")
def tests_are_emptied(folder, notebook):
    for grade_id in _GRADED:
        cell_of(notebook, grade_id).source = "pass"
    write(folder, notebook)


@attack("structure")
def tests_award_themselves(folder, notebook):
    for grade_id in _GRADED:
        cell = cell_of(notebook, grade_id)
        cell.source = "100"
        cell.outputs = [
            {
                "output_type": "execute_result",
                "data": {"text/plain": "100"},
                "metadata": {},
                "execution_count": 1,
            }
        ]
    write(folder, notebook)


@attack("structure", outcomes={"q1_test": {"MISSING", "ERROR"}})
def answers_are_deleted(folder, notebook):
    notebook.cells = [c for c in notebook.cells if c.id not in RIGHT]
    write(folder, notebook)


@attack("structure", score=FULL)
def all_metadata_is_stripped(folder, notebook):
    fill(notebook, RIGHT)
    for cell in notebook.cells:
        cell["metadata"] = {}
    notebook["metadata"] = {}
    write(folder, notebook)


@attack("structure", score=FULL)
def metadata_and_ids_are_stripped(folder, notebook):
    fill(notebook, RIGHT)
    for cell in notebook.cells:
        cell["metadata"] = {}
        del cell["id"]
    write(folder, notebook)


for _n, _wrong in enumerate((None, [], "nbgrader", 7, {"grade_id": None}, {"a": []})):

    @_register(f"metadata_of_a_wrong_type_{_n}", score=FULL)
    def _make(folder, notebook, wrong=_wrong):
        fill(notebook, RIGHT)
        for cell in notebook.cells:
            cell.metadata["nbgrader"] = wrong
        write(folder, notebook)


for _kind in ("markdown", "raw"):

    @_register(f"an_answer_is_{_kind}", score=FULL)
    def _make(folder, notebook, kind=_kind):
        cell = cell_of(fill(notebook, RIGHT), "q1")
        cell["cell_type"] = kind
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        write(folder, notebook)


@attack("structure", score=FULL)
def tests_come_before_answers(folder, notebook):
    fill(notebook, RIGHT)
    notebook.cells.sort(key=lambda cell: not cell.id.endswith("_test"))
    write(folder, notebook)


@attack("structure", score=FULL)
def cells_are_in_reverse_order(folder, notebook):
    fill(notebook, RIGHT).cells.reverse()
    write(folder, notebook)


@attack("structure", score=FULL)
def an_extra_notebook_lies_beside(folder, notebook):
    hand_in(folder, released_notebook(), {"q1": "boom"}, "scratch.ipynb")
    (folder / "broken.ipynb").write_text("{")
    hand_in(folder, notebook, RIGHT)


@attack("structure", score=FULL)
def the_notebook_is_renamed(folder, notebook):
    hand_in(folder, notebook, RIGHT, "h1 (1).ipynb")


@attack("structure", score=FULL)
def a_foreign_kernelspec(folder, notebook):
    notebook.metadata["kernelspec"] = {
        "name": "evil",
        "display_name": "Evil",
        "language": "bash",
    }
    notebook.metadata["language_info"] = {"name": "julia"}
    hand_in(folder, notebook, RIGHT)


@attack("structure", score=FULL)
def a_locked_cell_is_changed(folder, notebook):
    cell_of(notebook, "given").source = "SCALE = 0\ndef helper(x): return 0"
    hand_in(folder, notebook, RIGHT)


@attack("structure")
def a_locked_cell_is_changed_to_suit(folder, notebook):
    cell_of(notebook, "given").source = "SCALE = 0\ndef helper(x): return 0"
    hand_in(folder, notebook, {"q7": "def scaled(xs): return [0, 0]"})


@attack("structure")
def a_second_answer_claims_to_be_a_test(folder, notebook):
    forged = copy.deepcopy(cell_of(notebook, "q1_test"))
    forged.source = "2.0"
    notebook.cells.append(forged)
    write(folder, notebook)


@attack("structure", score=FULL)
def a_thousand_extra_cells(folder, notebook):
    fill(notebook, RIGHT)
    for n in range(1000):
        cell = {"cell_type": "markdown", "id": f"x{n}", "metadata": {}, "source": "x"}
        notebook.cells.append(cell)
    write(folder, notebook)


cheat("magic_that_runs_the_shell", "structure", "!touch @COURSE@/@MARK@\n%pip list")
cheat("a_cell_magic_of_another_language", "structure", "%%bash\ntouch @COURSE@/@MARK@")
cheat("magic_that_debugs", "structure", "1 / 0\n%debug")
cheat("magic_that_resets", "structure", "%reset -f\n%autoreload 2\n%load_ext autotime")
