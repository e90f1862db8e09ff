#!/bin/sh
# Checks AWS's own managed policies, as moto ships them: none may break the grammar, and each is to be called what it is.
#
#   tests/managed/run.sh [CACHE]
#
# moto goes to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else. Needs cargo and pip.
set -eu

cache=${1:-${TMPDIR:-/tmp}/keytrail-tools}
mkdir -p "$cache"
policies=$cache/moto/moto/iam/aws_managed_policies.py
if [ ! -f "$policies" ]; then
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$cache/moto" moto==5.2.5 >&2
fi
KEYTRAIL_MANAGED_POLICIES=$policies cargo test --locked --quiet --test managed -- --ignored
