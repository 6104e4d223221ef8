# The targets. `make` on its own lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PORT ?= 8501
LAB_PORT ?= 8888
CUSTOMERS ?= 5000
ON ?= sqlite
DATA ?= var/real-data
BIN := .venv/bin
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
PYTEST := $(BIN)/python -m pytest -q --durations=10
SLOW := tests/e2e tests/notebooks tests/slow
LONG := tests/long
# a Sunday, a leap day, the hours in which the clocks of Europe and of Auckland change, the last minutes of a year
DAYS := 2026-12-06T12:00Z 2028-02-29T12:00Z 2027-03-28T00:58Z 2026-09-26T13:58Z 2027-04-03T13:58Z 2026-12-31T23:58Z
unexport PYTHONDONTWRITEBYTECODE # compiled once, not in every process that a test starts

.PHONY: help run lab test test-long test-days check e2e notebooks seed screenshots real-data bench clean install chromium static quick all-but-browser

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

run: .venv/run-time ## start the dashboard with demo data: make run PORT=8501
	@APP_ENV=demo exec $(BIN)/python -m dashboard --port $(PORT)

test: ## all checks and tests, on both databases and in a browser
	@$(MAKE) --no-print-directory -j 2 .venv/development chromium
	@$(MAKE) --no-print-directory -j 2 static all-but-browser
	@$(MAKE) --no-print-directory e2e

check: .venv/development ## the inner loop, on SQLite: everything except browser, notebooks and slow tests
	@$(MAKE) --no-print-directory -j 2 static quick

test-long: .venv/development ## years in the life of the demo, and workers killed again and again: some hours
	$(PYTEST) -n 2 --dist loadfile --timeout=7200 $(LONG)

test-days: .venv/development ## the inner loop on unusual days: make test-days DAYS=2027-01-01T00:00Z
	@for day in $(DAYS); do echo "From $$day:" && STARTS_AT=$$day $(MAKE) --no-print-directory quick PYTEST="$(PYTEST) -p tests.support.another_day" \
	|| exit 1; done

e2e: .venv/development chromium ## the journeys in a browser
	$(PYTEST) -n 2 --dist loadfile --timeout 300 tests/e2e

notebooks: .venv/development ## run the notebooks on demo data
	$(PYTEST) tests/notebooks

lab: .venv/lab ## JupyterLab with the notebooks on demo data, read-only, as the demo's analyst: make lab LAB_PORT=8888
	@APP_ENV=demo exec $(BIN)/python -m data_access lab --port $(LAB_PORT)

seed: .venv/run-time ## fill an empty database with demo data: make seed CUSTOMERS=30000
	@APP_ENV=demo $(BIN)/python -m data_access seed --customers $(CUSTOMERS)

screenshots: .venv/development chromium ## take the README's screenshots on demo data
	@$(BIN)/python -m tests.support.screenshots

real-data: .venv/run-time ## import the real files in a folder: make real-data DATA=folder
	@$(BIN)/python -m bench.real_data $(DATA)

bench: .venv/development ## measure a list of customers against an empty page (p50, p95), collection and planned changes
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.collection
	@$(BIN)/python -m bench.planned
	@$(BIN)/python -m bench.bulk_actions
	@$(BIN)/python -m bench.exports

clean: ## remove the environment and files left by tools; keep the data under var/
	rm -rf .venv *.egg-info build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: .venv/development ## set up the environment only, with the development tools

quick: .venv/development ## only the tests of the inner loop: make quick ON=both includes PostgreSQL
	$(PYTEST) -n 2 --dist worksteal --hypothesis-profile=inner-loop $(addprefix --ignore=,$(SLOW) $(LONG)) $(if $(filter both,$(ON)),,-k "not postgresql")

all-but-browser: .venv/development ## everything except the browser, on both databases
	$(PYTEST) -n 3 --dist worksteal --ignore=tests/e2e --ignore=$(LONG)

static:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Customer Desk needs Python 3.11 or newer: install it, or name it with make PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Customer Desk needs Python 3.11 or newer, and $(PYTHON) is older or missing."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: install its venv package (on Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Making .venv with $(PYTHON)."
	@$(PYTHON) -m venv .venv

.venv/run-time: requirements.txt pyproject.toml | .venv/pyvenv.cfg
	@echo "Installing the pinned packages; the first time takes a minute or two."
	@$(PIP) -r requirements.txt || { echo "The packages could not be installed: the lines above say which, and why."; exit 1; }
	@touch $@

.venv/development: .venv/run-time requirements-dev.txt
	@echo "Installing the tools for tests and checks."
	@$(PIP) -r requirements-dev.txt || { echo "The tools could not be installed: the lines above say which, and why."; exit 1; }
	@touch $@

.venv/lab: .venv/development requirements-lab.txt
	@echo "Installing JupyterLab."
	@$(PIP) -r requirements-lab.txt || { echo "JupyterLab could not be installed: the lines above say which package, and why."; exit 1; }
	@touch $@

chromium: # its headless shell where there is one: the same pages with less work
	@command -v chromium-headless-shell >/dev/null \
	|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "Installing chromium's headless shell." \
	&& apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install chromium-headless-shell fonts-liberation >/dev/null; } \
	|| command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| { echo "The browser tests need chromium: install it so that \`chromium\` is on the path."; exit 1; }
