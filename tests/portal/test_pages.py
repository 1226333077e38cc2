"""Her own pages as a browser meets them."""

from __future__ import annotations

from django.test import Client

from dancu.kernel import clock
from tests.portal.scene import lines_in, looked, text_of


def test_a_look_is_one_plain_sentence(citizen: Client):
    looked(at=clock.now())

    page = text_of(citizen.get("/cua-toi"))

    (line,) = lines_in(page)
    assert "đã đối chiếu họ tên, số định danh và ngày sinh của bạn lúc" in line
    assert line.endswith("để giải quyết thủ tục Đăng ký khai sinh.")
