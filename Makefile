# Every target starts from a fresh clone: it makes .venv and installs what it needs first.
SHELL := /bin/sh
VENV ?= .venv
PORT ?= 8000
PY := $(VENV)/bin/python

export PORT VENV UPGRADE

.PHONY: help run test lint format builder lock install dev

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

run: install ## start everything on this machine; PORT=8000
	@exec $(PY) -m scripts.dev

test: dev ## run every test; ARGS="tests/workflows -k claim" for some
	@$(PY) -m scripts.browser && exec $(PY) -m pytest -n 2 $(ARGS)

lint: dev ## linters, types, import rules, migrations, deployment checks
	@exec $(PY) -m scripts.lint

format: dev ## rewrite the code in the house style
	@$(PY) -m ruff check --fix . ; $(PY) -m ruff format .

builder: dev ## build the workflow builder into static/builder/
	@exec $(PY) -m scripts.island

lock: dev ## compile requirements/*.in again from PyPI
	@scripts/lock.sh

install:
	@. scripts/python.sh && exec "$$PYTHON" scripts/bootstrap.py run

dev:
	@. scripts/python.sh && exec "$$PYTHON" scripts/bootstrap.py dev
