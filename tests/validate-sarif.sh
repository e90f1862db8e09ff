#!/bin/sh
# Validates a SARIF file twice: against the JSON schema of SARIF 2.1.0 (types, enums, unknown fields), and by the rules
# of Microsoft's multitool, those of GitHub code scanning among them. Each finds what the other does not.
#
#   tests/validate-sarif.sh FILE [CACHE]
#
# Tools go to CACHE (default: ${TMPDIR:-/tmp}/keytrail-tools) and nowhere else; once they are there, no network is
# needed. Needs cargo, npm and python3. Exit: 0 valid, 1 not, 2 could not check.
set -eu

file=${1:?usage: validate-sarif.sh FILE [CACHE]}
cache=${2:-${TMPDIR:-/tmp}/keytrail-tools}
[ -r "$file" ] || { echo "validate-sarif: cannot read $file" >&2; exit 2; }
fail() { echo "validate-sarif: cannot install $1" >&2; exit 2; }
mkdir -p "$cache"

# The schema, as the crate serde-sarif ships it.
schema=$cache/sarif-schema-2.1.0.json
if [ ! -s "$schema" ]; then
    scratch=$cache/schema-crate
    mkdir -p "$scratch/src"
    : >"$scratch/src/lib.rs"
    printf '%s\n' '[package]' 'name = "schema-crate"' 'version = "0.0.0"' 'edition = "2021"' '[workspace]' \
        '[dependencies]' 'serde-sarif = "=0.8.0"' >"$scratch/Cargo.toml"
    cargo metadata --quiet --format-version 1 --manifest-path "$scratch/Cargo.toml" >"$scratch/metadata.json" ||
        fail 'the crate serde-sarif'
    python3 - "$scratch/metadata.json" "$schema" <<'EOF' || fail 'the SARIF schema'
import json, pathlib, shutil, sys
packages = json.load(open(sys.argv[1]))["packages"]
crate = next(p for p in packages if p["name"] == "serde-sarif")
shutil.copy(pathlib.Path(crate["manifest_path"]).parent / "src/schema.json", sys.argv[2])
EOF
fi

python=$cache/python/bin/python
if ! "$python" -c 'import jsonschema' 2>/dev/null; then
    python3 -m venv "$cache/python" || fail 'a Python environment'
    "$python" -m pip install --quiet --disable-pip-version-check 'jsonschema==4.26.0' || fail jsonschema
fi

multitool=$cache/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
if [ ! -f "$multitool" ]; then
    npm install --prefix "$cache" --no-audit --no-fund --loglevel=error @microsoft/sarif-multitool-linux@5.7.0 >&2 ||
        fail sarif-multitool
fi
chmod u+x "$multitool"

# The multitool exits 0 whatever it finds: its own report is what counts, and no report is no answer.
report=$(mktemp "$cache/report.XXXXXX")
trap 'rm -f "$report"' EXIT
DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$multitool" validate "$file" --rule-kind 'Sarif;Ghas' \
    --level 'Error;Warning' -o "$report" --log ForceOverwrite >"$report.log" 2>&1 || true
status=0
"$python" - "$file" "$schema" "$report" <<'EOF' || status=$?
import json, sys
from jsonschema import Draft7Validator

file, schema, report = sys.argv[1:]
try:
    log = json.load(open(file, encoding="utf-8"))
except ValueError as error:
    print(f"{file}: not JSON: {error}")
    sys.exit(1)
errors = warnings = 0
for error in Draft7Validator(json.load(open(schema, encoding="utf-8"))).iter_errors(log):
    errors += 1
    print(f"schema: {error.json_path}: {error.message[:200]}")
try:
    runs = json.load(open(report, encoding="utf-8-sig"))["runs"]
except (ValueError, KeyError):
    print(f"multitool: no report; see {report}.log")
    sys.exit(2)
if not runs:
    print("multitool: an empty report")
    sys.exit(2)
for run in runs:
    rules = run["tool"]["driver"].get("rules", [])
    failed = [n for i in run.get("invocations", []) for k in ("toolExecutionNotifications", "toolConfigurationNotifications")
              for n in i.get(k, []) if n.get("level") == "error"]
    for notification in failed:
        errors += 1
        print("multitool:", notification["message"].get("text"))
    for result in run.get("results", []):
        level = result.get("level", "warning")
        errors += level == "error"
        warnings += level == "warning"
        rule = next((r for r in rules if r["id"] == result["ruleId"]), {})
        message = result["message"]
        text = message.get("text") or rule.get("messageStrings", {}).get(message.get("id"), {}).get("text", "")
        for i, argument in enumerate(message.get("arguments", [])):
            text = text.replace("{%d}" % i, argument)
        print(f"multitool: {level} {result['ruleId']}: {text[:300]}")
print(f"{file}: {errors} errors, {warnings} warnings")
sys.exit(1 if errors else 0)
EOF
[ "$status" = 2 ] || rm -f "$report.log"
exit "$status"
