# Everything a newcomer needs. Only python3 and make have to be there; the rest goes into .venv.
#   make compare                     make compare ARGS="--help"
#   make test PYTHON=python3.13 VENV=.venv313

PYTHON ?= python3
VENV ?= .venv
ARGS ?=

BIN := $(VENV)/bin
READY := $(VENV)/.clfz-ready
TOOLS := $(VENV)/.clfz-tools-ready
INSTALL := install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup compare test lint format check bench reference clean

help: ## show these targets
	@grep -hE '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*## /\t/' \
	  | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done

setup: $(TOOLS) ## install everything into .venv (done by itself when needed)

compare: $(READY) ## run the shipped comparison of programmes and say where the report is
	@$(BIN)/clfz compare $(ARGS)

test: $(TOOLS) ## run the tests (long checks: make test ARGS="-m slow")
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: $(TOOLS) ## check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(TOOLS) ## put the code in the house format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check: lint test ## lint, then test

bench: $(READY) ## measure the speed of the engine
	@$(BIN)/clfz bench $(ARGS)

reference: $(TOOLS) ## renew the reference result, after a change that is meant to change numbers
	@$(BIN)/python -m tests.reference_result

clean: ## remove the installation and the caches; results stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov build dist
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Any Python, however old, must understand the check of its version. Some systems ship venv without ensurepip:
# there a venv without pip is filled by the system's own pip.
$(READY): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name yours: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = "%d.%d.%d" % sys.version_info[:3]; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; this is " + v + ". Try: make $(MAKECMDGOALS) PYTHON=python3.12")'
	@echo "Installing (a minute or two, once)"
	@if $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1; then \
	  $(BIN)/python -m pip $(INSTALL) -e .; \
	elif $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --version >/dev/null 2>&1; then \
	  $(PYTHON) -m pip --python $(BIN)/python $(INSTALL) -e .; \
	else \
	  echo "$(PYTHON) has neither ensurepip nor pip. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi
	@touch $@

# What the tests, the checks of style and the optional commands need besides.
$(TOOLS): $(READY)
	@echo "Installing the tools for tests and the optional parts (a minute or two, once)"
	@if $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  $(BIN)/python -m pip $(INSTALL) -e '.[dev]'; \
	else \
	  $(PYTHON) -m pip --python $(BIN)/python $(INSTALL) -e '.[dev]'; \
	fi
	@touch $@
