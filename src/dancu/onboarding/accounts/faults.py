"""What can be wrong with a row of the account list: each kind with its code, what is wrong, what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from dancu.onboarding.accounts.columns import BY_KEY

VALUE_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault (*loại lỗi của danh sách*)."""

    code: str
    what: str
    to_do: str
    english: str
    is_warning: bool = False  # said, and the row is taken all the same


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a rule found in one cell (*điều phát hiện ở một ô*), before it is known where it stands."""

    code: str
    said: dict[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault of an uploaded list, where it stands and what to do (*lỗi của danh sách tài khoản*)."""

    row: int  # as the spreadsheet counts it
    column: str  # the key of the column; empty: beside the columns of the list
    code: str
    what: str = field(repr=False)  # sentences may hold what was typed, and that is about a person
    to_do: str = field(repr=False)
    message_en: str = field(repr=False)
    value: str = field(repr=False)

    @property
    def message(self) -> str:
        return f"{self.what} {self.to_do}"

    @property
    def is_warning(self) -> bool:
        return KINDS[self.code].is_warning


_NUMBER_TWELVE = "Để ô ở dạng văn bản rồi gõ lại đủ 12 chữ số trên thẻ căn cước."
_ALL = (
    FaultKind("cell.missing", "Chưa có {column}.", "Điền {column}.", "The cell is empty. Fill it in."),
    FaultKind(
        "cell.formula",
        "Ô có công thức hoặc bắt đầu bằng dấu “{sign}”.",
        "Gõ lại giá trị, bắt đầu bằng chữ hoặc số.",
        "The cell holds a formula or begins with {sign}. Type the value.",
    ),
    FaultKind(
        "cell.long",
        "Ô dài {count} ký tự, tối đa {most}.",
        "Viết ngắn lại.",
        "The cell has {count} characters, at most {most} are allowed.",
    ),
    FaultKind(
        "cell.unreadable", "Ô có ký tự không đọc được.", "Gõ lại ô này.", "The cell has unreadable characters. Type it again."
    ),
    FaultKind(
        "row.stray",
        "Dòng này có chữ nhưng chưa đủ để biết là của ai.",
        "Nếu là một người, điền đủ các cột. Nếu không, xoá dòng này.",
        "The row holds text and too little to tell a person. Fill it in, or delete it.",
    ),
    FaultKind(
        "full_name.digits",
        "Họ và tên có chữ số.",
        "Chỉ ghi họ, chữ đệm và tên.",
        "The name has digits. Enter the name only.",
    ),
    FaultKind(
        "full_name.one_word",
        "Họ và tên chỉ có một từ.",
        "Ghi đủ họ, chữ đệm và tên như trên thẻ căn cước.",
        "The name has one word only. Enter the full name.",
    ),
    FaultKind(
        "full_name.legacy",
        "Họ và tên viết bằng phông chữ cũ hoặc sai bảng mã, không phải chữ Việt Unicode.",
        "Gõ lại họ và tên bằng Unicode.",
        "The name is not in Vietnamese Unicode letters. Type it again.",
    ),
    FaultKind(
        "personal_id.length",
        "Số định danh phải đủ 12 chữ số. Ô này có {count} chữ số.",
        "Gõ lại đủ 12 chữ số trên thẻ căn cước, không dùng số CMND cũ.",
        "A personal number has 12 digits. The cell has {count}.",
    ),
    FaultKind(
        "personal_id.lost_zero",
        "Số định danh chỉ còn {count} chữ số: bảng tính đã bỏ số 0 ở đầu.",
        "Nếu số trên thẻ là {suggested}, để ô ở dạng văn bản rồi gõ lại như vậy.",
        "{count} digits are left: the spreadsheet took the leading zero away. It may be {suggested}.",
    ),
    FaultKind(
        "personal_id.scientific",
        "Bảng tính đã đổi số định danh thành “{value}” và làm mất các chữ số cuối.",
        _NUMBER_TWELVE,
        "The spreadsheet turned the number into {value} and lost its last digits. Type it again as text.",
    ),
    FaultKind(
        "personal_id.not_digits",
        "Số định danh có ký tự không phải chữ số.",
        "Xoá ký tự đó, chỉ để 12 chữ số.",
        "A personal number consists of digits only.",
    ),
    FaultKind(
        "personal_id.repeated",
        "Số định danh không thể gồm 12 chữ số giống nhau.",
        "Gõ lại số trên thẻ căn cước.",
        "A personal number cannot repeat one digit.",
    ),
    FaultKind(
        "personal_id.impossible",
        "Số định danh này là của người sinh năm {year}, một năm chưa tới.",
        "Xem lại chữ số thứ 4 đến thứ 6 trên thẻ căn cước.",
        "The number says a birth in {year}, which has not come yet. Check digits 4 to 6.",
    ),
    FaultKind(
        "personal_id.duplicate",
        "Số định danh trùng với dòng {other}.",
        "Mỗi người chỉ ghi một dòng: xoá dòng thừa, hoặc sửa lại số.",
        "The number is on row {other} already. One row a person.",
    ),
    # Who registers a birth abroad, and a year corrected after issue, make these two true: told, never refused.
    FaultKind(
        "personal_id.province",
        "Số định danh bắt đầu bằng {code}, không phải mã của tỉnh nào.",
        "Đối chiếu với thẻ căn cước; giữ nguyên nếu thẻ ghi như vậy.",
        "No province has the code {code}. Compare with the card.",
        is_warning=True,
    ),
    FaultKind(
        "personal_id.birth_year",
        "Số định danh cho biết năm sinh {stated}, còn cột ngày sinh ghi năm {year}.",
        "Đối chiếu cả hai ô với thẻ căn cước; giữ nguyên nếu thẻ ghi như vậy.",
        "The number says {stated}, the birth date {year}. Compare both with the card.",
        is_warning=True,
    ),
    FaultKind(
        "birth_date.unreadable",
        "Không đọc được ngày sinh “{value}”, hoặc không có ngày này.",
        "Gõ theo mẫu ngày/tháng/năm, ví dụ 24/11/1990.",
        "Cannot read the birth date, or there is no such day. Use 24/11/1990.",
    ),
    FaultKind(
        "birth_date.serial",
        "Ô có số {value}, là cách bảng tính ghi ngày {suggested}.",
        "Nếu ngày sinh là {suggested}, gõ lại như vậy.",
        "The cell holds the spreadsheet's number of the day {suggested}. Type the date.",
    ),
    FaultKind(
        "birth_date.future",
        "Ngày sinh {value} chưa tới.",
        "Xem lại năm sinh.",
        "The birth date is in the future.",
    ),
    FaultKind(
        "birth_date.under_age",
        "Người này chưa đủ {age} tuổi vào ngày {on}.",
        "Xem lại ngày sinh. Người chưa đủ {age} tuổi không được cấp tài khoản.",
        "The person is under {age} on {on}.",
    ),
    FaultKind(
        "level.unknown",
        "Không có cấp “{value}”.",
        "Chọn một trong: {allowed}.",
        "There is no such level. Choose one of: {allowed}.",
    ),
    FaultKind(
        "unit.unknown",
        "Đơn vị “{value}” chưa có trong danh mục đơn vị của cơ quan.",
        "Viết tên như trong danh mục, hoặc giữ nguyên nếu là đơn vị mới.",
        "The unit is not in the organisation's list of units.",
        is_warning=True,
    ),
    FaultKind(
        "phone.private",
        "Đây là số di động, có thể là số riêng.",
        "Ghi số máy bàn của cơ quan, hoặc để trống. Danh sách không cần số riêng.",
        "This is a mobile number. Give the office's number or none; private numbers are not needed.",
        is_warning=True,
    ),
    FaultKind(
        "phone.unreadable",
        "Không đọc được số điện thoại.",
        "Ghi mã vùng và số, ví dụ 024 3999 0000, hoặc để trống.",
        "Cannot read the telephone number. Give area code and number, or none.",
        is_warning=True,
    ),
    FaultKind(
        "mail.shape",
        "Đây không phải một địa chỉ thư.",
        "Ghi một hộp thư công vụ, ví dụ hoten@tinh.gov.vn.",
        "This is not one mail address.",
    ),
    FaultKind(
        "mail.unofficial",
        "Hộp thư này không thuộc tên miền công vụ (.gov.vn).",
        "Ghi hộp thư công vụ nếu người này có.",
        "This is not an official mailbox (.gov.vn).",
        is_warning=True,
    ),
    FaultKind(
        "account.blanks",
        "Tên tài khoản có khoảng trắng.",
        "Viết liền, ví dụ {suggested}.",
        "The account name has blanks. Write it in one word, for example {suggested}.",
    ),
    FaultKind(
        "account.marks",
        "Tên tài khoản có chữ có dấu.",
        "Viết không dấu, ví dụ {suggested}.",
        "The account name has letters with marks. Write {suggested}.",
    ),
    FaultKind(
        "account.characters",
        "Tên tài khoản có ký tự “{sign}” không dùng được.",
        "Chỉ dùng chữ không dấu, chữ số và các dấu . _ - @.",
        "The account name has the character {sign}. Use letters, digits and . _ - @.",
    ),
    FaultKind(
        "account.long",
        "Tên tài khoản dài {count} ký tự, tối đa {most}.",
        "Dùng tên ngắn hơn.",
        "The account name has {count} characters, at most {most} are allowed.",
    ),
    FaultKind(
        "account.scientific",
        "Bảng tính đã đổi tên tài khoản thành “{value}” và làm mất các chữ số cuối.",
        "Để ô ở dạng văn bản rồi gõ lại tên tài khoản.",
        "The spreadsheet turned the account name into {value}. Type it again as text.",
    ),
    FaultKind(
        "account.lost_zero",
        "Tên tài khoản là số định danh đã mất số 0 ở đầu.",
        "Để ô ở dạng văn bản rồi gõ lại đủ 12 chữ số.",
        "The account name is the personal number without its leading zero. Type it as text.",
    ),
    FaultKind(
        "account.other_number",
        "Tên tài khoản là một số định danh khác với số của chính người này.",
        "Dùng đúng số định danh ở cột bên, hoặc một tên khác.",
        "The account name is another person's number. Use the row's own number or another name.",
    ),
    FaultKind(
        "account.duplicate",
        "Tên tài khoản trùng với dòng {other}.",
        "Mỗi người dùng một tài khoản riêng: đổi tên ở một trong hai dòng.",
        "The account name is on row {other} already.",
    ),
    FaultKind(
        "account.taken",
        "Tên tài khoản này đã có trong danh sách của một cơ quan khác.",
        "Dùng tên khác. Nếu người này mới chuyển đến, cơ quan cũ cần thu hồi tài khoản trước.",
        "The account name is on the list of another organisation.",
    ),
    FaultKind(
        "role.unknown",
        "Không có vai trò “{value}”.",
        "Chọn một trong: {allowed}.",
        "There is no such role. Choose one of: {allowed}.",
    ),
    FaultKind(
        "service.not_registered",
        "Dịch vụ “{service}” chưa đăng ký trong hồ sơ này.",
        "Chọn trong: {allowed}; hoặc bổ sung phiếu đăng ký dịch vụ.",
        "The service is not registered in this dossier. Registered are: {allowed}.",
    ),
)
KINDS = {kind.code: kind for kind in _ALL}


def row_fault(row: int, column: str, trouble: Trouble, value: str) -> RowFault:
    """The fault as people read it."""
    kind = KINDS[trouble.code]
    short = value if len(value) <= VALUE_LENGTH_MAX else f"{value[:VALUE_LENGTH_MAX]}…"
    said = {"value": short, "column": BY_KEY[column].in_sentence if column else "", **trouble.said}
    return RowFault(row, column, kind.code, kind.what.format(**said), kind.to_do.format(**said), kind.english.format(**said), short)
