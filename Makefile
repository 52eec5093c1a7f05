# Needs make and Python 3.11 or later. `make` alone lists what can be done; ARGS="…" is handed on.
.DEFAULT_GOAL := help
BIN := .venv/bin
ARGS ?=

.PHONY: help setup demo serve work talk test check format bench bench-dates prove lock clean

help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv with everything in it (nothing to do when it is up to date)
	@bin/setup

demo: setup ## a clinic that looks real on http://localhost:8000, with its own database
	@$(BIN)/marcai demo $(ARGS)

talk: setup ## talk to the demo in the terminal
	@$(BIN)/marcai talk $(ARGS)

serve: setup ## production's web process, on MARCAI_DATABASE_URL and MARCAI_REDIS_URL
	@$(BIN)/marcai serve $(ARGS)

work: setup ## production's worker
	@$(BIN)/marcai work $(ARGS)

test: setup ## all tests, on a real PostgreSQL of their own
	@$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

check: setup ## what CI runs: format, lint, types, floors, tests
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

format: setup ## bring the code into form
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

prove: setup ## the claimed figures at full size (MARCAI_SEED repeats a run)
	@MARCAI_PROVE=1 $(BIN)/pytest -m prove --timeout 0 $(ARGS)

bench: setup ## the measured figures, each beside its floor
	@$(BIN)/python -m benchmarks $(ARGS)

bench-dates: setup ## how well dates are understood
	@$(BIN)/python -m benchmarks.dates $(ARGS)

lock: setup ## pin the packages anew after a change of the dependencies (ARGS=--upgrade for newer ones)
	@bin/lock $(ARGS)

clean: ## forget .venv and every cache
	@rm -rf .venv .uv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
