#!/bin/sh
# Compiles requirements/*.in from PyPI into hashed locks that name no index.
# An existing lock keeps its versions; `make lock UPGRADE=--upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."
compile() {
    "${VENV:-.venv}/bin/python" -m uv --quiet --no-config pip compile --universal \
        --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-strip-extras --no-emit-find-links --no-emit-index-url \
        ${UPGRADE:-} "$@"
}
compile requirements/base.in -o requirements.txt
compile requirements/local.in -o requirements/local.txt
compile --no-deps requirements/model.in -o requirements/model.txt
compile requirements/dev.in -o requirements/dev.txt
