#!/bin/sh
# Opens the pages of FOLDER (morning.html, hostile.html, crowd.html) in a headless Chromium and uses them as people do.
#
#   tests/html/run.sh FOLDER [CACHE]
#
# Tools go to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else; once they are there, no network is needed.
# Needs node, npm and Chromium. Pictures of the pages go to FOLDER. Exit: 0 well, 1 not, 2 could not check.
set -eu
folder=$(realpath "${1:?usage: run.sh FOLDER [CACHE]}")
cache=${2:-${TMPDIR:-/tmp}/keytrail-tools}
cd "$(dirname "$0")"

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    { echo 'tests/html/run.sh: install Chromium first' >&2; exit 2; }
for package in playwright-core@1.65.1 axe-core@4.14.1; do
    at=$cache/node_modules/${package%@*}/package.json
    if ! grep -q "\"version\": \"${package#*@}\"" "$at" 2>/dev/null; then
        mkdir -p "$cache"
        npm install --prefix "$cache" --no-audit --no-fund --loglevel=error "$package" >&2 ||
            { echo "tests/html/run.sh: cannot install $package" >&2; exit 2; }
    fi
done
node drive.cjs "$folder" "$chromium" "$(realpath "$cache")/node_modules"
