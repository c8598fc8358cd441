# Everything a newcomer needs: `make demo` and `make test`. `make` alone lists the tasks.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# What is installed beyond the service itself: the embedded database; `semantic` adds sentence vectors from a local model.
EXTRAS := embedded
# A process for each core, each with a database of its own; a file stays in one of them.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile
# A uv on the machine is used; otherwise one is installed into the venv.
UV := $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)

# Another Python than the venv's was asked for: install anew.
ifdef PYTHON
ifneq ($(shell $(PYTHON) --version 2>&1),$(shell $(BIN)/python --version 2>&1))
$(shell rm -f $(INSTALLED))
endif
endif

.PHONY: help demo test long serve lint types format coverage migrations check clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z.]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install .env ## install, load the demo evening and serve it on http://127.0.0.1:8000 (PORT=8001 moves it)
	@exec $(BIN)/python manage.py demo

test: install ## install and run the suite on the embedded database (ARGS="-k bookmark" narrows it)
	@$(PYTEST) -m "not long and not thorough" $(ARGS)

long: install ## the proofs that take minutes: catalogue, guide and viewing at the size of a real service, storms and kills
	@$(BIN)/python -m pytest -m long --durations=0 $(ARGS)

serve: install .env ## migrate and serve with gunicorn, without the demo
	@$(BIN)/python manage.py migrate --verbosity 0
	@exec $(BIN)/gunicorn

check: lint types migrations ## everything that is not a test: lint, types, room rules, migrations

lint: install ## style, security and the one direction of knowledge between rooms
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache

types: install ## mypy, strict
	@$(BIN)/mypy

migrations: install ## fail when a model changed without a migration
	@DJANGO_SETTINGS_MODULE=config.tooling $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

coverage: install ## the suite with its coverage of lines
	@$(PYTEST) --cov --cov-report=term --cov-fail-under=90 $(ARGS)
	@$(BIN)/coverage report --fail-under=95 --include='accounts/*,platform/common/*' >/dev/null || \
		{ echo "accounts and platform/common have less than 95 % of their lines covered."; exit 1; }

format: install ## put the code into the house's form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

install: $(INSTALLED) ## make .venv and install what uv.lock names (PYTHON=python3.12 chooses the Python, for every task)

.env: $(INSTALLED) ## write .env with fresh secrets, if there is none
	@$(BIN)/python -m config.dotenv

clean: ## remove .venv and caches; the data in .data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.PHONY: install
$(INSTALLED): pyproject.toml uv.lock
	@sh ./.ci/make-venv $(VENV)
	@$(UV) sync --frozen --inexact --quiet $(EXTRAS:%=--extra %)
	@touch $@
