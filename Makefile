# Everything runs inside .venv; `make run` and `make test` are the two commands to know.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
REAL_DATA ?= ../shared/data
BENCH := data/bench
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-config -q

.PHONY: run setup test test-extras check bench serve lab lock clean

run: setup data/sample/project.yml  ## sets up, writes the sample company, runs its last two quarters
	$(BIN)/segkit run data/sample --from-quarter 2026Q2
	@echo
	@echo "Pages and reports:   reports/sample/2026Q3/index.html (open it in a browser; works without internet)"
	@echo "Managers' dashboard: make serve"
	@echo "JupyterLab:          make lab"
	@echo "What has run:        $(BIN)/segkit status data/sample"

setup: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "segkit needs Python 3.11 or newer; say which one: make run PYTHON=python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
		|| { echo "No virtual environment could be made; on Debian: apt install python3-venv"; exit 2; }
	@echo "Installing the locked packages into .venv (some minutes the first time)"
	@if command -v uv >/dev/null; \
		then uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock; \
		else $(BIN)/python -m pip install -q --require-hashes -r requirements.lock; fi
	@$(BIN)/python -m pip install -q --no-deps -e .
	@touch $@

data/sample/project.yml: | setup
	$(BIN)/segkit demo data/sample

test: setup  ## all tests; the last lines say how many were skipped, and why
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q -rs --durations 15 tests

test-extras: setup .venv/.spark  ## the same queries on Apache Spark (installs it: 480 MB; needs Java 17 or newer)
	$(BIN)/python -m pytest -q -rs tests/extras

.venv/.spark: requirements-extras.lock | setup
	@awk '/^[a-z]/ {keep = /^(pyspark|py4j)==/} keep' requirements-extras.lock > $@.lock
	$(BIN)/python -m pip install -q --no-deps --require-hashes -r $@.lock
	@touch $@

check: setup  ## style, types, layers, stripped notebooks, locks in step
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house

$(BENCH)/sample/runs/2026Q3/manifest.json: | setup
	$(BIN)/python -c "from segkit.demo import write_demo; write_demo('$(BENCH)/sample', with_truth=True)"
	$(BIN)/segkit run $(BENCH)/sample --quarter 2026Q3

$(BENCH)/retail/runs/2011Q3/manifest.json: | setup
	$(BIN)/segkit init $(BENCH)/retail $(REAL_DATA)/online_retail/*
	$(BIN)/segkit run $(BENCH)/retail --quarter 2011Q3

bench: setup $(BENCH)/sample/runs/2026Q3/manifest.json  ## measures what takes longer than a test may; writes the results beside the scripts
	$(BIN)/python benchmarks/features.py --write
	$(BIN)/python benchmarks/dialects.py --write
	$(BIN)/python benchmarks/reading.py --write
	$(BIN)/python benchmarks/duplicates.py --write
	$(BIN)/python benchmarks/leads.py --write
	$(BIN)/python benchmarks/backtest_intervals.py --write
	$(BIN)/python benchmarks/lifetime_fits.py --write
	@test -d $(REAL_DATA) || echo "Left out, for lack of $(REAL_DATA): benchmarks on real data"
	@test ! -d $(REAL_DATA) || $(BIN)/python benchmarks/certified_search.py $(REAL_DATA)/wholesale_customers --write
	@test ! -d $(REAL_DATA) || $(BIN)/python benchmarks/online_retail.py $(REAL_DATA)/online_retail --write
	@test ! -d $(REAL_DATA) || $(BIN)/python benchmarks/matching_judged.py $(REAL_DATA) --write
	@test ! -d $(REAL_DATA) || $(BIN)/python benchmarks/trend_coverage.py $(REAL_DATA)/online_retail --write
	@test ! -d $(REAL_DATA) || $(BIN)/python benchmarks/potential.py --data $(REAL_DATA)/wholesale_customers --write
	@test ! -d $(REAL_DATA) || $(BIN)/python benchmarks/lifetime_online_retail.py $(REAL_DATA)/online_retail \
		--sample $(BENCH)/sample/runs/2026Q3/tables/invoices.parquet --truth $(BENCH)/sample/truth/churners.parquet --write
	@test ! -d $(REAL_DATA) || $(MAKE) $(BENCH)/retail/runs/2011Q3/manifest.json
	@test ! -d $(REAL_DATA) || $(BIN)/python benchmarks/churn.py --project $(BENCH)/retail --write
	SEGKIT_KILLS=30 $(BIN)/python -m pytest -q tests/run/test_kill.py

serve: setup data/sample/project.yml  ## managers' pages in the browser
	$(BIN)/segkit serve data/sample

lab: setup data/sample/project.yml  ## JupyterLab on the sample company
	$(BIN)/segkit lab data/sample

lock:  ## after a change of dependencies in pyproject.toml (needs uv)
	$(LOCK) pyproject.toml --extra test -o requirements.lock
	$(LOCK) pyproject.toml --extra spark --extra bi -c requirements.lock -o requirements-extras.lock

clean:  ## removes the environment and the caches, never data/ or reports/
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis build segkit.egg-info
