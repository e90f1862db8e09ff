"""Checks contrib/: each file by the rules of who will read it, and each command in it by running it on a small organisation."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import random
import re
import shlex
import string
import subprocess
import sys
import tempfile
import threading

import crontab
import kubernetes_validate
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2] / "contrib"
KEYTRAIL = os.path.abspath(sys.argv[1])
KUBERNETES = ["1.29.1", "1.35.0"]


def fail(what):
    sys.exit(f"contrib: {what}")


class Receiver:
    """Takes what is told on this machine, and refuses what is not signed."""

    def __init__(self):
        self.key = random.Random(1).randbytes(32)
        self.told = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
                digest = hmac.new(receiver.key, signed, hashlib.sha256).digest()
                is_good = self.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
                if is_good:
                    receiver.told += json.loads(body)["data"]["findings"]
                self.send_response(204 if is_good else 401)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.environment = {
            "KEYTRAIL_WEBHOOK_URL": f"http://127.0.0.1:{server.server_port}/",
            "KEYTRAIL_WEBHOOK_KEY": "whsec_" + base64.b64encode(self.key).decode(),
        }


def run(what, command, codes=(0,), **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode not in codes:
        fail(f"{what}: {command} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class House:
    """A folder with an organisation of one repository in it, in which a key was left, and what commands expect to be there."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name in ["state", "credentials", "tmp"]:
            (self.folder / name).mkdir()
        (self.folder / "credentials" / "token").write_text("not-a-token\n")
        one = self.folder / "org" / "one.git"
        run("git", ["git", "init", "-q", "--bare", str(one)])
        draw = random.Random(2)
        id = "AKIA" + "".join(draw.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
        secret = "".join(draw.choices(string.ascii_letters + string.digits, k=40))
        text = f"AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"
        history = "commit refs/heads/main\ncommitter C <c@example.org> 1760000000 +0000\ndata 1\nm\n"
        history += f"M 100644 inline app.env\ndata {len(text)}\n{text}\n"
        run("git", ["git", "-C", str(one), "fast-import", "--quiet"], input=history)
        self.org = f"dir:{self.folder / 'org'}"
        self.receiver = Receiver()
        self.environment = dict(os.environ, TMPDIR=str(self.folder / "tmp"), HOME=str(self.folder))
        self.environment.update(self.receiver.environment)

    def run(self, what, words, codes=(0, 1)):
        """Runs `words`, the first of which is the program, with what is in `contrib` for elsewhere put here."""
        if os.path.basename(words[0]) != "keytrail":
            fail(f"{what}: {words[0]} is not keytrail")
        return run(what, [KEYTRAIL, *words[1:]], codes, env=self.environment)

    def has_told(self, what):
        """That there is one finding, and that it was told once."""
        if len(self.receiver.told) != 1:
            fail(f"{what}: {len(self.receiver.told)} findings were told, not one")

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
    house.has_told("systemd")


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
    }
    # What the pod is not given by the manifest, the program must not have here.
    given = {variable["name"] for variable in container["env"]}
    for name in house.receiver.environment:
        if name not in given:
            del house.environment[name]
    for index in range(job.get("completions", 1)):
        words = ["keytrail"]
        for argument in container["args"]:
            for old, new in (replaced | {"$(JOB_COMPLETION_INDEX)": str(index)}).items():
                argument = argument.replace(old, new)
            words.append(argument)
        said = house.run(path.name, words)
        if "repositories listed" not in said:
            fail(f"{path.name}: no run: {said}")
    house.has_told(path.name)


def main():
    checks = [systemd, cron]
    checks += [lambda house, path=path: kubernetes(house, path) for path in sorted((ROOT / "kubernetes").glob("*.yaml"))]
    for check in checks:
        with tempfile.TemporaryDirectory() as folder:
            check(House(folder))


main()
