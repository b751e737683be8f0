#!/bin/sh
# Refresh requirements/*.lock: exact versions and hashes for pip, no index, no host, no path.
# Releases younger than a week are left alone, so that a hijacked one is found by somebody else.
set -eu
cd "$(dirname "$0")/.."
compile() {
  out=$1
  shift
  uv pip compile "$@" --quiet --upgrade --universal --python-version 3.11 \
    --generate-hashes --no-build --exclude-newer "1 week" --custom-compile-command "make lock" \
    --output-file "$out"
}
compile requirements/run.lock pyproject.toml --group build
compile requirements/dev.lock pyproject.toml --group dev --constraint requirements/run.lock
compile requirements/peers.lock --group peers
