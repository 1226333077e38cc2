"""Signed orders, on the page that hands them out and at the command that checks them: what was changed is told."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from dancu.cli.gate import app
from dancu.identity.api import Backing
from dancu.kernel.config import read_config
from dancu.kernel.errors import Invalid
from dancu.kernel.four_eyes import Hand
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.signing import MessageKey
from dancu.onboarding.axes import orders
from dancu.onboarding.axes import usecases as axes
from tests.factories.database import connect_system
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import browser_of, text_of
from tests.onboarding.gate_scene import OPERATOR, OTHER_OWNER, OWNER, appoint

PAGE = "/ket-noi/he-thong/he-thong/trang-thai/lenh.jws"
KEY, ANOTHER = MessageKey.generate(), MessageKey.generate()
ORDER = {"act": "suspend", "client_id": "he-thong", "reason": "Kết luận an ninh, an toàn: không bảo đảm", "decided_by": "duyet"}


def changed(text: str, **order: str) -> str:
    """Another order over the same signature."""
    header, _payload, signature = text.split(".")
    payload = base64.urlsafe_b64encode(json.dumps({**ORDER, **order}).encode()).rstrip(b"=").decode()
    return ".".join((header, payload, signature))


def with_signature_of(text: str, other: str) -> str:
    return ".".join((*text.split(".")[:2], other.split(".")[2]))


SIGNED = orders.sign_order(KEY, ORDER)
WRONG: dict[str, Callable[[], str]] = {
    "another key": lambda: orders.sign_order(ANOTHER, ORDER),
    "another system": lambda: changed(SIGNED, client_id="he-thong-khac"),
    "another act": lambda: changed(SIGNED, act="close"),
    "the signature of another order": lambda: with_signature_of(SIGNED, orders.sign_order(KEY, {**ORDER, "reason": "khác"})),
    "cut short": lambda: SIGNED[:-4],
    "another kind of text, by the same key": lambda: KEY.sign(json.dumps(ORDER).encode(), "dancu-request"),
    "two parts": lambda: SIGNED.rpartition(".")[0],
    "a document": lambda: json.dumps(ORDER, ensure_ascii=False),
    "nothing": lambda: "",
}


def test_a_signed_order_says_what_was_signed_also_to_whoever_copied_it_with_blanks() -> None:
    assert orders.read_order(KEY.public, f"\n{SIGNED}\n") == ORDER


def test_the_same_order_is_signed_over_the_same_bytes() -> None:
    turned = dict(reversed(ORDER.items()))

    assert orders.sign_order(KEY, turned).split(".")[:2] == SIGNED.split(".")[:2]


@pytest.mark.parametrize("name", WRONG)
def test_what_was_not_signed_so_by_this_key_is_no_order(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        orders.read_order(KEY.public, WRONG[name]())

    assert refused.value.code in ("order.signature", "order.not_signed")


def test_the_key_of_orders_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    first, second = orders.order_key(folder), orders.order_key(folder)

    assert first.kid == second.kid
    assert (folder / orders.FILE).stat().st_mode & 0o077 == 0


def checked(text: str, folder: Path) -> tuple[int, str, BaseException | None]:
    """`dancu gate order`: its exit code, what it printed, and what was raised for the command around it to tell."""
    file = folder / "lenh.jws"
    file.write_text(text, encoding="utf-8")
    with acting(SYSTEM):  # as the command makes the whole process it runs in
        done = CliRunner().invoke(app, ["order", str(file)])
    return done.exit_code, done.stdout, done.exception


@pytest.fixture
def ordered() -> str:
    """The text of an order to suspend, as its page hands it out."""
    with acting(SYSTEM):
        appoint()
        connect_system(grants=[])
        hands = Hand("soan", "G01.206/TT", "nguoi-1"), Hand("duyet", "G01.206/LD", "nguoi-2")
        ground, backing = axes.Ground(ORDER["reason"], "12/QĐ"), Backing(UUID(int=7), *hands)
        keys = read_config().key_dir
        axes.move_connection("he-thong", "suspend", ground, by="duyet", now=NOW, backing=backing, keys=keys)
    with web_role():
        return text_of(browser_of(OPERATOR).get(PAGE))


@pytest.mark.django_db(transaction=True)
def test_an_order_downloaded_from_its_page_is_checked_by_the_command(ordered: str, tmp_path: Path) -> None:
    status, said, _failure = checked(f"{ordered}\n", tmp_path)

    assert status == 0
    order = json.loads(said)
    assert (order["act"], order["client_id"], order["reason"]) == ("suspend", "he-thong", ORDER["reason"])
    assert (order["proposed_by"], order["decided_by"], order["document"]) == ("soan", "duyet", "12/QĐ")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["another key", "another system", "a document"])
def test_the_command_prints_nothing_of_what_was_changed_or_is_anothers(ordered: str, tmp_path: Path, name: str) -> None:
    wrong = changed(ordered, client_id="he-thong-khac") if name == "another system" else WRONG[name]()

    status, said, failure = checked(wrong, tmp_path)

    assert (status, said) == (1, "")
    assert isinstance(failure, Invalid), "a sentence and exit code 1, no trace of the program"


@pytest.mark.django_db(transaction=True)
def test_the_order_of_another_province_is_out_of_reach(ordered: str) -> None:
    with web_role():
        answers = [browser_of(account).get(PAGE).status_code for account in (OTHER_OWNER, OWNER)]

    assert answers == [404, 200]
