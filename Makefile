# The three that a newcomer needs: make demo, make test, make env.
PYTHON ?= python3
export PYTHON
SHELL := /bin/bash

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
CODE := bot handlers storage tests $(wildcard benchmarks)
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help env dev demo test crash bench model lock format clean

help:
	@echo 'make env      the environment in .venv, from the lock with hashes'
	@echo 'make demo     the desk with its own chat in the browser, no account needed'
	@echo 'make test     format, lint, types, import floors, tests'
	@echo 'make crash    the long crash proof'
	@echo 'make bench    the benchmarks'
	@echo 'make model    the classifier again, from its training text'
	@echo 'make lock     the locks again (LOCK_FLAGS=--upgrade for the newest versions)'
	@echo 'make format   the code as ruff writes it'

env: .venv/installed.stamp

dev: .venv/dev.stamp

.venv/made.stamp:
	@echo '==> making .venv with $(PYTHON)'
	@"$$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Deskbell needs Python 3.11 or newer")'
	@"$$PYTHON" -m venv .venv
	@touch $@

.venv/run.stamp: requirements/run.lock .venv/made.stamp
	@echo '==> installing what the desk runs on'
	@$(PIP) install --quiet --require-hashes -r requirements/run.lock
	@touch $@

.venv/installed.stamp: pyproject.toml .venv/run.stamp
	@echo '==> installing the desk'
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/installed.stamp
	@echo '==> installing what the tests run on'
	@$(PIP) install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

demo: env
	@$(BIN)/deskbell demo

# $(call stage,name,command): says what runs, and which stage it was that failed.
define stage
	@echo '==> $(1)'
	@$(2) || { echo '==> FAILED: $(1)' >&2; exit 1; }
endef

test: dev
	$(call stage,lint,$(BIN)/ruff check $(CODE))
	$(call stage,format,$(BIN)/ruff format --check $(CODE))
	$(call stage,types,$(BIN)/mypy $(CODE))
	$(call stage,import floors,$(BIN)/lint-imports)
	$(call stage,tests,$(BIN)/pytest -n $(WORKERS))

crash: dev
	$(call stage,crash proof,$(BIN)/pytest tests/crash -m 'crash and long' -s)

bench: dev
	$(call stage,benchmarks,$(BIN)/python -m benchmarks)

model: dev
	@$(BIN)/python -m bot.classifier.training

lock:
	@requirements/lock.sh $(LOCK_FLAGS)

format: dev
	@$(BIN)/ruff check --fix --quiet $(CODE)
	@$(BIN)/ruff format $(CODE)

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
