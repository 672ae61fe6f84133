# The two commands of the README are `make demo` and `make test`; both set up everything they need.
PYTHON ?= python3
UV     := .tools/bin/uv
BIN    := .venv/bin
STAMP  := .venv/.installed

.PHONY: demo test setup check bench lock clean
setup: $(STAMP)

$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade --target .tools "uv>=0.9"

$(STAMP): $(UV) pyproject.toml requirements/dev.lock
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python .venv --require-hashes requirements/dev.lock
	$(UV) pip install --quiet --python .venv --no-deps -e .
	touch $(STAMP)

demo: setup
	$(BIN)/holoscope demo --once --data-dir .venv/demo-once
	$(BIN)/holoscope demo

test: setup
	$(BIN)/python -m pytest -n auto

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m bench

lock: $(UV)
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements/dev.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements/run.lock

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache
