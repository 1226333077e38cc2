"""Check a published log or a proof of one entry. Needs Python and the package `cryptography`; read it before you run it.

python verify_ledger.py KEY FOLDER [OLD-CHECKPOINT]     an exported log, and a head of it you kept
python verify_ledger.py KEY PROOF.json                  a proof; KEY: the log's verifier key from a place you trust
"""

import base64, functools, hashlib, json, pathlib, sys  # noqa: E401, I001

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(data):
    return hashlib.sha256(data).digest()


def need(holds, otherwise):
    return holds or sys.exit(f"WRONG: {otherwise}")


def signed_head(note, key):
    """Origin, size and root of a note that the key signed."""
    name, _, rest = key.strip().partition("+")
    public = base64.b64decode(rest.partition("+")[2])
    text, _, lines = note.rpartition("\n\n")
    for line in lines.splitlines():
        signature = base64.b64decode(line.rpartition(" ")[2])
        if line.startswith(f"— {name} ") and signature[:4] == sha(name.encode() + b"\n" + public)[:4]:
            Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], f"{text}\n".encode())
            origin, size, root = text.split("\n")[:3]
            return origin, int(size), base64.b64decode(root)
    raise SystemExit("WRONG: not signed by this key")


def roots(folder, sizes):
    """Tree heads (RFC 9162, 2.1.1) over the first so many leaves, from the leaf hashes alone."""
    found, stack, count = {0: sha(b"")}, [], 0  # the stack: perfect subtrees from the left, as (width, hash)
    for number in range((max(sizes) + 255) // 256):
        width, place = min(256, max(sizes) - number * 256), f"{number % 1000:03d}"
        while number := number // 1000:
            place = f"x{number % 1000:03d}/{place}"
        hashes = (folder / f"tile/0/{place}{'' if width == 256 else f'.p/{width}'}").read_bytes()
        for at in range(0, width * 32, 32):
            stack.append((1, hashes[at : at + 32]))
            while len(stack) > 1 and stack[-2][0] == stack[-1][0]:
                (wide, left), (_, right) = stack[-2:]
                stack[-2:] = [(2 * wide, sha(b"\1" + left + right))]
            count += 1
            if count in sizes:
                found[count] = functools.reduce(
                    lambda right, left: sha(b"\1" + left + right), [each for _, each in reversed(stack)]
                )
    return found


def check_log(key, folder, old=None):
    heads = [signed_head(note, key) for note in ((folder / "checkpoint").read_text("utf-8"), old) if note]
    need(heads[-1][0] == heads[0][0] and heads[-1][1] <= heads[0][1], "another log, or smaller than the head you kept")
    found = roots(folder, {size for _, size, _ in heads})
    need(all(found[size] == root for _, size, root in heads), "the leaves do not give a signed root")
    return heads[0]


def check_proof(key, proof):
    origin, size, root = signed_head(proof["checkpoint"], key)
    body, index, reached, width = json.loads(proof["entry"]), proof["index"], sha(b"\0" + proof["entry"].encode()), size
    need(0 <= index < size, "no such place in the log")
    for step in map(bytes.fromhex, proof["path"]):
        while index % 2 == 0 and index == width - 1 and width > 1:  # a last node without a neighbour goes up as it is
            index, width = index // 2, (width + 1) // 2
        need(width > 1 and len(step) == 32, "the path does not end at the root")
        reached = sha(b"\1" + (step + reached if index % 2 else reached + step))
        index, width = index // 2, (width + 1) // 2
    need(index == 0 and width == 1 and reached == root, "the entry does not lead to the signed root")
    for name, opened in proof.get("openings", {}).items():
        salt, value = bytes.fromhex(opened["salt"]), opened["value"].encode()
        need(name in ("subject", "officer", "dossier") and len(salt) == 32, "not an opening")
        need(body.get(name) == (sha(salt + value).hex() if value else ""), f"{name} is not what was recorded")
    return origin, size, root


if __name__ == "__main__":
    place, kept = pathlib.Path(sys.argv[2]), [pathlib.Path(each).read_text("utf-8") for each in sys.argv[3:]]
    told = (
        check_log(sys.argv[1], place, *kept) if place.is_dir() else check_proof(sys.argv[1], json.loads(place.read_text("utf-8")))
    )
    print(f"right: {told[0]}, {told[1]} entries, root {told[2].hex()}")
