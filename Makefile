# Needs Python 3.11 to 3.13, make and a package index; everything else goes into .venv. `make PYTHON=…` names another Python.
# The first that runs is taken: a name on the PATH may be a shim for a version that is not there.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)

# The stamp names this folder, so that a copied tree makes its own .venv instead of running the first one's code.
READY := .venv/ready-$(shell pwd -P | cksum | cut -d ' ' -f 1)

# Likewise, once what the system's tests need is in .venv too.
SYSTEM := $(READY)-system

.PHONY: setup demo test test-system lint types check bench fuzz
.DEFAULT_GOAL := check

setup: $(READY)

demo: $(READY) ; .venv/bin/ruleseven demo

test: $(READY) ; .venv/bin/python -m pytest

test-system: $(SYSTEM) ; tests/system/install && .venv/bin/python -m pytest tests/system

lint: $(READY) ; .venv/bin/ruff check

types: $(READY) ; .venv/bin/mypy

check: lint types ; .venv/bin/ruff format --check

bench: $(READY) ; .venv/bin/python -m benchmarks

# Altered files for every parser of outside bytes, for so many minutes.
MINUTES ?= 10

fuzz: $(READY) ; PYTHONPATH=tests .venv/bin/python -m fuzz --minutes $(MINUTES)

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python from 3.11 to 3.13 with venv and ensurepip was found. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(SYSTEM): $(READY)
	.venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check --editable '.[system]'
	@touch $@
