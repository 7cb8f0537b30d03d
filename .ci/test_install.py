"""The installer's choices, which no other test sees: this machine allows only one."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location(
    "install", Path(__file__).with_name("install.py")
)
install = importlib.util.module_from_spec(spec)
spec.loader.exec_module(install)

ROOT = Path(__file__).resolve().parents[1]
OFFERED = "torch (2.15.0)\nAvailable versions: 2.15.0, 2.13.0, 2.12.1"


@pytest.fixture(autouse=True)
def laptop(monkeypatch):
    """A Linux machine without a GPU."""
    monkeypatch.setattr(install.platform, "system", lambda: "Linux")
    monkeypatch.setattr(install, "cuda_driver", lambda: False)


def test_without_a_gpu_torch_comes_from_the_index_of_cpu_builds():
    note, args = install.torch_source("2.13.0", OFFERED, "")
    assert args == ["--index-url", install.CPU_INDEX]
    assert "200 MB" in note


def test_an_index_that_the_user_names_goes_first(monkeypatch):
    monkeypatch.setattr(install, "cuda_driver", lambda: True)
    note, args = install.torch_source("2.13.0", OFFERED, "https://example.org/whl")
    assert args == ["--index-url", "https://example.org/whl"]
    assert "https://example.org/whl" in note


def test_a_cpu_build_that_pip_finds_by_itself_is_taken_plainly():
    offered = OFFERED.replace("2.13.0", "2.13.0+cpu, 2.13.0")
    assert install.torch_source("2.13.0", offered, "")[1] == []


def test_with_a_cuda_driver_the_cuda_build_is_taken_and_its_size_said(monkeypatch):
    monkeypatch.setattr(install, "cuda_driver", lambda: True)
    note, args = install.torch_source("2.13.0", OFFERED, "")
    assert args == []
    assert "3 GB" in note


def test_on_a_mac_the_plain_build_has_no_cuda(monkeypatch):
    monkeypatch.setattr(install.platform, "system", lambda: "Darwin")
    assert install.torch_source("2.13.0", OFFERED, "")[1] == []


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_another_python_is_refused_with_what_to_type(monkeypatch, capsys, version):
    monkeypatch.setattr(install.sys, "version_info", (*version, 0, "final", 0))
    with pytest.raises(SystemExit) as stop:
        install.check_machine()
    assert stop.value.code == 2
    assert "make PYTHON=python3.12 course" in capsys.readouterr().err


def test_a_python_without_venv_is_refused_with_the_package_to_install(
    monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit):
        install.check_machine()
    assert re.search(r"apt-get install python3\.\d+-venv", capsys.readouterr().err)


def test_a_full_disk_is_refused_with_the_space_needed(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(install, "SPACE_GB", 1e9)
    monkeypatch.setattr(install, "PYTHON", tmp_path / "not-yet")
    with pytest.raises(SystemExit):
        install.check_machine()
    assert "the course needs 1e+09 GB" in capsys.readouterr().err


def test_the_pin_is_read_from_the_requirements():
    assert re.fullmatch(r"\d+\.\d+\.\d+", install.torch_pin())


@pytest.mark.parametrize("package", ["lib/throughtime", "autograder/examiner"])
def test_a_package_has_the_version_that_the_changelog_names_last(package):
    top = re.search(r"^## (\d+\.\d+\.\d+) ", (ROOT / "CHANGELOG.md").read_text(), re.M)
    code = (ROOT / package / "__init__.py").read_text()
    assert re.search(r'^__version__ = "(.+)"$', code, re.M)[1] == top[1]
