"""Students get what the sources give, and nothing that they must not see."""

import filecmp
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(p.parent.name for p in ROOT.glob("solutions/*/*.ipynb"))
SECRETS = r"BEGIN SOLUTION|END SOLUTION|HIDDEN TESTS|MARK SCHEME|from checks import"


def release(name):
    return ROOT / "assignments" / name


def test_there_are_assignments():
    assert NAMES


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_release_is_byte_equal_to_a_fresh_one(name, tmp_path):
    shutil.copytree(ROOT / "solutions" / name, tmp_path / "solutions" / name)
    (tmp_path / "autograder").mkdir()
    config = ROOT / "autograder" / "nbgrader_config.py"
    shutil.copy(config, tmp_path / "autograder")
    subprocess.run(
        ["nbgrader", "generate_assignment", name, "--no-db", "--force"],
        cwd=tmp_path / "autograder",
        check=True,
        capture_output=True,
    )
    fresh = tmp_path / "assignments" / name
    files = sorted(p.name for p in fresh.iterdir())
    assert files == sorted(p.name for p in release(name).iterdir())
    _, differ, odd = filecmp.cmpfiles(fresh, release(name), files, shallow=False)
    assert (differ, odd) == ([], []), "run `make release` and commit assignments/"


@pytest.mark.parametrize("name", NAMES)
def test_the_release_holds_no_solution_and_no_hidden_test(name):
    for file in release(name).rglob("*"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(SECRETS, text), file


@pytest.mark.parametrize("name", NAMES)
def test_the_source_holds_what_the_release_must_not(name):
    text = (ROOT / "solutions" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    assert {"BEGIN SOLUTION", "HIDDEN TESTS", "from checks import"} <= set(
        re.findall(SECRETS, text)
    )
