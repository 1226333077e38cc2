"""Files for browsers: compressed, fingerprinted, asked for again only when changed; nothing else is given."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from dancu.ui.assets import ROOT, address, assets

CSS = "/static/ui/base.css"


def test_a_style_sheet_comes_compressed_to_whom_can_read_it():
    plain, small = Client().get(CSS), Client().get(CSS, headers={"accept-encoding": "gzip, br"})

    assert gzip.decompress(small.content) == plain.content == (ROOT / "ui" / "base.css").read_bytes()
    assert small["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert small["Vary"] == plain["Vary"] == "Accept-Encoding"
    assert len(small.content) < len(plain.content) / 2


def test_what_is_asked_for_by_its_fingerprint_may_be_kept_for_a_year():
    answer = Client().get(address("ui/base.css"))

    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Client().get(f"{CSS}?v=000000000000")["Cache-Control"] == "public, max-age=3600"


def test_a_font_may_be_kept_for_a_year_and_is_not_compressed_twice():
    font = next(path for path in assets() if path.endswith(".woff2"))

    answer = Client().get(f"/static/{font}", headers={"accept-encoding": "gzip"})

    assert answer["Content-Type"] == "font/woff2"
    assert "immutable" in answer["Cache-Control"]
    assert "Content-Encoding" not in answer


def test_what_has_not_changed_is_not_sent_again():
    first = Client().get(CSS)

    again = Client().get(CSS, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert Client().get(CSS, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["ui/nothing.css", "ui/", "", "ui/../../pages.py", "ui/fonts"])
def test_what_is_not_a_file_for_browsers_is_not_there(path: str):
    assert Client().get(f"/static/{path}").status_code == 404


def test_pages_ask_for_files_by_their_fingerprint():
    asked = re.findall(r'(?:href|src)="(/static/[^"]+)"', Client().get("/").content.decode())

    assert len(asked) >= 6
    assert [each for each in asked if not re.fullmatch(r"/static/ui/[\w.-]+\?v=[0-9a-f]{12}", each)] == []
