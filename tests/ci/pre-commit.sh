#!/bin/sh
# Has the real pre-commit run the hooks `keytrail-system` and `keytrail-push-system` of this repository for real commits
# and pushes.
#
#   tests/ci/pre-commit.sh KEYTRAIL FOLDER
#
# FOLDER holds the program pre-commit. Exit: 0 well, 1 not.
set -eu
keytrail=$(realpath "${1:?usage: pre-commit.sh KEYTRAIL FOLDER}")
programs=${2:?usage: pre-commit.sh KEYTRAIL FOLDER}
cd "$(dirname "$0")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "pre-commit.sh: $1" >&2; cat "$scratch/said" >&2; exit 1; }

# Nothing of the user's: no settings of git, no hooks of pre-commit's.
export HOME="$scratch/home" PRE_COMMIT_HOME="$scratch/home/pre-commit" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=CI GIT_AUTHOR_EMAIL=ci@example.org GIT_COMMITTER_NAME=CI GIT_COMMITTER_EMAIL=ci@example.org
mkdir -p "$scratch/home" "$scratch/bin" "$scratch/hooks" "$scratch/app"
ln -s "$keytrail" "$scratch/bin/keytrail"
PATH=$scratch/bin:$programs:$PATH

# pre-commit takes hooks from a commit: of a repository that holds the file as it is now.
cp .pre-commit-hooks.yaml "$scratch/hooks"
git -C "$scratch/hooks" init --quiet
git -C "$scratch/hooks" add .
git -C "$scratch/hooks" commit --quiet -m hooks

cd "$scratch/app"
git init --quiet -b main
cat >.pre-commit-config.yaml <<END
repos:
  - repo: $scratch/hooks
    rev: $(git -C "$scratch/hooks" rev-parse HEAD)
    hooks: [{ id: keytrail-system, args: [--quiet] }, { id: keytrail-push-system }]
END
pre-commit install --hook-type pre-commit --hook-type pre-push >"$scratch/said"
git init --quiet --bare "$scratch/remote"
git remote add origin "$scratch/remote"
value=AKIA$(LC_ALL=C tr -dc A-Z2-7 </dev/urandom | head -c 16)

passes() { git commit --quiet "$@" >"$scratch/said" 2>&1 || fail "refused: git commit $*"; }
refused() {
    ! git commit --quiet "$@" >"$scratch/said" 2>&1 || fail "let in: git commit $*"
    grep -q 'would bring in 1 credential$' "$scratch/said" || fail "refused for another reason: git commit $*"
    ! grep -q "$value" "$scratch/said" || fail "shows the value: git commit $*"
}
echo nothing >file
git add .
passes -m 'The first'
echo "$value" >file
refused -a -m 'All that is changed'
refused -m 'A part' -- file
git add file
refused -m 'What is staged'
echo nothing else >file
passes -a -m 'It is out again'
echo "$value" >file
echo other >other
git add other
passes -m 'Not what is not staged'
# It has no file with content, and is judged all the same.
git checkout --quiet file
ln -s "$value" link
git add link
refused -m 'A link'
git reset --quiet
git push --quiet origin main >"$scratch/said" 2>&1 || fail 'refused: a clean push'
git add link
git commit --quiet --no-verify -m 'A leak'
! git push --quiet origin main >"$scratch/said" 2>&1 || fail 'let in: a push with a leak'
grep -q "$(git rev-parse --short=7 HEAD)" "$scratch/said" || fail 'refused for another reason: a push'
! grep -q "$value" "$scratch/said" || fail 'shows the value: a push'
echo '.pre-commit-hooks.yaml: pre-commit runs the hooks as it should'
