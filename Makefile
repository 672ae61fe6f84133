# The two commands of the README are `make demo` and `make test`; both set up everything they need.
PYTHON ?= python3
UV     := .tools/bin/uv
BIN    := .venv/bin
STAMP  := .venv/.installed

.PHONY: demo test setup app check bench lock clean
setup: $(STAMP)

# The web application, built where its sources changed since; Node.js comes with the development packages.
app: setup
	$(BIN)/python web/build.py

$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade --target .tools "uv>=0.9"

$(STAMP): $(UV) pyproject.toml requirements/dev.lock
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python .venv --require-hashes requirements/dev.lock
	SKIP_FRONTEND=1 $(UV) pip install --quiet --python .venv --no-deps -e .
	touch $(STAMP)

demo: app
	$(BIN)/holoscope demo --once --data-dir .venv/demo-once
	$(BIN)/holoscope demo

test: app
	$(BIN)/python -m pytest -n auto

check: app
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python web/api_types.py
	$(BIN)/python web/npm.py run --silent check
	$(BIN)/python web/npm.py run --silent test

bench: setup
	$(BIN)/python -m bench

lock: $(UV)
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements/dev.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements/run.lock

clean:
	rm -rf .venv .tools web/node_modules src/holoscope/web/static .mypy_cache .ruff_cache .pytest_cache
