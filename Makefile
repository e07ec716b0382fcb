# Every chore of this repository. `make demo` and `make test` need Python 3.11 or newer and nothing else.
PYTHON ?=
WORKERS ?= 2
BIN := .venv/bin

.PHONY: help demo test slow bench sheet lint format docs site clean

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

.venv/core: pyproject.toml
	PYTHON="$(PYTHON)" .ci/venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

.venv/test: .venv/core
	.ci/chromium
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@

.venv/docs: .venv/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	touch $@

.venv/bench: .venv/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	touch $@

demo: .venv/core ## develop the embedded raw, and say where the picture and its page are
	$(BIN)/isp demo

test: .venv/test ## the whole suite
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

slow: .venv/test ## the exhaustive forms as well
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "slow or not slow"

bench: .venv/bench ## measure against OpenCV, LibRaw and colour-demosaicing
	for each in core_chain gradient start capture; do $(BIN)/python benchmarks/$$each.py; done

sheet: .venv/core ## every sensor at three ISOs on one sheet, docs/sensors.jpg
	$(BIN)/python tools/sheet.py

lint: .venv/test ## format, lint, types and floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/test ## put every file into the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/core ## refresh what is generated: costs and table of the stages, the JSON Schema
	$(BIN)/python -m isp.cli.refresh

site: .venv/docs ## the documentation as a site, in out/site
	$(BIN)/python -m tools.site

clean: ## remove what `make` made
	rm -rf .venv out dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
