#!/usr/bin/env bash
# Remakes both locks: one set of versions with hashes for every Python from 3.11 on, on Linux and macOS.
# Keeps the versions already locked; `lock.sh --upgrade` takes the newest.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools/venv"
"$tools/venv/bin/python" -m pip install --quiet uv

compile() {
    "$tools/venv/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
        --fork-strategy fewest --generate-hashes --no-emit-index-url --no-header "$@"
}

compile --extra build --output-file requirements/run.lock "${@}"
compile --extra build --extra postgres --extra dev --constraint requirements/run.lock \
    --output-file requirements/dev.lock "${@}"
