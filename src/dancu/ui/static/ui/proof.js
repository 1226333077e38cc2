// Checks proofs of ledger entries in the reader's own browser: the same verdicts as `dancu ledger verify`.
//
// As a library:  import { checkProof, readProof, rememberHead } from "./proof.js"
//   readProof(text)                          the proof file as an object; throws Unreadable
//   await checkProof(proof, keys)            keys: { log, witnesses: [], quorum: 0 }, each key as `name+hash+key`;
//                                            gives { flaws, origin, size, root, witnesses }; throws Unreadable
//   await rememberHead(head, { tiles })      compares with the head kept for this log, keeps the larger, gives one of first,
//                                            same, grown, older, smaller, fork, unchecked; `tiles`: address of the published log
// Flaws: signature, witnesses, path, opening.
//
// In a page, without further script (<script type="module" src="…/ui/proof.js">):
//   <div data-proof-url="ADDRESS OF THE PROOF" data-log-key="name+hash+key"
//        data-witness-keys="KEY KEY" data-quorum="1" data-tiles-url="ADDRESS OF THE PUBLISHED LOG"
//        data-reference="IDENTITY OF THE ENTRY" data-erased></div>
//   All but the first two may be missing. With a reference the proof must be of that entry (else the flaw `entry`) and open
//   somebody's number (else `subject`), which may be missing only from an entry that is said to be erased.
//   A button and a line for the result are put at the end of the element; without script the element stays as it was, so put
//   a link to the proof file into it. When done it fires `proof-checked` with the verdict, in it `entry`, the body of the entry
//   itself, `number`, the one it opens to, and `isOther`: is this not the log that was seen before?

export const FLAWS = ["signature", "witnesses", "path", "opening"];
const BAD_HEADS = ["smaller", "fork"];
const OPENABLE = ["subject", "officer", "dossier"];
const NOTE_CHARACTERS_MAX = 1_000_000, SIGNATURES_MAX = 100, PROOF_CHARACTERS_MAX = 4_000_000;
const ED25519 = 1, COSIGNATURE = 4, LENGTHS = { [ED25519]: 64, [COSIGNATURE]: 72 };
const TILE_WIDTH = 256, HASH_BYTES = 32;
const NAME = /^[^\t-\r\x1c- \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]+$/u, SIZE = /^(?:0|[1-9][0-9]{0,18})$/, HEX = /^[0-9a-f]{64}$/;
const NOT_IN_A_NOTE = /[\x00-\x09\x0b-\x1f]|\p{Surrogate}/u;

export class Unreadable extends Error {}

// ---- what is checked ----

export function readProof(text) {
  let proof;
  try { proof = text.length > PROOF_CHARACTERS_MAX ? null : JSON.parse(text); } catch { proof = null; }
  return shaped(proof);
}

export async function checkProof(given, keys) {
  const proof = shaped(given), note = parseNote(proof.checkpoint), head = parseCheckpoint(note.text);
  const flaws = [], seenBy = [];
  if (!(await verifyNote(note, await parseKey(keys.log)))) flaws.push("signature");
  for (const text of keys.witnesses ?? []) {
    const key = await parseKey(text);
    if (key.algorithm === COSIGNATURE && (await verifyNote(note, key))) seenBy.push(key.name);
  }
  if (new Set(seenBy).size < (keys.quorum ?? 0)) flaws.push("witnesses");
  if (!(await leadsTo(proof, head))) flaws.push("path");
  if (!(await opens(proof))) flaws.push("opening");
  return { flaws, origin: head.origin, size: head.size, root: head.root, witnesses: seenBy };
}

function shaped(proof) {
  const isText = (value) => typeof value === "string" && !/\p{Surrogate}/u.test(value);
  const openings = proof?.openings === undefined ? {} : proof.openings;
  const isWhole = typeof proof === "object" && proof !== null && proof.v === 1 && isText(proof.entry) && Number.isInteger(proof.index)
    && Array.isArray(proof.path) && proof.path.every(isText) && isText(proof.checkpoint)
    && typeof openings === "object" && openings !== null && !Array.isArray(openings)
    && Object.values(openings).every((each) => isText(each?.value) && isText(each?.salt));
  if (!isWhole) throw new Unreadable("not a proof");
  return { ...proof, openings };
}

