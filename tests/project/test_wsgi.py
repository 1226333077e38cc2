"""Who calls the pages, behind a proxy and without one."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import django.core.wsgi
import pytest
from django.conf import settings

from dancu.kernel.config import read_config
from dancu.kernel.errors import Invalid
from dancu.project import wsgi

Caller = Callable[[str], str]


@pytest.fixture
def caller(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Caller]:
    """The address the pages see, of a caller who says to come from elsewhere."""

    def behind(trusted: str, says: str) -> Caller:
        config = replace(settings.CONFIG, trusted_proxies=read_config({"DANCU_TRUSTED_PROXIES": trusted}).trusted_proxies)
        with monkeypatch.context() as here:
            here.setattr(settings, "CONFIG", config)
            here.setattr(django.core.wsgi, "get_wsgi_application", lambda: lambda environ, _start: environ["REMOTE_ADDR"])
            application: Any = importlib.reload(wsgi).application
        return lambda address: application({"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": says}, None)

    yield behind
    importlib.reload(wsgi)


@pytest.mark.parametrize(
    ("trusted", "says", "address", "seen"),
    [
        ("", "203.0.113.9", "10.0.0.1", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        ("10.0.0.0/24, 192.0.2.1", "203.0.113.9", "10.0.0.7", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", "198.51.100.4", "198.51.100.4"),  # not through the proxy
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "10.0.0.1", "203.0.113.9"),  # the first was written by the caller
    ],
)
def test_only_a_trusted_proxy_says_who_calls(caller: Any, trusted: str, says: str, address: str, seen: str):
    assert caller(trusted, says)(address) == seen


@pytest.mark.parametrize("wrong", ["proxy", "0.0.0.0/0", "::/0", "10.0.0.1/24", "*", "10.0.0.1;10.0.0.2"])
def test_what_is_no_network_or_every_network_is_no_proxy(wrong: str):
    with pytest.raises(Invalid, match="config"):
        read_config({"DANCU_TRUSTED_PROXIES": wrong})
