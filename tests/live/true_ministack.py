"""Serves MiniStack with keys of AWS's own shape: its own are hexadecimal digits, which no scanner may take for a key.

    true_ministack.py PORT FOLDER

Who may do what is asked. The root user of an account signs with the account's twelve digits for an id, and any secret.
FOLDER takes what it writes.
"""

import base64
import os
import secrets
import string
import sys
import tempfile

port, tempfile.tempdir = sys.argv[1:]
os.environ.update(AUTH="true", BIND_HOST="127.0.0.1", GATEWAY_PORT=port)
sys.argv = sys.argv[:1]

from ministack.core.responses import get_account_id
from ministack.services import iam


def key_id(prefix):
    """One bit for the key's generation, forty for the account, the rest at random."""
    bits = 1 << 79 | int(get_account_id()) << 39 | secrets.randbits(39)
    return prefix + base64.b32encode(bits.to_bytes(10, "big")).decode()


def characters():
    """As many as a UUID has without its hyphens: secrets are put together from these."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))


iam.new_uuid = characters
iam._gen_access_key_id = lambda: key_id("AKIA")
iam._gen_session_access_key = lambda: key_id("ASIA")
# What tokens of STS begin with, and about as long.
iam._gen_session_token = lambda: base64.b64encode(b"!\n\torigin_ec" + secrets.token_bytes(300)).decode()

from ministack.app import main

main()