async function leadsTo(proof, head) {
  if (!proof.path.every((step) => HEX.test(step))) return false;
  const leaf = await sha256(Uint8Array.of(0), utf8(proof.entry));
  return verifyInclusion(BigInt(proof.index), head.size, leaf, proof.path.map(fromHex), head.root);
}

async function opens(proof) {
  let body;
  try { body = JSON.parse(proof.entry); } catch { return false; }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  for (const [name, { value, salt }] of Object.entries(proof.openings)) {
    // A salt has 32 bytes: with a longer one the first characters of a value could be counted among it.
    if (!OPENABLE.includes(name) || !HEX.test(salt)) return false;
    if (body[name] !== (value === "" ? "" : toHex(await sha256(fromHex(salt), utf8(value))))) return false;
  }
  return true;
}

// ---- signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ----

function parseNote(text) {
  if (text.length > NOTE_CHARACTERS_MAX || NOT_IN_A_NOTE.test(text)) throw new Unreadable("not a note");
  const at = text.lastIndexOf("\n\n"), lines = text.slice(at + 2).split("\n");
  if (at < 0 || lines.pop() !== "" || lines.length > SIGNATURES_MAX || lines.length === 0) throw new Unreadable("no signature block");
  const signatures = lines.map((line) => {
    const space = line.lastIndexOf(" "), name = line.slice(2, Math.max(space, 2));
    if (!line.startsWith("— ") || space < 2 || !NAME.test(name)) throw new Unreadable("a signature line");
    const value = fromBase64(line.slice(space + 1));
    if (value.length < 5) throw new Unreadable("a signature line");
    return { name, hash: toHex(value.slice(0, 4)), value: value.slice(4) };
  });
  return { text: text.slice(0, at + 1), signatures };
}

function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines[0] === "" || !SIZE.test(lines[1])) throw new Unreadable("not a checkpoint");
  const root = fromBase64(lines[2]);
  if (root.length !== HASH_BYTES || lines.slice(3).includes("")) throw new Unreadable("not a checkpoint");
  return { origin: lines[0], size: BigInt(lines[1]), root };
}

async function parseKey(text) {
  const [, name, hash, encoded] = /^([^+]+)\+([^+]+)\+(.+)$/su.exec(text.trim()) ?? [];
  if (name === undefined || !NAME.test(name)) throw new Unreadable("not a key");
  const raw = fromBase64(encoded);
  if (raw.length !== 33 || !(raw[0] in LENGTHS)) throw new Unreadable("not a key");
  const known = toHex((await sha256(utf8(`${name}\n`), raw)).slice(0, 4));
  if (known !== hash) throw new Unreadable("the key's hash does not belong to it");
  return { name, hash, algorithm: raw[0], publicKey: raw.slice(1) };
}

