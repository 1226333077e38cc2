"""Entries in plain words: one sentence a line, what came of it, the details of one entry. Only what the policy shows comes here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dancu.exchange.api import Reason
from dancu.identity.api import organisation_names
from dancu.kernel.clock import local
from dancu.kernel.warrants import Field
from dancu.ledger.api import DayFigures, Family
from dancu.onboarding.api import system_names
from dancu.population.api import FIELD_OF
from dancu.portal.domain.display import OWN_PAGES, DisplayPolicy, Item, Shown, Whose
from dancu.procedures.api import procedures
from dancu.protection.api import SYSTEM as PROTECTION_DESK
from dancu.protection.api import CaseActionKind, CaseKind, CaseState
from dancu.registrar.api import KIND_WORDS as CHANGE_WORDS
from dancu.ui import parts
from dancu.ui.words import day_text, in_language, moment_text

KIND_WORDS: Mapping[str, str] = {
    "verify": "Đối chiếu",
    "disclose": "Tra cứu thông tin",
    "search": "Tìm kiếm",
    "refuse": "Hỏi nhưng bị từ chối",
    "change": "Thay đổi dữ liệu",
    "break_glass": "Mở khẩn cấp",
}
# The three keys stand in every comparison, whatever else was compared.
_KEYS = (Field.PERSONAL_ID, Field.FULL_NAME, Field.BIRTH_DATE)
NAMED_MAX = 4  # items a sentence names; the entry's own page names all
# The items of Law 26/2023/QH15, Article 9, as people call them, in the order of the law.
FIELD_WORDS: Mapping[Field, str] = {
    Field.FULL_NAME: "họ tên",
    Field.OTHER_NAME: "tên gọi khác",
    Field.PERSONAL_ID: "số định danh",
    Field.BIRTH_DATE: "ngày sinh",
    Field.SEX: "giới tính",
    Field.BIRTH_PLACE: "nơi sinh",
    Field.BIRTH_REGISTRATION: "nơi đăng ký khai sinh",
    Field.HOME_TOWN: "quê quán",
    Field.ETHNICITY: "dân tộc",
    Field.RELIGION: "tôn giáo",
    Field.NATIONALITY: "quốc tịch",
    Field.BLOOD_TYPE: "nhóm máu",
    Field.OLD_ID_NO: "số CMND cũ",
    Field.ID_CARDS: "thẻ căn cước",
    Field.RELATIVES: "thông tin người thân",
    Field.PERMANENT_RESIDENCE: "nơi thường trú",
    Field.TEMPORARY_RESIDENCE: "nơi tạm trú",
    Field.CURRENT_RESIDENCE: "nơi ở hiện tại",
    Field.TEMPORARY_ABSENCE: "khai báo tạm vắng",
    Field.RESIDENCE_FILE_NO: "số hồ sơ cư trú",
    Field.MARITAL_STATUS: "tình trạng hôn nhân",
    Field.HOUSEHOLD_RELATION: "quan hệ với chủ hộ",
    Field.HOUSEHOLD: "chủ hộ và hộ gia đình",
    Field.LIFE_STATUS: "tình trạng còn sống hay đã mất",
    Field.CONTACT: "điện thoại, thư điện tử",
    Field.ATTACHED: "thông tin khác",
}
OUTCOME_WORDS: Mapping[tuple[str, str], tuple[parts.Kind, str]] = {
    ("verify", "match"): ("plain", "Thông tin khớp."),
    ("verify", "folded"): ("plain", "Thông tin khớp, bỏ qua dấu và cách viết."),
    ("verify", "no_match"): ("plain", "Không khớp. Không thông tin nào của bạn được trả lời."),
    ("verify", "no_match:explained"): ("plain", "Không khớp. Chỉ trả lời mục nào khác, không trả lời nội dung."),
    ("verify", "match:subscribed"): ("info", "Thông tin khớp. Hệ thống này được báo khi các mục đã duyệt của bạn thay đổi."),
    ("verify", "folded:subscribed"): ("info", "Thông tin khớp. Hệ thống này được báo khi các mục đã duyệt của bạn thay đổi."),
    ("verify", "change"): ("plain", "Hệ thống đã đăng ký được báo là các mục nêu trên của bạn thay đổi, không kèm nội dung."),
    ("disclose", "change"): ("info", "Hệ thống đã đăng ký được báo các mục nêu trên của bạn sau khi thay đổi."),
    ("disclose", "listed"): ("info", "Bạn có trong một danh sách lập theo tiêu chí; các mục nêu trên đã được cung cấp."),
    ("disclose", "match"): ("info", "Các mục nêu trên đã được cung cấp."),
    ("disclose", "folded"): ("info", "Các mục nêu trên đã được cung cấp."),
    ("disclose", "no_match"): ("plain", "Thông tin họ đưa ra không khớp. Không thông tin nào của bạn được cung cấp."),
    ("disclose", "no_match:explained"): ("plain", "Thông tin họ đưa ra không khớp. Chỉ trả lời mục nào khác."),
    ("disclose", "household_member"): ("info", "Các mục nêu trên đã được cung cấp khi họ hỏi về hộ gia đình của bạn."),
    ("disclose", "opened"): ("info", "Các mục nêu trên đã được mở xem."),
    ("disclose", "withheld"): ("plain", "Hồ sơ của bạn được bảo vệ. Không thông tin nào được cho xem."),
    ("disclose", "none"): ("plain", "Không có thông tin nào được cho xem."),
    ("search", "listed"): ("plain", "Bạn có trong danh sách kết quả."),
    ("search", "withheld"): ("plain", "Hồ sơ của bạn được bảo vệ nên không hiện trong kết quả."),
    ("search", ""): ("plain", "Họ tìm theo số định danh của bạn."),
    ("change", "registrar.submit"): ("plain", "Đề nghị đã gửi, chờ người khác duyệt."),
    ("change", "registrar.return"): ("plain", "Đề nghị bị trả lại để bổ sung."),
    ("change", "registrar.reject"): ("plain", "Đề nghị bị từ chối. Dữ liệu của bạn không thay đổi."),
    ("change", "registrar.withdraw"): ("plain", "Đề nghị đã rút. Dữ liệu của bạn không thay đổi."),
    ("change", "registrar.write"): ("plain", "Đề nghị đang soạn. Dữ liệu của bạn chưa thay đổi."),
    ("change", "registrar.approve"): ("plain", "Đề nghị đã được người khác, ở đơn vị khác duyệt."),
    ("change", "registrar.applied"): ("info", "Thay đổi đã có hiệu lực."),
    ("break_glass", "glass.opened"): ("warn", "Mở ngoài phạm vi thường ngày, có lý do; phải được người khác xem lại."),
    ("break_glass", "glass.read"): ("warn", "Xem trong thời gian mở khẩn."),
    ("change", "protection.consent.give"): ("plain", "Bạn đồng ý."),
    ("change", "protection.consent.withdraw"): ("plain", "Bạn rút lại đồng ý."),
    ("change", "protection.affected.told"): ("plain", "Bạn được báo tin."),
    ("change", "phone.declared"): ("info", "Số được ghi vào cơ sở dữ liệu dân cư sau khi cán bộ duyệt."),
    ("change", "phone.withdrawn"): ("plain", "Lời khai của bạn không còn giá trị."),
    ("disclose", "protection.affected.export"): ("info", "Số định danh của bạn có trong tệp đã xuất."),
    ("disclose", "protection.case.open_look"): ("info", "Họ xem yêu cầu này là của ai và lượt xem bạn phản đối."),
    ("disclose", "protection.case.open_look:unnamed"): ("plain", "Họ xem lượt xem bạn phản đối, không được biết bạn là ai."),
    ("disclose", "protection.case.open_person"): ("info", "Họ xem yêu cầu này là của ai."),
    ("disclose", "protection.case.open_person:unnamed"): ("plain", "Họ mở yêu cầu này, không được biết bạn là ai."),
}
_REFUSED = "Không được trả lời. Không thông tin nào của bạn được cung cấp."
REFUSED_WORDS: Mapping[Reason, str] = {
    Reason.CLIENT_SUSPENDED: "Lý do: hệ thống đó đang bị tạm dừng kết nối.",
    Reason.CONNECTION_NOT_OFFICIAL: "Lý do: hệ thống đó chưa được kết nối chính thức.",
    Reason.NO_GRANT: "Lý do: hệ thống đó chưa được duyệt khai thác cho việc này.",
    Reason.GRANT_NOT_VALID: "Lý do: phạm vi được duyệt chưa tới hoặc đã hết thời hạn.",
    Reason.DISCLOSURE_NOT_GRANTED: "Lý do: chỉ được duyệt để đối chiếu, không được tra cứu.",
    Reason.OFFICER_NOT_LISTED: "Lý do: tài khoản cán bộ không có trong danh sách đã duyệt.",
    Reason.PURPOSE_NOT_GRANTED: "Lý do: thiếu mục đích, hoặc mục đích không được duyệt.",
    Reason.LEGAL_BASIS_NOT_GRANTED: "Lý do: thiếu căn cứ pháp lý, hoặc căn cứ không được duyệt.",
    Reason.DOSSIER_MISSING: "Lý do: không nêu mã hồ sơ.",
    Reason.FIELD_NOT_GRANTED: "Lý do: hỏi cả mục thông tin không được duyệt.",
    Reason.REGISTRY_NOT_GRANTED: "Lý do: không có quyền tra cứu của cơ quan quản lý dân cư.",
    Reason.BUDGET_SPENT: "Lý do: đã hết số lượt tra cứu được phép.",
    Reason.EXTRACTION_LIMIT: "Lý do: cơ quan, hệ thống đó đã vượt hạn mức khai thác.",
    Reason.WHOLE_DATE_NEEDED: "Lý do: phải nêu đủ ngày, tháng, năm sinh.",
    Reason.ATTEMPTS_SPENT: "Lý do: số định danh của bạn đã bị thử sai quá nhiều lần trong ngày.",
    Reason.REFUSED_ABOVE: "Lý do: hệ thống cấp trên giữ dữ liệu đã từ chối yêu cầu.",
    Reason.NOT_THROUGH_HUB: "Lý do: hệ thống hỏi chưa được đăng ký qua hub đã chuyển yêu cầu.",
    Reason.REPLAYED: "Lý do: yêu cầu đã ký được gửi lại lần nữa.",
    Reason.SIGNATURE_MISSING: "Lý do: yêu cầu thiếu chữ ký đã đăng ký.",
    Reason.SIGNER_DIFFERS: "Lý do: người ký không phải hệ thống đã hỏi.",
    Reason.CERTIFICATE_MISSING: "Lý do: kết nối thiếu chứng thư số đã đăng ký.",
    Reason.CERTIFICATE_DIFFERS: "Lý do: chứng thư số không phải của hệ thống đã hỏi.",
    Reason.LEDGER_BEHIND: "Lý do: sổ ghi truy cập đang chậm nên tạm ngừng trả lời.",
    Reason.SUBSCRIPTION_NOT_GRANTED: "Lý do: không được duyệt để nhận biến động.",
    Reason.LIST_NOT_GRANTED: "Lý do: không được duyệt để lấy danh sách.",
    Reason.MALFORMED: "Lý do: yêu cầu thiếu thông tin bắt buộc.",
}


CASE_KIND_WORDS: Mapping[CaseKind, str] = {
    CaseKind.KNOW: "Muốn biết dữ liệu được xử lý thế nào",
    CaseKind.ACCESS: "Xem, nhận bản sao dữ liệu",
    CaseKind.CORRECT: "Sửa dữ liệu",
    CaseKind.DELETE: "Xoá dữ liệu",
    CaseKind.RESTRICT: "Hạn chế xử lý",
    CaseKind.OBJECTION: "Phản đối một lượt xem",
    CaseKind.WITHDRAW_CONSENT: "Rút lại đồng ý",
    CaseKind.COMPLAINT: "Khiếu nại, phản ánh",
}
CASE_STATE_WORDS: Mapping[CaseState, str] = {
    CaseState.NEW: "Chưa gửi",
    CaseState.RECEIVED: "Đã nhận",
    CaseState.IN_HAND: "Đang xem xét",
    CaseState.WITH_ORGANISATION: "Chờ cơ quan giải trình",
    CaseState.WITH_SUBJECT: "Chờ bạn bổ sung",
    CaseState.ANSWERED: "Đã trả lời",
    CaseState.REFUSED: "Không chấp nhận",
    CaseState.FOUND_LAWFUL: "Kết luận: đúng quy định",
    CaseState.FOUND_UNLAWFUL: "Kết luận: trái quy định",
    CaseState.WITHDRAWN: "Bạn đã rút",
}
CASE_STEP_WORDS: Mapping[CaseActionKind, str] = {
    CaseActionKind.OPEN: "Bạn gửi yêu cầu",
    CaseActionKind.ASSIGN: "Có người nhận xem xét",
    CaseActionKind.ASK_ORGANISATION: "Đề nghị cơ quan giải trình",
    CaseActionKind.EXPLAIN: "Cơ quan đã giải trình",
    CaseActionKind.ASK_SUBJECT: "Đề nghị bạn bổ sung",
    CaseActionKind.SUPPLEMENT: "Bạn bổ sung",
    CaseActionKind.EXTEND: "Gia hạn trả lời",
    CaseActionKind.NOTE: "Ghi chú nội bộ",
    CaseActionKind.ANSWER: "Trả lời",
    CaseActionKind.REFUSE: "Không chấp nhận yêu cầu",
    CaseActionKind.FIND_LAWFUL: "Kết luận: đúng quy định",
    CaseActionKind.FIND_UNLAWFUL: "Kết luận: trái quy định",
    CaseActionKind.WITHDRAW: "Bạn rút yêu cầu",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A line as the page writes it (*dòng bằng lời*)."""

    reference: str
    time: str
    kind: str
    sentence: str
    outcome: str
    look: parts.Kind

    @property
    def href(self) -> str:
        return f"/cua-toi/muc/{self.reference}"


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day (*các lượt trong ngày*)."""

    day: date
    lines: tuple[Said, ...]


class Names:
    """Names of what the lines of a page mention, asked for once."""

    def __init__(self, lines: Iterable[Shown], organisations: Iterable[str] = ()) -> None:
        known = list(lines)
        self._organisations = organisation_names({*(each.organisation for each in known if each.organisation), *organisations})
        self._systems = system_names({each.system for each in known if each.system})
        self._procedures = {each.code: each.name for each in procedures()}

    def organisation(self, code: str) -> str:
        return self._organisations.get(code, code)

    def system(self, client_id: str) -> str:
        if client_id == PROTECTION_DESK:  # our own pages, which nobody registers
            return _("Bảo vệ dữ liệu cá nhân")
        if client_id == OWN_PAGES:
            return _("Trang của người dân")
        return self._systems.get(client_id, client_id)

    def procedure(self, code: str) -> str:
        return in_language(self._procedures[code]) if code in self._procedures else ""


def said(line: Shown, names: Names) -> Said:
    """One line in one sentence and what came of it."""
    at = local(line.at)
    look, outcome = outcome_of(line)
    return Said(line.reference, f"{at:%H:%M}", in_language(KIND_WORDS[line.kind]), _sentence(line, names), outcome, look)


def by_day(lines: Sequence[Shown], names: Names) -> list[Day]:
    """Lines grouped by their day in Viet Nam, in their order."""
    days: dict[date, list[Said]] = {}
    for line in lines:
        days.setdefault(local(line.at).date(), []).append(said(line, names))
    return [Day(day, tuple(of_day)) for day, of_day in days.items()]


def _sentence(line: Shown, names: Names) -> str:
    at = local(line.at)
    values = {"who": _who(line, names), "time": f"{at:%H:%M}", "day": day_text(at.date()), "what": _what(line)}
    return _deed(line) % values + _why(line, names) + _dossier(line) + "."


_OWN_CASE = "own_case"
_CONSENT, _OPENED = "protection.consent.", "protection.case.open_"


def _deed(line: Shown) -> str:
    if line.purpose_class == _OWN_CASE:
        return _desk_deed(line.outcome)
    if line.is_own_deed and line.outcome == "phone.declared":
        return _("Bạn tự khai một số điện thoại đang dùng lúc %(time)s ngày %(day)s")
    if line.is_own_deed:
        return _("Bạn rút lại một số điện thoại đã khai lúc %(time)s ngày %(day)s")
    if line.kind == "verify":
        return _("%(who)s đã đối chiếu %(what)s của bạn lúc %(time)s ngày %(day)s")
    if line.kind == "disclose" and line.fields:
        return _("%(who)s đã xem %(what)s của bạn lúc %(time)s ngày %(day)s")
    if line.kind == "disclose":
        return _("%(who)s đã hỏi thông tin của bạn lúc %(time)s ngày %(day)s")
    if line.kind == "search":
        return _("%(who)s đã tìm trong cơ sở dữ liệu dân cư lúc %(time)s ngày %(day)s, kết quả có liên quan tới bạn")
    if line.kind == "break_glass":
        return _("%(who)s đã mở khẩn cấp hồ sơ của bạn lúc %(time)s ngày %(day)s")
    if line.kind == "change" and line.fields:
        return _("%(who)s đã xử lý việc thay đổi %(what)s của bạn lúc %(time)s ngày %(day)s")
    if line.kind == "change":
        return _("%(who)s đã xử lý việc thay đổi dữ liệu của bạn lúc %(time)s ngày %(day)s")
    return _("%(who)s đã hỏi về bạn lúc %(time)s ngày %(day)s và bị từ chối")


def _desk_deed(outcome: str) -> str:
    """What the data-protection desk recorded: her requests, her consents, a breach that touched her."""
    if outcome.startswith("protection.consent.give"):
        return _("Ghi nhận bạn đồng ý cho %(who)s dùng %(what)s của bạn lúc %(time)s ngày %(day)s")
    if outcome.startswith(_CONSENT):
        return _("Ghi nhận bạn rút lại đồng ý đã cho %(who)s dùng %(what)s của bạn lúc %(time)s ngày %(day)s")
    if outcome.startswith("protection.affected."):
        return _("%(who)s xử lý một sự cố dữ liệu có liên quan tới bạn lúc %(time)s ngày %(day)s")
    if outcome.startswith(_OPENED):
        return _("%(who)s đã mở yêu cầu của bạn để xem xét lúc %(time)s ngày %(day)s")
    return _("%(who)s: yêu cầu của bạn được cập nhật lúc %(time)s ngày %(day)s")


def _who(line: Shown, names: Names) -> str:
    if line.purpose_class == _OWN_CASE and line.outcome.startswith(_CONSENT):  # whom she allows, not who wrote it down
        return names.organisation(line.organisation) if line.organisation else _("một tổ chức")
    if line.purpose_class == _OWN_CASE:
        desk = _("Bộ phận bảo vệ dữ liệu cá nhân")
        return f"{names.organisation(line.organisation)}, {desk[:1].lower()}{desk[1:]}" if line.organisation else desk
    organisation = names.organisation(line.organisation) if line.organisation else _("Một cơ quan")
    if not line.system:
        return organisation
    return _("%(organisation)s (hệ thống %(system)s)") % {"organisation": organisation, "system": names.system(line.system)}


def _what(line: Shown) -> str:
    words = field_words(fields_of(line))
    if len(words) <= NAMED_MAX:
        return listed(words)
    named = {"several": ", ".join(words[: NAMED_MAX - 1]), "count": len(words) - NAMED_MAX + 1}
    return _("%(several)s và %(count)s mục khác") % named


def fields_of(line: Shown) -> tuple[str, ...]:
    """What the line is about; in every comparison the three keys as well."""
    if Item.FIELDS not in line.items or line.kind != "verify":
        return line.fields
    return (*_KEYS, *line.fields)


def _why(line: Shown, names: Names) -> str:
    if line.procedure and (procedure := names.procedure(line.procedure)):
        return _(" để giải quyết thủ tục %(procedure)s") % {"procedure": procedure}
    purpose = purpose_words(line)
    return _(", mục đích: %(purpose)s") % {"purpose": purpose} if purpose else ""


def purpose_words(line: Shown) -> str:
    """The purpose where it may be shown; a change of the registry has its own word for it."""
    if line.purpose_class == _OWN_CASE and line.purpose in {*CaseKind}:
        return in_language(CASE_KIND_WORDS[CaseKind(line.purpose)])
    if line.purpose_class == _OWN_CASE:
        return line.purpose
    if line.kind == "break_glass":
        return ""
    if line.kind == "change":
        return in_language(CHANGE_WORDS.get(line.purpose, ""))
    return line.purpose


def _dossier(line: Shown) -> str:
    if line.whose is Whose.HERS and line.dossier_no:
        return _(", hồ sơ %(number)s của bạn") % {"number": line.dossier_no}
    if line.whose is Whose.ANOTHERS:
        return _(", trong một hồ sơ của người khác")
    if line.whose is Whose.UNKNOWN and line.kind != "change":
        return _(", trong một hồ sơ không hiện số")
    return ""


def outcome_of(line: Shown) -> tuple[parts.Kind, str]:
    """What came of it, in plain words; nothing where the policy keeps it back."""
    if Item.OUTCOME not in line.items:
        return "plain", ""
    if line.kind == "refuse":
        why = REFUSED_WORDS.get(Reason(line.outcome)) if line.outcome in {*Reason} else None
        return "plain", " ".join(in_language(sentence) for sentence in (_REFUSED, why or "") if sentence)
    code = line.outcome.partition(":")[0] if line.purpose_class == _OWN_CASE or line.kind == "break_glass" else line.outcome
    if code.startswith(_OPENED) and Item.FIELDS in line.items and not line.fields:
        code += ":unnamed"  # an organisation that was asked to explain
    if line.kind == "change" and (step := code.removeprefix("protection.case.")) in {*CaseActionKind}:
        return "plain", in_language(CASE_STEP_WORDS[CaseActionKind(step)]) + "."
    if line.kind == "change" and code.startswith("registrar.applied."):
        code = "registrar.applied"
    look, words = OUTCOME_WORDS.get((line.kind, code)) or OUTCOME_WORDS.get((line.kind, ""), ("plain", ""))
    return look, in_language(words)


@dataclass(frozen=True, slots=True)
class DayInWords:
    """A day of the whole country as the page shows it (*số liệu ngày bằng lời*)."""

    day: date
    heads: tuple[str, ...]
    table: parts.Table
    sealed: int
    recorded: int
    answered: int | None
    state: parts.State


FAMILY_WORDS: Mapping[Family, str] = {
    Family.ANSWERS: "Trả lời, từ chối",
    Family.SEARCHES: "Tìm kiếm",
    Family.CHANGES: "Thay đổi dữ liệu",
}


def day_in_words(figures: DayFigures, names: Names) -> DayInWords:
    """The counts of a day by organisation, and whether the exchange counted the same."""
    codes = sorted({code for family, code in figures.counted.counts if family in FAMILY_WORDS})
    rows = [
        parts.Row((names.organisation(code), *(figures.counted.counts.get((family, code), 0) for family in FAMILY_WORDS)))
        for code in codes
    ]
    columns = [parts.Column(_("Cơ quan")), *(parts.Column(in_language(word), "amount") for word in FAMILY_WORDS.values())]
    states: dict[bool | None, parts.State] = {
        True: parts.State(_("Hai bên đếm khớp"), "ok"),
        False: parts.State(_("Hai bên đếm lệch"), "bad"),
        None: parts.State(_("Trục chưa có số đếm"), "plain"),
    }
    nothing = _("Ngày này không có lượt nào.")
    caption = _("Số mục theo cơ quan, ngày %(day)s") % {"day": day_text(figures.day)}
    return DayInWords(
        figures.day,
        tuple(figures.counted.heads),
        parts.Table(caption, columns, rows, nothing),
        figures.sealed,
        figures.recorded,
        figures.answered,
        states[figures.agrees],
    )


def field_words(fields: Iterable[str]) -> list[str]:
    """Everyday words for items, each once, in the order of the law; a column of the registry counts as its item."""
    items = {each for each in (_field(name) for name in fields) if each is not None}
    return [in_language(word) for field, word in FIELD_WORDS.items() if field in items]


def _field(name: str) -> Field | None:
    if name in FIELD_OF:
        return FIELD_OF[name]
    return Field(name) if name in {*Field} else None


def listed(words: Sequence[str]) -> str:
    """a, b và c."""
    if len(words) < 2:
        return words[0] if words else _("thông tin")
    return _("%(several)s và %(last)s") % {"several": ", ".join(words[:-1]), "last": words[-1]}


def details(line: Shown, names: Names, policy: DisplayPolicy) -> list[tuple[str, object]]:
    """One entry under each other: label and value, only what the policy shows."""
    label = next(each.label for each in policy.classes if each.name == line.purpose_class)
    rows: list[tuple[str, object]] = [
        (_("Việc đã làm"), in_language(KIND_WORDS[line.kind])),
        (_("Lúc"), moment_text(line.at)),
        (_("Cơ quan"), _with_code(names.organisation(line.organisation), line.organisation)),
        (_("Hệ thống"), _with_code(names.system(line.system), line.system)),
        (_("Cán bộ (bí danh)"), line.officer),
        (_("Nhóm mục đích"), in_language(label)),
        (_("Thủ tục"), _with_code(names.procedure(line.procedure), line.procedure)),
        (_("Mục đích"), purpose_words(line)),
        (_("Hồ sơ"), _dossier_words(line)),
        (_("Mục thông tin"), listed(field_words(fields)) if (fields := fields_of(line)) else ""),
        (_("Kết quả"), outcome_of(line)[1]),
        (_("Mã tham chiếu"), line.reference),
    ]
    return [(name, value) for name, value in rows if value]


def _with_code(name: str, code: str) -> str:
    """The name, and the code that stands in the ledger, so that the proof can be held against it."""
    return f"{name} ({code})" if name and code not in name else name or code


def _dossier_words(line: Shown) -> str:
    if line.whose is Whose.HERS and line.dossier_no:
        return line.dossier_no
    if line.whose is Whose.ANOTHERS:
        return _("Hồ sơ của người khác: không hiện thủ tục, mục đích và số hồ sơ, để không lộ việc của họ.")
    if line.whose is Whose.UNKNOWN and line.kind != "change":
        return _("Có hồ sơ, nhưng không rõ của ai nên không hiện số và việc của hồ sơ.")
    return ""
