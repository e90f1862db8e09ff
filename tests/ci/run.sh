#!/bin/sh
# Proves what other programs read of this repository: the action, the job for GitLab, the hooks for pre-commit. They are
# valid, and do what they should.
#
#   tests/ci/run.sh KEYTRAIL [CACHE]
#
# Tools go to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else; once they are there, no network is needed.
# Needs bash, git and python3. Exit: 0 well, 1 not, 2 could not check.
set -eu
keytrail=$(realpath "${1:?usage: run.sh KEYTRAIL [CACHE]}")
cache=${2:-${TMPDIR:-/tmp}/keytrail-tools}
cd "$(dirname "$0")/../.."

python=$cache/python/bin/python
if ! "$python" -c 'import check_jsonschema, pre_commit, yaml' 2>/dev/null; then
    mkdir -p "$cache"
    { python3 -m venv "$cache/python" && "$python" -m pip install --quiet --disable-pip-version-check \
        'check-jsonschema==0.39.0' 'pre-commit==4.7.0' 'PyYAML==6.0.4'; } ||
        { echo 'tests/ci/run.sh: cannot install check-jsonschema and pre-commit' >&2; exit 2; }
fi

"$python" -m check_jsonschema --quiet --builtin-schema vendor.github-actions action.yml
"$python" -m check_jsonschema --quiet --builtin-schema vendor.gitlab-ci docs/gitlab-ci.yml
"$python" -m pre_commit validate-manifest .pre-commit-hooks.yaml
"$python" tests/ci/try.py "$keytrail"
sh tests/ci/pre-commit.sh "$keytrail" "$cache/python/bin"
