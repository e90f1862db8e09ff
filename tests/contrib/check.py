"""Checks contrib/: each file by the rules of who will read it, and each command in it by running it on a small organisation."""

import os
import pathlib
import re
import shlex
import string
import subprocess
import sys
import tempfile

import crontab
import kubernetes_validate
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2] / "contrib"
KEYTRAIL = os.path.abspath(sys.argv[1])
KUBERNETES = ["1.29.1", "1.35.0"]


def fail(what):
    sys.exit(f"contrib: {what}")


def run(what, command, codes=(0,), **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode not in codes:
        fail(f"{what}: {command} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class House:
    """A folder with an organisation of one repository in it, and what commands expect to be there."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name in ["state", "credentials", "tmp"]:
            (self.folder / name).mkdir()
        (self.folder / "credentials" / "token").write_text("not-a-token\n")
        run("git", ["git", "init", "-q", "--bare", str(self.folder / "org" / "one.git")])
        self.org = f"dir:{self.folder / 'org'}"
        self.environment = dict(os.environ, TMPDIR=str(self.folder / "tmp"), HOME=str(self.folder))

    def run(self, what, words):
        """Runs `words`, the first of which is the program, with what is in `contrib` for elsewhere put here."""
        if os.path.basename(words[0]) != "keytrail":
            fail(f"{what}: {words[0]} is not keytrail")
        return run(what, [KEYTRAIL, *words[1:]], env=self.environment)

    def has_page(self, what):
        page = self.folder / "state" / "audit.html"
        if "one.git" not in page.read_text():
            fail(f"{what}: the page knows nothing")


def systemd(house):
    service, timer = (ROOT / "systemd" / f"keytrail-audit.{kind}" for kind in ("service", "timer"))
    # The program has to be where the unit says.
    text = service.read_text().replace("/usr/local/bin/keytrail", KEYTRAIL)
    units = house.folder / "units"
    units.mkdir()
    (units / service.name).write_text(text)
    (units / timer.name).write_text(timer.read_text())
    said = run("systemd", ["systemd-analyze", "verify", "--man=no", *map(str, units.iterdir())])
    if said.strip():
        fail(f"systemd-analyze verify says: {said}")
    # 0 is shut, 10 wide open; below 2.0 is what systemd itself calls OK.
    run("systemd", ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(units / service.name)])
    values = {
        "KEYTRAIL_ORG": house.org,
        "STATE_DIRECTORY": str(house.folder / "state"),
        "CREDENTIALS_DIRECTORY": str(house.folder / "credentials"),
    }
    commands = re.findall(r"^Exec\w+=(.*)$", service.read_text(), re.MULTILINE)
    if len(commands) != 2:
        fail("systemd: two commands are expected")
    for command in commands:
        house.run("systemd", [string.Template(word).substitute(values) for word in command.split()])
    house.has_page("systemd")


def cron(house):
    table = crontab.CronTab(tabfile=str(ROOT / "crontab"), user=False)
    jobs = list(table)
    if len(jobs) != 2 or not all(job.is_valid() and job.user == "keytrail" for job in jobs):
        fail(f"crontab: two valid lines of the user keytrail are expected, not {jobs}")
    for job in jobs:
        command = job.command.replace("/var/lib/keytrail", str(house.folder / "state"))
        command = command.replace("/etc/keytrail", str(house.folder / "credentials")).replace("github:acme", house.org)
        house.run("crontab", shlex.split(command))
    house.has_page("crontab")


def kubernetes(house, path):
    manifest = yaml.safe_load(path.read_text())
    for version in KUBERNETES:
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            fail(f"{path.name}, Kubernetes {version}: {error}")
    job = manifest["spec"].get("jobTemplate", manifest)["spec"]
    (container,) = job["template"]["spec"]["containers"]
    replaced = {
        "github:acme": house.org,
        "postgres://audit@postgres/audit": str(house.folder / "state" / "audit.db"),
        "/secrets": str(house.folder / "credentials"),
        "$(JOB_COMPLETION_INDEX)": "0",
    }
    words = ["keytrail"]
    for argument in container["args"]:
        for old, new in replaced.items():
            argument = argument.replace(old, new)
        words.append(argument)
    said = house.run(path.name, words)
    if "repositories listed" not in said:
        fail(f"{path.name}: no run: {said}")


def main():
    checks = [systemd, cron]
    checks += [lambda house, path=path: kubernetes(house, path) for path in sorted((ROOT / "kubernetes").glob("*.yaml"))]
    for check in checks:
        with tempfile.TemporaryDirectory() as folder:
            check(House(folder))


main()
