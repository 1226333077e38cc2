"""A registration of services: what a system asks to learn, procedure by procedure; approved, each line becomes a grant. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dancu.kernel.errors import Invalid
from dancu.kernel.warrants import SENSITIVE_FIELDS
from dancu.onboarding.domain import REGISTRY_SYSTEM, Grant

LINES_MAX = 500


@dataclass(frozen=True, slots=True)
class RegistrationLine:
    """One procedure with the service and the fields it needs (*dòng đăng ký dịch vụ*)."""

    grant: Grant  # what it becomes when approved
    procedure_name: str = ""
    volume_per_month: int = 0


@dataclass(frozen=True, slots=True)
class Registration:
    """What one system asks for, from a dossier or written down by the operator (*phiếu đăng ký sử dụng dịch vụ*)."""

    id: UUID
    client_id: str
    lines: tuple[RegistrationLine, ...]
    document: str = ""  # number and day of the paper it stands on
    dossier: UUID | None = None


def check(registration: Registration) -> None:
    """Raises `Invalid` for what nobody may approve."""
    if not registration.lines:
        raise Invalid("registration.empty", "Phiếu chưa có dòng dịch vụ nào.", "The registration has no line.", field="lines")
    if len(registration.lines) > LINES_MAX:
        raise Invalid(
            "registration.long",
            f"Phiếu có quá {LINES_MAX} dòng. Tách thành nhiều phiếu.",
            f"A registration has {LINES_MAX} lines at most.",
            field="lines",
        )
    seen: set[tuple[str, str]] = set()
    for line in registration.lines:
        key = (line.grant.integration_code, line.grant.procedure)
        if key in seen:
            raise Invalid(
                "registration.twice",
                f"Thủ tục {key[1]} với mã tích hợp {key[0]} có hai dòng. Gộp lại thành một.",
                f"Procedure {key[1]} under integration code {key[0]} stands twice.",
                field="lines",
            )
        seen.add(key)
        if line.grant.client_id != registration.client_id:
            raise Invalid("registration.client", "Mọi dòng phải của cùng một hệ thống.", "All lines are of one system.")
        check_grant(line.grant)


def check_grant(given: Grant) -> None:
    """Raises `Invalid` for a scope that can be granted to nobody."""
    if not given.purpose.strip() or not given.legal_basis.strip():
        raise Invalid(
            "grant.purpose",
            "Phạm vi khai thác phải có mục đích và căn cứ pháp lý.",
            "A grant needs a purpose and a legal basis.",
            field="purpose",
        )
    if not given.sensitive_fields <= (given.fields & SENSITIVE_FIELDS):
        raise Invalid(
            "grant.sensitive",
            "Trường nhạy cảm phải nằm trong danh sách trường được duyệt.",
            "Sensitive fields must be among the granted fields.",
            field="sensitive_fields",
        )
    # Reading by number alone stays in the house: no connection of another agency can be granted it by mistake.
    if given.registry and given.client_id != REGISTRY_SYSTEM:
        raise Invalid(
            "grant.registry",
            f"Quyền tra cứu của cơ quan quản lý dân cư chỉ cấp cho hệ thống {REGISTRY_SYSTEM}.",
            f"The registry's search is granted to the system {REGISTRY_SYSTEM} only.",
            field="registry",
        )
    if given.protected and not given.registry:
        raise Invalid(
            "grant.protected",
            "Quyền xem người được bảo vệ chỉ đi cùng quyền tra cứu của cơ quan quản lý dân cư.",
            "Protected persons are seen only together with the registry's search.",
            field="protected",
        )
