"""The word in the address for each kind of request."""

from __future__ import annotations

SLUGS = {
    "dieu-chinh": "correct",
    "bien-dong": "event",
    "da-mat": "register_death",
    "quan-he": "relate",
    "cham-dut-quan-he": "end_relation",
    "lap-ho": "form_household",
    "nhap-ho": "join_household",
    "tach-ho": "leave_household",
    "doi-chu-ho": "change_head",
    "cu-tru": "register_residence",
    "xoa-cu-tru": "end_residence",
    "hop-nhat": "merge",
    "tach": "split",
    "thay-so": "replace_number",
    "huy-so": "cancel_number",
    "co-luu-y": "set_flags",
    "thu-hoi": "revoke",
}
SLUG_OF = {kind: slug for slug, kind in SLUGS.items()}
