#!/bin/sh
# Asks stand-ins for AWS whether keys are live: moto and MiniStack, which the tests start on 127.0.0.1 and end.
#
#   tests/live/run.sh [CACHE]
#
# Tools go to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else. Needs cargo, cc, curl, strace, and python3
# with venv.
set -eu

cache=${1:-${TMPDIR:-/tmp}/keytrail-tools}
mkdir -p "$cache"
# Each in an environment of its own: both bring their own boto3.
venv() {
    if [ ! -e "$cache/$1/$2" ]; then
        rm -rf "${cache:?}/$1"
        python3 -m venv "$cache/$1"
        "$cache/$1/bin/pip" install --quiet --disable-pip-version-check "$3" >&2
        : >"$cache/$1/$2"
    fi
}
venv moto 5.2.5 'moto[server]==5.2.5'
venv ministack 1.5.33 'ministack==1.5.33'
venv awscli 1.46.3 'awscli==1.46.3'
KEYTRAIL_TOOLS=$cache cargo test --locked --quiet --test live -- --ignored
