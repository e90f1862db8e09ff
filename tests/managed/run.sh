#!/bin/sh
# Checks AWS's own managed policies, as moto ships them: none may break the grammar, and each is to be called what it is.
#
#   tests/managed/run.sh [CACHE]
#
# moto goes to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else; tests/live/run.sh shares it. Needs cargo, and
# python3 with venv.
set -eu

cache=${1:-${TMPDIR:-/tmp}/keytrail-tools}
mkdir -p "$cache"
if [ ! -e "$cache/moto/5.2.5" ]; then
    rm -rf "${cache:?}/moto"
    python3 -m venv "$cache/moto"
    "$cache/moto/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5' >&2
    : >"$cache/moto/5.2.5"
fi
policies=$(echo "$cache"/moto/lib/python3*/site-packages/moto/iam/aws_managed_policies.py)
KEYTRAIL_MANAGED_POLICIES=$policies cargo test --locked --quiet --test managed -- --ignored
