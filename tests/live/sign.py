"""Signs a request as botocore does, at the time at which it says that it was signed: what comes on standard input as JSON
{"url", "headers", "body", "region", "service", "id", "secret", "token"}. Prints the value of its Authorization header."""

import json
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

given = json.load(sys.stdin)
request = AWSRequest(method="POST", url=given["url"], data=given["body"], headers=given["headers"])
request.context["timestamp"] = given["headers"]["X-Amz-Date"]
signer = SigV4Auth(Credentials(given["id"], given["secret"], given["token"]), given["service"], given["region"])
text = signer.string_to_sign(request, signer.canonical_request(request))
names = signer.signed_headers(signer.headers_to_sign(request))
print(f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, Signature={signer.signature(text, request)}")
