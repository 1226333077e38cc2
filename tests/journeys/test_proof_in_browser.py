"""Proofs checked by the reader's own browser, under our content policy: the verdicts of Python, and heads it remembers."""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dancu.ledger.tree import leaf_hash
from dancu.ui.assets import ROOT
from dancu.ui.responses import _POLICY
from tests.journeys.seen import MARKS, without_barriers
from tests.ledger.published_log import PublishedLog
from tests.ledger.tampered_proofs import Maker

pytestmark = MARKS
CASES = 2_000
PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Bằng chứng</title>
<script type="module" src="/static/ui/proof.js"></script></head><body><main><h1>Bằng chứng</h1>
<div id="place" data-proof-url="/proof.json" data-log-key="{key}" data-witness-keys="{witnesses}" data-quorum="{quorum}"
 data-tiles-url="/log"><a href="/proof.json" download>Tải tệp bằng chứng</a></div></main></body></html>"""


class Pages:
    """What the server gives: scripts as shipped, whatever a test puts beside them, and a published log."""

    def __init__(self, folder: Path) -> None:
        self.given: dict[str, str] = {"/favicon.ico": ""}
        self.log = folder / "log"
        pages = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                body, content_type = pages.find(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Security-Policy", _POLICY)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def find(self, path: str) -> tuple[bytes | None, str]:
        if path in self.given:
            return self.given[path].encode(), "text/html; charset=utf-8" if path == "/" else "application/json"
        file = (
            ROOT / "ui" / path.removeprefix("/static/ui/")
            if path.startswith("/static/ui/")
            else self.log / path.removeprefix("/log/")
        )
        content_type = "text/javascript; charset=utf-8" if path.endswith(".js") else "application/octet-stream"
        return (file.read_bytes(), content_type) if file.is_file() else (None, "text/plain")

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    served = Pages(tmp_path)
    yield served
    served.stop()


@pytest.fixture
def page(browser: Any, pages: Pages) -> Iterator[Any]:
    context = browser.new_context(base_url=pages.url)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda failure: page.complaints.append(str(failure)))
    yield page
    context.close()


CHECK_ALL = """async ({ cases, native }) => {
  const { checkProof, readProof, useNative, Unreadable } = await import("/static/ui/proof.js");
  useNative(native);
  const told = [];
  for (const { text, keys } of cases) {
    try {
      const { flaws, origin, size, witnesses } = await checkProof(readProof(text), keys);
      told.push({ flaws, origin, size: String(size), witnesses });
    } catch (failure) {
      if (!(failure instanceof Unreadable)) throw failure;
      told.push({ unreadable: true });
    }
  }
  return told;
}"""


@pytest.mark.parametrize(("native", "count"), [(True, CASES), (False, CASES // 10)], ids=["web-crypto", "noble"])
def test_two_thousand_proofs_give_the_same_verdicts_in_browser_and_python(
    page: Any, pages: Pages, tmp_path: Path, native: bool, count: int
):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    cases = Maker(tmp_path, seed).cases(count)
    pages.given["/"] = "<!doctype html><title>x</title>"
    page.goto("/")

    told = page.evaluate(CHECK_ALL, {"native": native, "cases": [{"text": case.text, "keys": case.keys} for case in cases]})

    for case, verdict in zip(cases, told, strict=True):
        assert verdict == case.verdict, (case.done, case.text, case.keys)
    assert page.complaints == []


def sound(maker: Maker) -> tuple[dict[str, Any], dict[str, Any]]:
    proof, keys = maker._good()
    while len(json.loads(json.dumps(proof))["checkpoint"].split("\n— ")) < 4:  # both witnesses signed
        proof, keys = maker._good()
    return proof, {**keys, "quorum": 2}


def show(pages: Pages, proof: dict[str, Any], keys: dict[str, Any], language: str = "vi") -> None:
    pages.given["/proof.json"] = json.dumps(proof, ensure_ascii=False)
    filled = {"language": language, "key": keys["log"], "witnesses": " ".join(keys["witnesses"]), "quorum": keys["quorum"]}
    pages.given["/"] = PAGE.format(**filled)


def result(page: Any) -> str:
    page.goto("/")
    page.focus("#place button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#place .note.ok, #place .note.bad, #place .note.warn")
    return str(page.inner_text("#place [role=status]"))


def test_a_button_checks_and_says_it_in_words(page: Any, pages: Pages, tmp_path: Path):
    proof, keys = sound(Maker(tmp_path, 5))
    show(pages, proof, keys)

    said = result(page)

    assert said.startswith("Đúng: mục này nằm trong sổ đã ký")
    assert "2 nhân chứng đã ký" in said
    without_barriers(page)
    show(pages, {**proof, "entry": proof["entry"].replace("H57", "H58")}, keys)
    assert result(page) == "KHÔNG đúng: mục không dẫn tới gốc đã ký."
    show(pages, proof, {**keys, "quorum": 3}, "en")
    assert result(page) == "NOT sound: too few witnesses signed."
    pages.given["/proof.json"] = "<html>"
    assert result(page).startswith("Cannot be checked")
    assert page.complaints == []


def test_without_script_the_link_to_the_file_stays(browser: Any, pages: Pages, tmp_path: Path):
    show(pages, *sound(Maker(tmp_path, 5)))
    context = browser.new_context(base_url=pages.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")

    assert page.locator("#place a").is_visible()
    assert page.locator("#place button").count() == 0
    context.close()


REMEMBER = """async ({ heads, tiles }) => {
  const { rememberHead } = await import("/static/ui/proof.js");
  const told = [];
  for (const [origin, size, root] of heads) {
    const bytes = Uint8Array.from(root.match(/../g), (pair) => parseInt(pair, 16));
    told.push(await rememberHead({ origin, size, root: bytes }, { tiles }));
  }
  return told;
}"""


def heads_of(*logs: PublishedLog) -> list[list[Any]]:
    return [[log.origin, len(log.leaves), log.tree().root().hex()] for log in logs]


def test_the_browser_remembers_heads_and_sees_forks(page: Any, pages: Pages, tmp_path: Path):
    pages.given["/"] = "<!doctype html><title>x</title>"
    page.goto("/")
    sizes = (0, 1, 3, 256, 300, 1000, 65_600)
    log = PublishedLog(pages.log)
    heads = []
    for size in sizes:
        log.grow(size - len(log.leaves))
        heads += heads_of(log)
    log.publish()
    forked = PublishedLog(tmp_path / "forked").grow(65_000).grow(700, "khác")
    same_size = PublishedLog(tmp_path / "same").grow(65_600, "khác")

    told = page.evaluate(REMEMBER, {"heads": heads, "tiles": "/log"})
    assert told == ["first", *["grown"] * (len(sizes) - 1)]
    log.grow(100).publish()
    after = [heads[-1], heads[-2], *heads_of(same_size), *heads_of(forked), *heads_of(log)]
    assert page.evaluate(REMEMBER, {"heads": after, "tiles": "/log"}) == ["same", "older", "fork", "fork", "grown"]
    assert page.evaluate(REMEMBER, {"heads": heads[:-1], "tiles": "/log"}) == ["older"] * (len(sizes) - 1)
    assert page.evaluate(REMEMBER, {"heads": heads_of(log), "tiles": "/log"}) == ["same"], "the larger head stays remembered"
    shorter = PublishedLog(tmp_path / "shorter").grow(300, "khác")
    assert page.evaluate(REMEMBER, {"heads": heads_of(shorter), "tiles": "/log"}) == ["fork"]
    assert page.evaluate(REMEMBER, {"heads": heads[4:5], "tiles": ""}) == ["unchecked"]
    assert page.evaluate(REMEMBER, {"heads": heads[4:5], "tiles": "/nowhere"}) == ["unchecked"]
    longer = [[log.origin, 65_800, "00" * 32]]
    assert page.evaluate(REMEMBER, {"heads": longer, "tiles": ""}) == ["unchecked"]
    assert page.evaluate(REMEMBER, {"heads": longer, "tiles": "/nowhere"}) == ["unchecked"]
    other = [["so.vidu.vn/so/2027h1/e1", 5, "11" * 32]]
    assert page.evaluate(REMEMBER, {"heads": other, "tiles": "/log"}) == ["first"]


def test_a_forked_log_that_publishes_its_fork_is_still_seen(page: Any, pages: Pages, tmp_path: Path):
    pages.given["/"] = "<!doctype html><title>x</title>"
    page.goto("/")
    kept = PublishedLog(tmp_path / "kept").grow(500)
    forked = PublishedLog(pages.log).grow(499).grow(300, "khác")
    forked.publish()

    told = page.evaluate(REMEMBER, {"heads": heads_of(kept, forked), "tiles": "/log"})

    assert told == ["first", "fork"]


def test_a_log_that_was_rolled_back_is_never_called_fine(page: Any, pages: Pages, tmp_path: Path):
    pages.given["/"] = "<!doctype html><title>x</title>"
    page.goto("/")
    kept = PublishedLog(tmp_path / "kept").grow(1060)
    shrunk = PublishedLog(pages.log).grow(1000)
    shrunk.publish()

    told = page.evaluate(REMEMBER, {"heads": heads_of(kept, shrunk), "tiles": "/log"})
    (pages.log / "checkpoint").write_text(str(kept.head()), encoding="utf-8")
    without_tiles = page.evaluate(REMEMBER, {"heads": heads_of(shrunk), "tiles": "/log"})

    assert (told, without_tiles) == (["first", "smaller"], ["unchecked"])


def test_the_page_warns_of_a_roll_back_but_not_of_a_proof_against_an_older_head(page: Any, pages: Pages, tmp_path: Path):
    maker = Maker(tmp_path, 9)
    proofs = sorted((sound(maker) for _ in range(40)), key=lambda each: int(each[0]["checkpoint"].split("\n")[1]))
    leaves = [leaf_hash(entry.body) for entry in maker.sealed]
    PublishedLog(pages.log).extend(leaves).publish()
    show(pages, *proofs[-1])
    assert "ghi nhớ" in result(page)
    show(pages, *proofs[0])

    assert "đầu sổ cũ hơn, khớp với sổ máy này đã xem" in result(page)
    assert page.locator("#place .note.ok").count() == 1
    shutil.rmtree(pages.log)
    PublishedLog(pages.log).extend(leaves[:8]).publish()
    assert "Cảnh báo: sổ nhỏ hơn" in result(page)
    assert page.locator("#place .note.bad").count() == 1


def test_a_sound_proof_stays_sound_where_the_browser_may_remember_nothing(page: Any, pages: Pages, tmp_path: Path):
    page.add_init_script(
        "Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });"
    )
    show(pages, *sound(Maker(tmp_path, 5)))

    said = result(page)

    assert said.startswith("Đúng: mục này nằm trong sổ đã ký")
    assert said.endswith("Chưa so được với lần trước máy này xem.")
    assert page.complaints == []
