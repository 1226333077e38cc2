"""Good and tampered proofs by the thousand, from a seed, each with the verdict Python gives."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dancu.kernel.errors import Invalid
from dancu.ledger.domain import Act, ActKind, seal
from dancu.ledger.notes import COSIGNATURE, FileSigner, Note, Signature, cosign, key_of, parse_key
from dancu.ledger.proofs import check_proof, read_proof
from dancu.ledger.tree import leaf_hash
from tests.ledger.published_log import PublishedLog

WHEN = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
FIELDS = ("subject", "officer", "dossier")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass
class Case:
    """A proof file as text, the keys it is checked with, and what was done to it."""

    done: str
    text: str
    keys: dict[str, Any]

    @property
    def verdict(self) -> dict[str, Any]:
        try:
            proof = read_proof(self.text)
            witnesses = [parse_key(key) for key in self.keys["witnesses"]]
            checked = check_proof(proof, parse_key(self.keys["log"]), witnesses, self.keys["quorum"])
        except Invalid:
            return {"unreadable": True}
        return {
            "flaws": [str(flaw) for flaw in checked.flaws],
            "origin": checked.origin,
            "size": str(checked.tree_size),
            "witnesses": list(checked.witnesses),
        }


class Maker:
    """A log, two witnesses, and everything an attacker may do to a proof."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.witnesses = [self._signer(folder, name, name[:1].encode() * 32) for name in ("mot.vidu.vn", "hai.vidu.vn")]
        self.stranger = self._signer(folder, "so.vidu.vn/so", bytes(32))
        self.sealed = [seal(self._act(number), WHEN, self.chance.randbytes(106)) for number in range(400)]
        self.logs = []
        for size in (1, 2, 3, 8, 255, 256, 257, 400):
            log = PublishedLog(folder / f"log{size}").extend([leaf_hash(entry.body) for entry in self.sealed[:size]])
            self.logs.append((log, log.tree()))

    def cases(self, count: int) -> list[Case]:
        return [self._case(number) for number in range(count)]

    def _case(self, number: int) -> Case:
        proof, keys = self._good()
        if number % 4 == 0:
            return Case("nothing", json.dumps(proof, ensure_ascii=False), keys)
        change = TAMPERINGS[number % len(TAMPERINGS)]
        done = change(self, proof, keys)
        return Case(change.__name__, done if isinstance(done, str) else json.dumps(proof, ensure_ascii=False), keys)

    def _good(self) -> tuple[dict[str, Any], dict[str, Any]]:
        log, tree = self.chance.choice(self.logs)
        index = self.chance.randrange(tree.size)
        entry = self.sealed[index]
        values = dict(zip(FIELDS, (entry.subject, entry.officer, entry.dossier_no), strict=True))
        salts = {name: entry.salts[32 * at : 32 * at + 32].hex() for at, name in enumerate(FIELDS)}
        opened = self.chance.sample(FIELDS, self.chance.randint(0, 3))
        signers = self.chance.sample(self.witnesses, self.chance.randint(0, 2))
        note = log.head()
        note = note.with_signatures([cosign(note.text, signer, WHEN) for signer in signers])
        proof = {
            "v": 1,
            "entry": entry.body.decode(),
            "index": index,
            "path": [step.hex() for step in tree.inclusion(index)],
            "checkpoint": str(note),
            "openings": {name: {"value": values[name], "salt": salts[name]} for name in opened},
        }
        keys = {
            "log": str(log.key),
            "witnesses": [str(key_of(each, COSIGNATURE)) for each in self.witnesses],
            "quorum": self.chance.randint(0, len(signers)),
        }
        return proof, keys

    @staticmethod
    def _signer(folder: Path, name: str, seed: bytes) -> FileSigner:
        file = folder / f"{seed[:1].hex()}.key"
        file.write_bytes(seed)
        return FileSigner(name, file)

    def _act(self, number: int) -> Act:
        chance = self.chance
        return Act(
            chance.choice(list(ActKind)),
            "match",
            "H57",
            "mot-cua",
            chance.choice(["canbo01", "Nguyễn Văn Ễ", "😀", ""]),
            subject=chance.choice([f"{number:012d}", ""]),
            purpose=chance.choice(["Khai sinh", 'dấu " và \\ và \n', "Thường trú"]),
            dossier_no=chance.choice([f"H57-{number}", ""]),
        )


