# Needs Python 3.11 or newer and make; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test test-mypy prove check bench worker-wheel clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(READY)  ## Run the demo
	$(BIN)/python -m examples.demo

test: $(READY)  ## Run all tests, on every core (they start their own PostgreSQL and D1)
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

test-mypy: $(READY)  ## Run the typed cases with every mypy that is supported
	$(BIN)/python -m tests.typing.versions $(ARGS)

prove: $(READY)  ## Try 100,000 random queries (EXAMPLES=…) and 20,000 migrations (WAYS=…), other ones in every run, and every load for a minute (LOAD=…)
	$(BIN)/python -m pytest tests/properties tests/typing/test_robustness.py --examples $(or $(EXAMPLES),100000) $(ARGS)
	$(BIN)/python -m pytest tests/migrations/test_random_schemas.py tests/migrations/test_random_online.py --examples $(or $(WAYS),20000) $(ARGS)
	$(BIN)/python -m pytest tests/load --load $(or $(LOAD),60) $(ARGS)

check: $(READY)  ## Lint, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(READY)  ## Compare with other libraries
	$(BIN)/python -m benchmarks

worker-wheel: $(READY)  ## Build the wheel for Cloudflare Workers, the smallest one, into dist
	$(BIN)/python -m tools.worker_wheel dist

clean:  ## Remove the environment, caches and builds
	rm -rf $(VENV) .node .applications build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is written last: an install that was interrupted is done again.
$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "qb needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@
