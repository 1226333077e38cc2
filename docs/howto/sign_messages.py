"""Ask with a signed message and check the signed answer: python sign_messages.py ADDRESS KEY.json CLIENT_ID INSTALLATION < body.json"""

import base64
import hashlib
import json
import secrets
import sys
import time
import urllib.request

from joserfc import jws
from joserfc.jwk import OKPKey

address, key_file, client, installation = sys.argv[1:]
key, body, nonce = OKPKey.import_key(json.load(open(key_file))), sys.stdin.buffer.read(), secrets.token_urlsafe(16)


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


claims = {"iss": client, "aud": installation, "iat": int(time.time()), "jti": nonce, "htm": "POST", "htu": "/v1/verifications"}
header = {"alg": "Ed25519", "kid": key.kid, "typ": "dancu-request+jws"}
signature = jws.serialize_compact(header, json.dumps({**claims, "digest": digest(body)}), key, algorithms=["Ed25519"])
headers = {"Content-Type": "application/json", "Dancu-Signature": signature}
with urllib.request.urlopen(urllib.request.Request(f"{address}/v1/verifications", body, headers)) as answer:
    told, signed = answer.read(), jws.extract_compact(answer.headers["Dancu-Signature"].encode())
ours = {each["kid"]: each for each in json.load(urllib.request.urlopen(f"{address}/keys.json"))["keys"]}
assert jws.validate_compact(signed, OKPKey.import_key(ours[signed.headers()["kid"]]), algorithms=["Ed25519"])
said = json.loads(signed.payload)
assert (said["iss"], said["aud"], said["req"], said["digest"]) == (installation, client, nonce, digest(told))
print(told.decode())
