"""The gateway's door to subscriptions, changes and lists, without a framework."""

from __future__ import annotations

from dancu.exchange.facts_json import facts_as_json
from dancu.exchange.listing import (
    ListedPerson,
    ToldPage,
    Wanted,
    delete_list,
    list_history,
    list_line,
    own_lists,
    request_list,
    tell_page,
)
from dancu.exchange.lists import Asked, ListCriteria, ListLine, ListState
from dancu.exchange.subscribing import OwnLine, Subscribed, Told, Wish, end_subscription, own_subscriptions, subscribe, tell_changes
from dancu.exchange.subscriptions import CHANGES_MAX, LISTED_MAX, as_json, check_subject_ref
from dancu.exchange.windows import Window, WindowPerson, tell_window

__all__ = [
    "CHANGES_MAX",
    "LISTED_MAX",
    "Asked",
    "ListCriteria",
    "ListLine",
    "ListState",
    "ListedPerson",
    "OwnLine",
    "Subscribed",
    "Told",
    "ToldPage",
    "Wanted",
    "Window",
    "WindowPerson",
    "Wish",
    "as_json",
    "check_subject_ref",
    "delete_list",
    "end_subscription",
    "facts_as_json",
    "list_history",
    "list_line",
    "own_lists",
    "own_subscriptions",
    "request_list",
    "subscribe",
    "tell_changes",
    "tell_page",
    "tell_window",
]
