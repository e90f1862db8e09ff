"""Runs the scripts of action.yml and of docs/gitlab-ci.yml as their runners do, in repositories made for it.

    tests/ci/try.py KEYTRAIL

Needs PyYAML and bash. Steps that use other actions are noted and not run. Exit: 0 well, 1 not.
"""

import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEYTRAIL = os.path.abspath(sys.argv[1])
ZEROS = "0" * 40
draw = random.Random(1)


def key():
    """A made-up access key id."""
    return "AKIA" + "".join(draw.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))


OLD, NEW = key(), key()
scratch = tempfile.TemporaryDirectory()
SCRATCH = pathlib.Path(scratch.name)
PLAIN = {
    "PATH": os.environ["PATH"],
    "HOME": str(SCRATCH / "home"),
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "ci@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(folder, *arguments):
    """What git prints."""
    done = subprocess.run(["git", "-C", folder, *arguments], env=PLAIN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout.strip()


def put(folder, name, text):
    """Commits one file and gives the commit's id."""
    (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", f"write {name}")
    return git(folder, "rev-parse", "HEAD")


# A leak on main that is long known, then a branch with a clean commit and one with a leak. The branch's name is a trap.
BRANCH = "topic$(touch${IFS}trapped);touch${IFS}trapped"
(SCRATCH / "home").mkdir()
origin = SCRATCH / "origin"
origin.mkdir()
git(origin, "init", "-q", "-b", "main")
put(origin, "config", OLD)
MAIN = put(origin, "config", "nothing")
git(origin, "checkout", "-q", "-b", BRANCH)
CLEAN = put(origin, "other", "nothing")
LEAK = put(origin, "other", NEW)
git(origin, "checkout", "-q", "main")


def clone(*options):
    """A checkout as a job has it, with a token that the runner left in its configuration."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=SCRATCH))
    git(SCRATCH, "clone", "-q", *options, origin.as_uri(), str(folder))
    token = "".join(draw.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=60))
    git(folder, "config", "http.https://git.example.org/.extraheader", f"AUTHORIZATION: basic {token}")
    return folder


def evaluate(expression, context):
    """The value of an expression of the few forms that action.yml has."""
    words = re.findall(r"'[^']*'|[\w.-]+|==|!=|&&|\|\||!|[()]", expression)
    assert "".join(words) == re.sub(r"\s(?=(?:[^']*'[^']*')*[^']*$)", "", expression), expression

    def look(path):
        value = context
        for name in path.split("."):
            value = value.get(name, "") if isinstance(value, dict) else ""
        return value

    translated = {"&&": "and", "||": "or", "!": "not"}
    is_name = re.compile(r"[\w.-]+$").match
    python = [f"look({w!r})" if is_name(w) else translated.get(w, w) for w in words]
    return eval(" ".join(python), {"look": look})  # noqa: S307: words of our own file


def fill(text, context):
    """`text` with its expressions replaced."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(evaluate(m[1].strip(), context)), str(text))


# Stands for a toolchain: what it builds is there already.
TOOLCHAIN = SCRATCH / "toolchain"
TOOLCHAIN.mkdir()
for program, script in (
    ("rustc", "echo 1.95"),
    ("cargo", f'echo "cargo $*"; mkdir -p "$ROOT/bin"; ln -s {KEYTRAIL} "$ROOT/bin/keytrail"'),
):
    (TOOLCHAIN / program).write_text(f"#!/bin/sh\n{script}\n")
    (TOOLCHAIN / program).chmod(0o755)

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


class Job:
    """One run of the action."""

    def __init__(self, event_name, event, ref=f"refs/heads/{BRANCH}", folder=None, **inputs):
        self.folder = folder or clone()
        self.log, self.used, self.code, self.ran = "", {}, 0, []
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) <= set(ACTION["inputs"]), given
        defaults = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        event = {"repository": {"default_branch": "main"}, **event}
        self.context = {
            "inputs": {**defaults, "binary": KEYTRAIL, **given},
            "github": {"event_name": event_name, "ref": ref, "event": event, "workspace": str(self.folder)},
            "steps": {},
        }
        self.temp = pathlib.Path(tempfile.mkdtemp(dir=SCRATCH))
        for step in ACTION["runs"]["steps"]:
            if self.code == 0 and evaluate(step.get("if", "'x'"), self.context):
                self.step(step)
        summary = self.temp / "summary"
        self.summary = summary.read_text() if summary.exists() else ""
        self.outputs = {name: fill(one["value"], self.context) for name, one in ACTION["outputs"].items()}
        assert not list(self.folder.rglob("trapped")), "a name was run"
        for text in (self.log, self.summary):
            assert OLD not in text and NEW not in text, text

    def step(self, step):
        """Runs a script, or notes what is used."""
        self.ran.append(step["name"])
        if "uses" in step:
            self.used[step["uses"]] = {name: fill(value, self.context) for name, value in step["with"].items()}
            return
        assert "${{" not in step["run"], "what comes from outside reaches scripts by their environment"
        assert step["shell"] == "bash"
        output = self.temp / "output"
        output.write_text("")
        env = {
            **PLAIN,
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_WORKSPACE": str(self.folder),
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "PATH": f"{TOOLCHAIN}:{PLAIN['PATH']}",
            **{name: fill(value, self.context) for name, value in step.get("env", {}).items()},
        }
        folder = self.folder / fill(step.get("working-directory", "."), self.context)
        script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(script, cwd=folder, env=env, capture_output=True, text=True, check=False)
        self.log += done.stdout + done.stderr
        self.code = done.returncode
        if "id" in step:
            outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
            self.context["steps"][step["id"]] = {"outputs": outputs}

    def expect(self, code, findings=0, judged=""):
        """Checks the ending, the annotations and what was judged."""
        told = self.log.count("::warning file=")
        assert (self.code, told, self.outputs["range"]) == (code, findings, judged), (
            self.code, told, self.outputs["range"], self.log,
        )
        return self


def push(before, after, **more):
    """A push of the branch."""
    return Job("push", {"before": before, "after": after}, **more)


def pull(base, head, **more):
    """A pull request."""
    return Job("pull_request", {"pull_request": {"base": {"sha": base}, "head": {"sha": head}}}, **more)


UNKNOWN = "1" * 40
NEW_BRANCH = f"{LEAK} ^refs/remotes/origin/main"

# What events judge.
job = push(MAIN, LEAK).expect(1, 1, f"{MAIN}..{LEAK}")
assert "file=other,line=1," in job.log and job.outputs["exit-code"] == "1", job.log
assert job.summary.startswith("### Keytrail\n\n````text\nMEDIUM ") and job.summary.endswith("\n````\n"), job.summary
push(MAIN, CLEAN).expect(0, 0, f"{MAIN}..{CLEAN}")
push(ZEROS, LEAK).expect(1, 1, NEW_BRANCH)
push(ZEROS, CLEAN).expect(0, 0, f"{CLEAN} ^refs/remotes/origin/main")
push(UNKNOWN, LEAK).expect(1, 1, NEW_BRANCH)
push(ZEROS, MAIN, ref="refs/heads/main").expect(1, 2)
push(UNKNOWN, MAIN, ref="refs/heads/main").expect(1, 2)
push(ZEROS, UNKNOWN).expect(2)
job = push(LEAK, ZEROS).expect(0)
assert "Scan" not in job.ran and not job.summary
pull(MAIN, LEAK).expect(1, 1, f"{MAIN}..{LEAK}")
pull(MAIN, CLEAN).expect(0, 0, f"{MAIN}..{CLEAN}")
assert "fetch-depth: 0" in pull(MAIN, UNKNOWN).expect(2).log
Job("merge_group", {"merge_group": {"base_sha": MAIN, "head_sha": LEAK}}).expect(1, 1, f"{MAIN}..{LEAK}")
for name in ("schedule", "workflow_dispatch"):
    Job(name, {}).expect(1, 2)
assert "fetch-depth: 0" in Job("schedule", {}, folder=clone("--depth=1")).expect(2).log

# Inputs.
push(MAIN, CLEAN, range="all").expect(1, 2)
push(MAIN, CLEAN, range=f"{CLEAN}..{LEAK}").expect(1, 1, f"{CLEAN}..{LEAK}")
for verdict in ("never", "incomplete"):
    assert push(MAIN, LEAK, fail_on=verdict).expect(0, 1, f"{MAIN}..{LEAK}").outputs["exit-code"] == "1"
assert "fail-on is" in push(MAIN, LEAK, fail_on="sometimes").expect(2).log
broken = SCRATCH / "broken"
broken.write_text("#!/bin/sh\nexit 2\n")
broken.chmod(0o755)
for verdict, code in (("never", 0), ("incomplete", 2), ("findings", 2)):
    push(MAIN, LEAK, fail_on=verdict, binary=str(broken)).expect(code, 0, f"{MAIN}..{LEAK}")
job = push(MAIN, LEAK, format="text").expect(1, 0, f"{MAIN}..{LEAK}")
assert "1 finding; covered" in job.log, job.log
nested = clone()
(nested / "deep").mkdir()
os.rename(clone(), nested / "deep" / "app")
push(MAIN, LEAK, folder=nested, path="deep/app").expect(1, 1, f"{MAIN}..{LEAK}")
known = clone()
(known / ".keytrail.toml").write_text("[[allow]]\nrules = ['aws-access-key-id']\nreason = 'made up'\n")
Job("schedule", {}, folder=known).expect(0)
Job("schedule", {}, folder=known, args="--no-config\n  --exit-code 7").expect(7, 2)

# Code scanning is sent all there is, whatever is judged.
job = push(MAIN, CLEAN, upload_sarif="true").expect(0, 0, f"{MAIN}..{CLEAN}")
sarif = pathlib.Path(job.outputs["sarif-file"]).read_text()
assert sarif.count('"ruleId": "aws-access-key-id/history"') == 2 and OLD not in sarif and NEW not in sarif
assert job.used["github/codeql-action/upload-sarif@v4"]["sarif_file"] == job.outputs["sarif-file"]
assert not push(MAIN, CLEAN).used

# Without a binary, this one is built.
job = push(MAIN, LEAK, binary="").expect(1, 1, f"{MAIN}..{LEAK}")
assert f"cargo install --locked --path {ROOT} --root " in job.log, job.log
cache = job.used["actions/cache@v5"]
assert re.fullmatch(r"keytrail-Linux-X64-[0-9a-f]{40}-[0-9a-f]{40}", cache["key"]), cache
assert cache["path"] == f"{job.temp}/keytrail"
print("action.yml: judges what it should")


def gitlab(branch, commit, **variables):
    """The job of GitLab: its ending, its log and the report."""
    folder = clone()
    git(folder, "checkout", "-q", commit)
    (folder / ".cargo/bin").mkdir(parents=True)
    (folder / ".cargo/bin/keytrail").symlink_to(KEYTRAIL)
    script = yaml.safe_load((ROOT / "docs/gitlab-ci.yml").read_text())["keytrail"]["script"]
    env = {**PLAIN, "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BRANCH": branch, **variables}
    bash = ["bash", "-c", "\n".join(["set -eo pipefail", *script])]
    done = subprocess.run(bash, cwd=folder, env=env, capture_output=True, text=True, check=False)
    report = (folder / "gl-secret-detection-report.json").read_text()
    assert not list(folder.rglob("trapped")), "a name was run"
    assert all(value not in done.stdout + done.stderr + report for value in (OLD, NEW))
    assert report.count('"severity": "Medium"') == 2, report
    return done.returncode, done.stdout.count("MEDIUM ")


assert gitlab(BRANCH, LEAK) == (1, 1)
assert gitlab(BRANCH, CLEAN) == (0, 0)
assert gitlab("main", MAIN) == (1, 2)
target = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": BRANCH}
assert gitlab("", LEAK, **target) == (0, 0)
print("docs/gitlab-ci.yml: judges what it should")
