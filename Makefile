# Two commands are all anyone needs: `make up` runs Signet, `make test` runs what CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
UP_FLAGS := --port $(PORT) $(if $(PERSIST),--persist $(PERSIST)) $(if $(EMPTY),--empty) $(if $(DEMO),--demo $(DEMO)) $(if $(SMTP),--smtp $(SMTP))

.PHONY: up test lint types imports env env-dev clean lock bench docs

up: env
	@exec $(BIN)/signet up $(UP_FLAGS)

env: $(VENV)/.local

# The running system only: a minute less to wait for than the whole of `make test`.
$(VENV)/.local: requirements/local.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/local.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

env-dev: $(VENV)/.dev

$(VENV)/.dev: $(VENV)/.local requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

test: env-dev
	@./.ci/parts all

lint types imports docs: env-dev
	@./.ci/parts $@

bench: env-dev
	@$(BIN)/signet bench

lock:
	./requirements/compile.sh

clean:
	rm -rf $(VENV) build cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
