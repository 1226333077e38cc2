"""Signed orders: what closes a connection is a text that anybody can check afterwards, signed by this installation's order key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from dancu.kernel.errors import Invalid
from dancu.kernel.signing import MessageKey, NotSigned, PublicKey, SignedText

KIND = "dancu-order+jws"
FILE = "orders.key"


def order_key(folder: Path) -> MessageKey:
    """The key orders are signed with (*khoá ký lệnh*); made at the first order of an installation."""
    file = folder / FILE
    with suppress(FileExistsError):
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            MessageKey.generate().write(file)
    return MessageKey.parse(file.read_bytes())


def sign_order(key: MessageKey, order: Mapping[str, object]) -> str:
    """A compact JWS over the order's canonical JSON (*lệnh được ký*)."""
    return key.sign(json.dumps(order, sort_keys=True, ensure_ascii=False).encode(), KIND)


def read_order(key: PublicKey, text: str) -> dict[str, Any]:
    """The order inside, once its signature holds (*đọc lệnh đã ký*). Raises `Invalid`, also for what is no order at all."""
    try:
        signed = SignedText(text.strip(), KIND)
    except NotSigned:
        raise Invalid(
            "order.not_signed",
            "Đây không phải lệnh đã ký. Dùng đúng tệp .jws tải từ trang trạng thái của hệ thống, không sửa.",
            "This is no signed order. Use the .jws file of the system's page as it is.",
        ) from None
    if not key.verify(signed):
        raise Invalid("order.signature", "Chữ ký của lệnh không đúng.", "The order's signature does not hold.")
    order: dict[str, Any] = json.loads(signed.payload)
    return order
