#!/bin/sh
# Lists an organisation of GitHub's own description of its API, which prism serves: it answers with GitHub's examples, and
# refuses a request that the description does not know.
#
#   tests/listing/run.sh [CACHE]
#
# Tools go to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else. Needs cargo and npm.
set -eu

cache=${1:-${TMPDIR:-/tmp}/keytrail-tools}
mkdir -p "$cache"
if [ ! -x "$cache/node_modules/.bin/prism" ] || [ ! -d "$cache/node_modules/@octokit/openapi" ]; then
    npm install --prefix "$cache" --no-audit --no-fund --loglevel=error \
        @octokit/openapi@23.0.2 @stoplight/prism-cli@5.15.10 >&2
fi
KEYTRAIL_TOOLS=$cache cargo test --locked --quiet --test listing -- --ignored