async function verifyNote(note, key) {
  const found = note.signatures.find((each) => each.name === key.name && each.hash === key.hash);
  if (found === undefined || found.value.length !== LENGTHS[key.algorithm]) return false;
  if (key.algorithm === ED25519) return holds(found.value, utf8(note.text), key.publicKey);
  const seconds = found.value.slice(0, 8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return holds(found.value.slice(8), utf8(`cosignature/v1\ntime ${seconds}\n${note.text}`), key.publicKey);
}

let native; // does this browser know Ed25519 by itself?
export function useNative(wanted) { native = wanted; }

async function holds(signature, message, publicKey) {
  if (native === undefined) {
    native = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(() => true, () => false);
  }
  if (!native) return (await import("./ed25519.js")).verifyAsync(signature, message, publicKey, { zip215: false });
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch { return false; }
}

// ---- the tree (RFC 9162, 2.1.3.2 and 2.1.4) ----

const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

export async function verifyInclusion(index, size, leaf, path, root) {
  if (index < 0n || index >= size) return false;
  let position = index, last = size - 1n, reached = leaf;
  for (const step of path) {
    if (last === 0n) return false;
    if (position & 1n || position === last) {
      reached = await nodeHash(step, reached);
      while (!(position & 1n) && position) { position >>= 1n; last >>= 1n; }
    } else reached = await nodeHash(reached, step);
    position >>= 1n; last >>= 1n;
  }
  return last === 0n && equal(reached, root);
}

export async function verifyConsistency(old, size, oldRoot, root, proof) {
  if (old > size) return false;
  if (old === size) return proof.length === 0 && equal(oldRoot, root);
  if (old === 0n) return proof.length === 0 && equal(oldRoot, await sha256());
  const steps = old & (old - 1n) ? proof : [oldRoot, ...proof];
  if (steps.length === 0) return false;
  let position = old - 1n, last = size - 1n;
  while (position & 1n) { position >>= 1n; last >>= 1n; }
  let [before, after] = [steps[0], steps[0]];
  for (const step of steps.slice(1)) {
    if (last === 0n) return false;
    if (position & 1n || position === last) {
      [before, after] = [await nodeHash(step, before), await nodeHash(step, after)];
      while (!(position & 1n) && position) { position >>= 1n; last >>= 1n; }
    } else after = await nodeHash(after, step);
    position >>= 1n; last >>= 1n;
  }
  return last === 0n && equal(before, oldRoot) && equal(after, root);
}

// The proof that the first `old` leaves of a published log are still the same. tile(level, number, width) → bytes.
export async function consistencyFromTiles(old, size, tile) {
  const known = new Map();
  const node = async (height, first) => { // root of the 2**height leaves from `first`
    const level = Math.floor(height / 8), place = Math.floor(first / 256 ** level), number = Math.floor(place / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, Math.floor(size / 256 ** level) - number * TILE_WIDTH), name = `${level}/${number}`;
    if (!known.has(name)) known.set(name, await tile(level, number, width));
    let row = [], at = place % TILE_WIDTH, bytes = known.get(name);
    for (let each = at; each < at + 2 ** (height % 8); each++) row.push(bytes.slice(each * HASH_BYTES, (each + 1) * HASH_BYTES));
    while (row.length > 1) row = await Promise.all(row.flatMap((left, i) => (i % 2 ? [] : [nodeHash(left, row[i + 1])])));
    return row[0];
  };
  const range = async (start, end) => {
    const parts = [];
    while (start < end) {
      const height = Math.floor(Math.log2(end - start));
      parts.push(await node(height, start)); start += 2 ** height;
    }
    let root = parts.pop();
    while (parts.length) root = await nodeHash(parts.pop(), root);
    return root;
  };
  const proof = []; let start = 0, end = size, whole = true;
  if (old === 0 || old === size) return proof;
  while (old !== end) {
    const middle = start + 2 ** Math.floor(Math.log2(end - start - 1));
    if (old <= middle) { proof.push(await range(middle, end)); end = middle; }
    else { proof.push(await range(start, middle)); start = middle; whole = false; }
  }
  if (!whole) proof.push(await range(start, end));
  return proof.reverse();
}

// ---- what this browser remembers: the largest head of each log ----

const PLACE = "dancu.head.";

export async function rememberHead(head, { tiles = "", storage } = {}) {
  const size = BigInt(head.size);
  let kept;
  try { storage ??= globalThis.localStorage; kept = readKept(storage, head.origin); } catch { return "unchecked"; } // storage is blocked
  const keep = () => { try { storage.setItem(PLACE + head.origin, `${size} ${toHex(head.root)}`); return true; } catch { return false; } };
  if (kept === null) return keep() ? "first" : "unchecked"; // full, or forbidden: nothing to compare with next time
  if (size === kept.size) return equal(head.root, kept.root) ? "same" : "fork";
  // A proof against an older head is no roll-back: an entry is proved against the head most relied upon, not the newest.
  const isOlder = size < kept.size, [first, last] = isOlder ? [{ size, root: head.root }, kept] : [kept, { size, root: head.root }];
  let proof = [];
  if (first.size > 0n) {
    if (!tiles || last.size > BigInt(Number.MAX_SAFE_INTEGER)) return "unchecked";
    try { proof = await consistencyFromTiles(Number(first.size), Number(last.size), (...which) => fetchTile(tiles, ...which)); }
    catch { return isOlder && (await endsBefore(kept.size, head.origin, tiles)) ? "smaller" : "unchecked"; }
  }
  if (!(await verifyConsistency(first.size, last.size, first.root, last.root, proof))) return "fork";
  if (isOlder) return "older";
  keep();
  return "grown";
}

async function endsBefore(size, origin, tiles) { // does the log, as it is published now, stop short of what was seen?
  try {
    const answer = await fetch(`${tiles.replace(/\/+$/, "")}/checkpoint`);
    const now = answer.ok && parseCheckpoint(parseNote(await answer.text()).text);
    return now && now.origin === origin && now.size < size;
  } catch { return false; }
}

function readKept(storage, origin) {
  const [size, root] = (storage.getItem(PLACE + origin) ?? "").split(" ");
  return SIZE.test(size) && HEX.test(root ?? "") ? { size: BigInt(size), root: fromHex(root) } : null;
}

async function fetchTile(prefix, level, number, width) {
  const groups = [String(number % 1000).padStart(3, "0")];
  for (let above = Math.floor(number / 1000); above > 0; above = Math.floor(above / 1000)) groups.unshift(`x${String(above % 1000).padStart(3, "0")}`);
  const whole = `${prefix.replace(/\/+$/, "")}/tile/${level}/${groups.join("/")}`;
  let answer = await fetch(width < TILE_WIDTH ? `${whole}.p/${width}` : whole);
  if (answer.status === 404 && width < TILE_WIDTH) answer = await fetch(whole);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (!answer.ok || bytes.length < width * HASH_BYTES) throw new Error("the tile is not there");
  return bytes.slice(0, width * HASH_BYTES);
}

// ---- bytes ----

const utf8 = (text) => new TextEncoder().encode(text);
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

async function sha256(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

function fromBase64(text) {
  let bytes = new Uint8Array();
  try { bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0)); } catch { /* refused below */ }
  let again = "";
  for (const byte of bytes) again += String.fromCharCode(byte);
  if (bytes.length === 0 || btoa(again) !== text) throw new Unreadable("not base64");
  return bytes;
}

