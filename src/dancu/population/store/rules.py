"""The rules the database holds, and what an officer reads when one of them is broken."""

from __future__ import annotations

import psycopg
from django.db import IntegrityError, connection

from dancu.kernel.errors import Conflict

# Constraint of the database → what an officer reads.
_WORDS = {
    "membership_one_household_at_a_time": "Người này đang thuộc một hộ khác trong cùng thời gian.",
    "membership_one_temporary_household_at_a_time": "Người này đang tạm trú trong một hộ khác trong cùng thời gian.",
    "membership_one_head": "Hộ đã có chủ hộ trong thời gian này.",
    "membership_has_a_head": "Hộ còn thành viên phải có một chủ hộ. Chọn chủ hộ mới.",
    "membership_no_orphan": "Không có người hoặc hộ này.",
    "relation_one_spouse_at_a_time": "Một trong hai người đang có vợ hoặc chồng trong thời gian này.",
    "relation_one_parent_of_a_kind": "Người này đã có cha (mẹ) đẻ. Thu hồi quan hệ cũ trước.",
    "relation_no_orphan": "Không có người này trong cơ sở dữ liệu.",
    "relation_parent_is_older": "Cha, mẹ phải sinh trước con. Kiểm tra năm sinh của hai người.",
    "residence_one_permanent_at_a_time": "Một người chỉ có một nơi thường trú trong một thời gian.",
    "residence_one_temporary_at_a_time": "Thời gian tạm trú này trùng với lần tạm trú khác.",
    "residence_one_current_at_a_time": "Thời gian này đã có nơi ở hiện tại khác.",
    "residence_temporary_two_years": "Tạm trú tối đa hai năm mỗi lần và phải có ngày hết hạn (Luật Cư trú, Điều 27).",
    "residence_stay_under_thirty_days": "Lưu trú phải dưới 30 ngày; từ 30 ngày trở lên thì đăng ký tạm trú.",
    "residence_temporary_elsewhere": "Nơi tạm trú phải ở ngoài xã, phường thường trú (Luật Cư trú, Điều 27).",
    "residence_no_orphan": "Không có người này trong cơ sở dữ liệu.",
}


def check_now() -> None:
    """Let the rules that wait for the end of the transaction speak now, while they can be told in words."""
    with connection.cursor() as cursor, told_as_conflict():
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


class told_as_conflict:
    """A rule of the database that is broken becomes a sentence for the officer."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, failure: BaseException | None, _trace: object) -> None:
        if isinstance(failure, IntegrityError) and isinstance(failure.__cause__, psycopg.Error):
            rule = failure.__cause__.diag.constraint_name or ""
            words = _WORDS.get(rule, "Thay đổi này trái với dữ liệu đang có.")
            raise Conflict(f"rule.{rule}", words, f"The registry holds the rule {rule}.") from failure
