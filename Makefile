# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SOURCES := cli pipeline delivery replies store templates letters recipients locales office tests benchmarks

.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help install demo test test-packages test-postgresql lint types coverage benchmarks clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(BIN)/circulars: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("circulars needs Python 3.11 or newer; name it: make PYTHON=python3.11 …") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/circulars
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

install: $(BIN)/circulars  ## a virtual environment with the command circulars in it

demo: $(BIN)/circulars  ## the whole road on a sample office, in ./demo
	$(BIN)/circulars demo

test: $(VENV)/.dev  ## all tests that need nothing but Python
	$(BIN)/python -m pytest -m "not packages" $(ARGS)

test-packages: $(VENV)/.dev  ## the tests that need LibreOffice, Chromium, gettext, Postfix, Dovecot and PostgreSQL
	$(BIN)/python -m pytest -m packages $(ARGS)

ON_POSTGRESQL := tests/store tests/delivery/test_{sending,lease,transitions,limits,journal}.py \
	tests/pipeline/test_{sending,issuing,reminding,chunks,moving}.py
test-postgresql: $(VENV)/.dev  ## what leans on the store most, on a PostgreSQL of its own; ARGS=tests for all that can
	$(BIN)/python -m pytest -m "not packages" --store postgresql $(or $(ARGS),$(ON_POSTGRESQL))

coverage: $(VENV)/.dev  ## the tests with branch coverage
	$(BIN)/python -m pytest -m "not packages" --cov --cov-report=term-missing:skip-covered $(ARGS)

lint: $(VENV)/.dev  ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## mypy, strict
	$(BIN)/mypy

benchmarks: $(VENV)/.dev  ## how fast documents and sending are here, beside others
	$(BIN)/python -m benchmarks.documents
	$(BIN)/python -m benchmarks.delivery
	$(BIN)/python -m benchmarks.crash

clean:  ## forget the environment and what tests left
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage dist demo
