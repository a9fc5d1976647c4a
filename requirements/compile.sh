#!/bin/sh
# Rewrites the three locks from pyproject.toml. Needs uv; the locks themselves install with pip or uv.
# --no-emit-index-url: a lock names versions and hashes, never a host.
set -eu
cd "$(dirname "$0")/.."
lock="uv pip compile pyproject.toml -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate"
# The local engines pin botocore; the whole project follows, so that one SDK is tested and deployed.
$lock --extra local -o requirements/local.txt
$lock -c requirements/local.txt -o requirements/runtime.txt
$lock --extra local --extra dev --extra infra -c requirements/local.txt -o requirements/dev.txt
