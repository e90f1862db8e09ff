#!/bin/sh
# Checks what is in contrib/ with the tools of those who will read it, and runs the commands in it.
#
#   tests/contrib/run.sh KEYTRAIL [CACHE]
#
# KEYTRAIL is the program. Tools go to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else. Needs python3 with venv,
# and systemd-analyze.
set -eu

here=$(dirname "$0")
keytrail=$1
cache=${2:-${TMPDIR:-/tmp}/keytrail-tools}
python=$cache/contrib/bin/python
if ! "$python" -c 'import crontab, kubernetes_validate, yaml' 2>/dev/null; then
    mkdir -p "$cache"
    python3 -m venv "$cache/contrib"
    "$python" -m pip install --quiet --disable-pip-version-check \
        kubernetes-validate==1.35.0 python-crontab==3.3.0 pyyaml==6.0.3
fi
exec "$python" "$here/check.py" "$keytrail"
