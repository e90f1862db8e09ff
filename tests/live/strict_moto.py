"""Serves moto as strictly as AWS would: who may do what is asked from the first request on, and an inactive key opens nothing.

    strict_moto.py PORT FILE ACCOUNT...

Each account gets a user `admin` who may do everything, one in each partition. Their keys are written to FILE, one JSON object
a line: {"partition", "account", "id", "secret"}.
"""

import json
import os
import sys

os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "0"
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

from moto.iam import access_control
from moto.iam.models import iam_backends
from moto.server import main

PARTITIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})

as_it_comes = access_control.IAMUserAccessKey.__init__


def strict(self, *arguments, **named):
    """moto itself takes a key whatever its status."""
    as_it_comes(self, *arguments, **named)
    keys = self.backend.list_access_keys(self._owner_user_name)
    if next(key.status for key in keys if key.access_key_id == self._access_key_id) != "Active":
        raise access_control.CreateAccessKeyFailure(reason="InvalidId")


access_control.IAMUserAccessKey.__init__ = strict


def admin(account, partition):
    backend = iam_backends[account][partition]
    backend.create_user(PARTITIONS[partition], "admin")
    backend.put_user_policy("admin", "everything", EVERYTHING)
    key = backend.create_access_key("admin")
    return {"partition": partition, "account": account, "id": key.access_key_id, "secret": key.secret_access_key}


port, file, *accounts = sys.argv[1:]
with open(file, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
    for account in accounts:
        for partition in PARTITIONS:
            out.write(json.dumps(admin(account, partition)) + "\n")
main(["-H", "127.0.0.1", "-p", port])