// ---- in a page ----

const WORDS = {
  vi: {
    check: "Kiểm chứng trên máy của tôi", checking: "Đang kiểm…", unread: "Không kiểm được: không lấy được hoặc không đọc được bằng chứng.",
    insecure: "Trình duyệt chỉ kiểm được khi trang được mở qua https.",
    sound: "Đúng: mục này nằm trong sổ đã ký, sổ có {size} mục.", witnesses: "{count} nhân chứng đã ký.", flawed: "KHÔNG đúng:",
    flaws: { signature: "chữ ký của sổ không đúng", witnesses: "không đủ nhân chứng đã ký", path: "mục không dẫn tới gốc đã ký", opening: "giá trị mở ra không khớp cam kết", entry: "bằng chứng là của một mục khác", subject: "bằng chứng không mở ra số định danh nào" },
    heads: {
      first: "Máy này đã ghi nhớ sổ để lần sau so lại.", same: "Sổ vẫn như lần trước máy này xem.", grown: "Sổ đã dài thêm, phần cũ không đổi.",
      older: "Bằng chứng theo một đầu sổ cũ hơn, khớp với sổ máy này đã xem.",
      smaller: "Cảnh báo: sổ nhỏ hơn lần trước máy này xem. Có thể sổ đã bị lùi. Hãy giữ tệp bằng chứng.",
      fork: "Cảnh báo: sổ KHÁC với sổ máy này đã xem trước đây. Hãy giữ tệp bằng chứng.", unchecked: "Chưa so được với lần trước máy này xem.",
    },
  },
  en: {
    check: "Check on my machine", checking: "Checking…", unread: "Cannot be checked: the proof could not be fetched or read.",
    insecure: "The browser can check only when the page was opened over https.",
    sound: "Sound: this entry stands in the signed log of {size} entries.", witnesses: "{count} witnesses signed.", flawed: "NOT sound:",
    flaws: { signature: "the log's signature does not hold", witnesses: "too few witnesses signed", path: "the entry does not lead to the signed root", opening: "an opened value is not the one committed to", entry: "the proof is of another entry", subject: "the proof opens no personal number" },
    heads: {
      first: "This machine has kept the head, to compare next time.", same: "The log is as this machine saw it last.", grown: "The log has grown; the old part is unchanged.",
      older: "The proof is against an older head, which agrees with the log this machine saw.",
      smaller: "Warning: the log is smaller than this machine saw it last. It may have been rolled back. Keep the proof file.",
      fork: "Warning: the log DIFFERS from the one this machine saw before. Keep the proof file.", unchecked: "Could not be compared with what this machine saw last.",
    },
  },
};

