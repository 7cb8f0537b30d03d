# Through Time. `make course` builds everything, `make test` proves it; `make` lists the rest.
# Steps leave a mark in _build or .venv, so that a second run does only what changed.

PYTHON ?= python3
PORT ?= 8000

BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export JUPYTER_CONFIG_PATH := $(CURDIR)/autograder
export PYTHONDONTWRITEBYTECODE := 1

# What each step is made from: files, and folders too, whose times tell of a file removed.
all_in = $(shell find $(1) -name __pycache__ -prune -o -name .ipynb_checkpoints -prune -o -print)
LIB := $(call all_in,lib/throughtime)
BOOK := _config.yml $(filter-out book book/tests%,$(call all_in,book))
SOLUTIONS := $(call all_in,solutions)
GRADER := autograder/nbgrader_config.py $(call all_in,autograder/examiner autograder/checks autograder/demo)
ASSIGNMENTS := $(notdir $(wildcard solutions/*))

STAMP := _build/stamp
say = @printf '\n\033[1m== %s\033[0m\n' "$(1)"

.DEFAULT_GOAL := help
.PHONY: help course book release demo test lint serve lab clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

course: book release demo ## install, build the book, release the assignments, grade a made-up class
	@python .ci/whereto.py

book: $(STAMP)/book ## build the book to _build/html

release: $(STAMP)/release ## make assignments/ from solutions/

demo: $(STAMP)/demo ## grade the made-up class in _build/demo

test: .venv/installed-dev lint book ## lint, library, grader, book and browser tests
	$(call say,Tests of the library the grader and the book)
	pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: .venv/installed-dev ## style, layers, spelling, notebooks without outputs
	$(call say,Lint)
	ruff check
	ruff format --check
	lint-imports
	codespell
	nbstripout --keep-id --verify $(wildcard solutions/*/*.ipynb assignments/*/*.ipynb)

serve: $(STAMP)/book ## show the book at http://127.0.0.1:8000
	@echo "The book is at http://127.0.0.1:$(PORT)/ until you press Ctrl-C."
	@python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

lab: $(STAMP)/release ## open JupyterLab with nbgrader and formgrader on this course
	@mkdir -p _build/exchange
	jupyter lab

clean: ## remove everything generated, but no grades and no submissions
	rm -rf _build .venv

.venv/installed: requirements.txt .ci/constraints.txt .ci/install.py lib/pyproject.toml autograder/pyproject.toml
	$(call say,Installing the course in .venv: about 3 minutes once)
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11-3.13: sudo apt-get install python3 python3-venv" >&2; exit 2; }
	@$(PYTHON) .ci/install.py
	@touch $@

.venv/installed-dev: .venv/installed .ci/requirements.txt
	$(call say,Installing the development tools in .venv)
	@$(PYTHON) .ci/install.py --dev
	@touch $@

$(STAMP)/book: .venv/installed $(BOOK) $(LIB)
	$(call say,Building the book: its cells run where they changed)
	jupyter-book build book --config _config.yml --all -W -n --keep-going
	@mkdir -p $(@D) && touch $@

$(STAMP)/release: .venv/installed $(SOLUTIONS) autograder/nbgrader_config.py
	$(call say,Releasing the assignments: $(ASSIGNMENTS))
	@for name in $(ASSIGNMENTS); do nbgrader generate_assignment $$name --no-db --force --log-level=ERROR || exit 1; done
	@mkdir -p $(@D) && touch $@

$(STAMP)/demo: $(STAMP)/release $(LIB) $(GRADER)
	$(call say,Grading the made-up class with hidden tests)
	@python autograder/demo/grade.py
	@touch $@
