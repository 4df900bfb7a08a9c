# `make demo` and `make test` set up what they need first; a second run finds it and starts in seconds.

UV_VERSION := 0.13.9
BIN := .venv/bin
SETUP_DONE := .venv/.set-up
TEST_SETUP_DONE := .venv/.set-up-for-tests

# Without compiled modules every start of a program takes many times as long.
unexport PYTHONDONTWRITEBYTECODE

# The interpreter itself, not a shim before it: uv makes the environment anew for what it takes for another Python.
PYTHON = $(shell python3 -c 'import sys; print(sys.executable)')

.PHONY: setup demo test lint types test-tools

setup: $(SETUP_DONE)

# uv brings the locked packages; it lives in an environment of its own, away from the product's.
.cache/uv/bin/uv:
	python3 -m venv .cache/uv
	.cache/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(SETUP_DONE): uv.lock pyproject.toml | .cache/uv/bin/uv
	.cache/uv/bin/uv sync --quiet --frozen --no-dev --inexact --python "$(PYTHON)"
	touch $@

$(TEST_SETUP_DONE): $(SETUP_DONE)
	.cache/uv/bin/uv sync --quiet --frozen --python "$(PYTHON)"
	touch $@

demo: setup
	$(BIN)/avmp demo $(ARGS)

# Chromium, a JDK and Maven come from the distribution: root installs them, others are told what is missing.
test-tools:
	sh tests/tools.sh

lint: $(TEST_SETUP_DONE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(TEST_SETUP_DONE)
	$(BIN)/mypy

# ARGS goes to pytest: make test ARGS="tests/linking -x", make test ARGS="-m 'not slow'".
test: test-tools lint types
	$(BIN)/pytest $(ARGS)