def _cut(chance: random.Random, text: str) -> tuple[int, str]:
    at = chance.randrange(len(text))
    return at, text[at]


def entry_changed(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    at, character = _cut(maker.chance, proof["entry"])
    proof["entry"] = proof["entry"][:at] + maker.chance.choice(["", "x", character * 2, "ê", "}"]) + proof["entry"][at + 1 :]


def entry_replaced(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    proof["entry"] = maker.chance.choice(["", "{}", "[]", "null", "7", '"x"', "{", '{"subject":7}', "\ufeff{}"])


def index_changed(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    proof["index"] = maker.chance.choice([proof["index"] + 1, proof["index"] - 1, -1, 0, 2**31, 2**53, 10**18])


def step_changed(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    path, chance = proof["path"], maker.chance
    other = chance.randbytes(32).hex()
    how = chance.randrange(7)
    if how == 0 or not path:
        path.append(other)
    elif how == 1:
        path.pop(chance.randrange(len(path)))
    elif how == 2:
        path.insert(chance.randrange(len(path)), other)
    else:
        at = chance.randrange(len(path))
        path[at] = [other, path[at].upper(), path[at][:-1], f" {path[at]}"][how - 3]


def head_changed(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    lines, chance = proof["checkpoint"].split("\n"), maker.chance
    at = chance.randrange(3)
    size = lines[1]
    other = base64.b64encode(chance.randbytes(32)).decode()
    lines[at] = chance.choice(
        [
            ["so.khac.vn", "", "so.vidu.vn/so/2026h2/e1 "],
            [str(int(size) + 1), f"0{size}", "0", "9" * 19, "9" * 20, "٧", "-1"],
            [other, other[:-1], ""],
        ][at]
    )
    proof["checkpoint"] = "\n".join(lines)


def head_extended(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    text, _, signatures = proof["checkpoint"].partition("\n\n")
    proof["checkpoint"] = f"{text}\n{maker.chance.choice(['thêm', '', ' ', chr(9), 'a' + chr(13)])}\n\n{signatures}"


def signature_changed(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    lines, chance = proof["checkpoint"].rstrip("\n").split("\n"), maker.chance
    at = chance.randrange(4, len(lines))
    place = chance.randrange(len(lines[at]))
    lines[at] = lines[at][:place] + chance.choice([*_BASE64, " ", "=", "", "—"]) + lines[at][place + 1 :]
    proof["checkpoint"] = "\n".join(lines) + "\n"


def base64_bent(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    """Other spellings of the same bytes: unused bits set, padding left out, line breaks inside."""
    lines = proof["checkpoint"].rstrip("\n").split("\n")
    line = lines[4]
    spare = _BASE64[_BASE64.index(line.rstrip("=")[-1]) | 1]
    bent = [
        line.rstrip("="),
        line.rstrip("=")[:-1] + spare + "=" * line.count("="),
        line + "=",
        line.replace("+", "-").replace("/", "_"),
    ]
    lines[4] = maker.chance.choice(bent)
    proof["checkpoint"] = "\n".join(lines) + "\n"


def signatures_moved(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    head, _, lines = proof["checkpoint"].partition("\n\n")
    signatures = lines.rstrip("\n").split("\n")
    maker.chance.shuffle(signatures)
    less = signatures[: maker.chance.randint(0, len(signatures))]
    proof["checkpoint"] = f"{head}\n\n" + "".join(f"{line}\n" for line in [*less, *maker.chance.choice([[], less, less * 60])])


def signed_by_a_stranger(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    """A signature that names the log and its key hash, made with another key."""
    text = proof["checkpoint"].partition("\n\n")[0] + "\n"
    known = parse_key(keys["log"])
    forged = Signature(known.name, known.hash, maker.stranger.sign(text.encode()))
    proof["checkpoint"] = str(Note(text, (forged,)))


def cosigned_at_another_second(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    text = proof["checkpoint"].partition("\n\n")[0] + "\n"
    cosigned = cosign(text, maker.witnesses[0], WHEN)
    later = bytearray(cosigned.value)
    later[maker.chance.randrange(8)] ^= 1 << maker.chance.randrange(8)
    proof["checkpoint"] += str(Signature(cosigned.name, cosigned.key_hash, bytes(later)))


def opening_changed(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    chance, openings = maker.chance, proof["openings"]
    if not openings:
        openings[chance.choice(["subject", "ngưới", "__proto__", "constructor", "organisation", "v"])] = {
            "value": "x",
            "salt": "00" * 32,
        }
        return
    opening = openings[chance.choice(sorted(openings))]
    how = chance.randrange(6)
    if how == 0:
        opening["value"] += chance.choice([" ", "0", "\u0301"])
    elif how == 1:
        opening["salt"] = chance.randbytes(32).hex()
    elif how == 2:  # the same bytes, cut in another place
        first = opening["value"][:1]
        opening["salt"], opening["value"] = opening["salt"] + first.encode().hex(), opening["value"][1:]
    elif how == 3:
        opening["salt"] = opening["salt"].upper()
    elif how == 4:
        opening["salt"] = " ".join([opening["salt"][:2], opening["salt"][2:]])
    else:
        opening["value"] = ""


def openings_swapped(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    names = sorted(proof["openings"])
    values = [proof["openings"][name] for name in names]
    proof["openings"] = dict(zip(names, reversed(values), strict=True))


def other_keys(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    how = maker.chance.randrange(4)
    if how == 0:
        keys["log"] = str(key_of(maker.stranger))
    elif how == 1:
        keys["witnesses"] = [str(key_of(maker.stranger, COSIGNATURE))]
        keys["quorum"] = 1
    elif how == 2:
        keys["witnesses"], keys["quorum"] = keys["witnesses"][:1] * 2, 2
    else:
        keys["witnesses"], keys["quorum"] = [keys["log"]], 1


def more_witnesses_asked(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> None:
    keys["quorum"] = 3


def not_a_proof(maker: Maker, proof: dict[str, Any], keys: dict[str, Any]) -> str | None:
    chance = maker.chance
    how = chance.randrange(8)
    if how == 0:
        proof["v"] = chance.choice([2, 0, "1", None, True])
    elif how == 1:
        proof.pop(chance.choice(["v", "entry", "index", "path", "checkpoint", "openings"]))
    elif how == 2:
        proof["index"] = chance.choice(["0", None, True, 0.5])
    elif how == 3:
        proof["path"] = chance.choice([None, "", [7], {}])
    elif how == 4:
        proof["openings"] = chance.choice(
            [None, [], "", {"subject": None}, {"subject": {"value": "x"}}, {"subject": {"value": 7, "salt": ""}}]
        )
    elif how == 5:
        text = json.dumps(proof)
        return text[: chance.randrange(len(text))]
    elif how == 6:
        proof["checkpoint"] = chance.choice(["", "\n\n", "a\n\n", None, 7, "a\n\n— b\n", "x" * 200])
    else:
        return chance.choice(["", "null", "[]", "7", '"x"', "{}"])
    return None


TAMPERINGS: list[Callable[[Maker, dict[str, Any], dict[str, Any]], str | None]] = [
    entry_changed,
    entry_replaced,
    index_changed,
    step_changed,
    head_changed,
    head_extended,
    signature_changed,
    base64_bent,
    signatures_moved,
    signed_by_a_stranger,
    cosigned_at_another_second,
    opening_changed,
    openings_swapped,
    other_keys,
    more_witnesses_asked,
    not_a_proof,
    step_changed,
]