async function checkHere(place, words, tell) {
  if (!globalThis.crypto?.subtle) return tell("warn", words.insecure);
  tell("info", words.checking);
  const { proofUrl, logKey, witnessKeys = "", quorum = "0", tilesUrl = "" } = place.dataset;
  try {
    const answer = await fetch(proofUrl);
    if (!answer.ok) throw new Unreadable("no proof");
    const proof = readProof(await answer.text());
    const verdict = await checkProof(proof, { log: logKey, witnesses: witnessKeys.split(/\s+/).filter(Boolean), quorum: Number(quorum) });
    Object.assign(verdict, { entry: bodyOf(proof), number: proof.openings.subject?.value ?? "" });
    verdict.flaws.push(...beside(verdict, place.dataset));
    if (verdict.flaws.length === 0) verdict.head = await rememberHead(verdict, { tiles: tilesUrl });
    verdict.isOther = BAD_HEADS.includes(verdict.head);
    tell(...said(verdict, words));
    place.dispatchEvent(new CustomEvent("proof-checked", { bubbles: true, detail: verdict }));
  } catch (failure) { tell("warn", words.unread); if (!(failure instanceof Unreadable || failure instanceof TypeError)) throw failure; }
}

function bodyOf(proof) { try { return JSON.parse(proof.entry) ?? {}; } catch { return {}; } }

function beside({ entry, number }, { reference, erased }) { // a true proof of something else proves nothing about this page
  if (reference === undefined) return [];
  return [...(entry.id === reference ? [] : ["entry"]), ...(number !== "" || erased !== undefined ? [] : ["subject"])];
}

function said(verdict, words) {
  if (verdict.flaws.length) return ["bad", `${words.flawed} ${verdict.flaws.map((flaw) => words.flaws[flaw]).join("; ")}.`];
  if (verdict.isOther) return ["bad", words.heads[verdict.head]];
  const sentences = [words.sound.replace("{size}", verdict.size.toLocaleString(document.documentElement.lang || "vi"))];
  if (verdict.witnesses.length) sentences.push(words.witnesses.replace("{count}", verdict.witnesses.length));
  const kind = verdict.head === "unchecked" ? "warn" : "ok"; // whoever forks may also withhold the tiles
  return [kind, [...sentences, words.heads[verdict.head]].join(" ")];
}

function offer(place) {
  const words = WORDS[document.documentElement.lang?.startsWith("en") ? "en" : "vi"];
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.check });
  const line = Object.assign(document.createElement("div"), { hidden: true });
  line.setAttribute("role", "status");
  button.addEventListener("click", () => checkHere(place, words, (kind, sentence) => {
    line.hidden = false; line.className = `note ${kind}`; line.textContent = sentence;
  }));
  place.append(button, line);
}

globalThis.document?.querySelectorAll("[data-proof-url]").forEach(offer);
