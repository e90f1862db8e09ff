#!/bin/sh
# Lists an organisation of GitHub's own description of its API, which prism serves: it answers with GitHub's examples, and
# refuses a request that the description does not know. And listens to real traffic of GitHub's, which Octokit has recorded and its
# own server plays back.
#
#   tests/listing/run.sh [CACHE]
#
# Tools go to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else. Needs cargo and npm.
set -eu

cache=${1:-${TMPDIR:-/tmp}/keytrail-tools}
mkdir -p "$cache"
modules=$cache/node_modules
if [ ! -x "$modules/.bin/prism" ] || [ ! -d "$modules/@octokit/openapi" ] || [ ! -d "$modules/@octokit/fixtures-server" ]; then
    npm install --prefix "$cache" --no-audit --no-fund --loglevel=error \
        @octokit/openapi@23.0.2 @stoplight/prism-cli@5.15.10 @octokit/fixtures@23.1.2 @octokit/fixtures-server@8.1.7 >&2
fi
KEYTRAIL_TOOLS=$cache cargo test --locked --quiet --test listing -- --ignored
