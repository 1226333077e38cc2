"""What the platform says about one call of a system in trial: sentences of our own, in one place.

Into a sentence go numbers, and words of our own: names of elements, of invented persons. Never a word of what was sent: somebody
will send real people to a sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from dancu.exchange.trial.cases import cases

NOT_KEPT = "không phải dữ liệu thử nghiệm, không lưu"
NUMBER_MAX = 999_999  # of what is counted or measured: nobody's number is so short
_RUN = re.compile(r"[0-9](?:[ .\-]?[0-9]){8,}")


class Level(StrEnum):
    """How much a finding weighs (*mức độ nhận xét*)."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True):
    """One sentence about a call (*nhận xét về lần gọi*)."""

    code: str
    level: Level
    vi: str
    en: str


Value = int | str | tuple[str, str]  # a number, a name of ours, or words in both languages


def found(code: str, *values: Value) -> Finding:
    """The sentence of a code with its values; numbers are cut to a length nobody's number has."""
    level, *sentences = SENTENCES[code]
    vi, en = (scrubbed(text.format(*(_told(each, at) for each in values))) for at, text in enumerate(sentences))
    return Finding(code, level, vi, en)


def _told(value: Value, language: int) -> int | str:
    if isinstance(value, int):
        return min(abs(value), NUMBER_MAX)
    return value[language] if isinstance(value, tuple) else value


def scrubbed(text: str) -> str:
    """The text without any run of nine digits or more that is no number of the sandbox: a second line, whoever made the text."""
    known = cases().numbers
    return _RUN.sub(lambda run: run[0] if re.sub(r"[^0-9]", "", run[0]) in known else NOT_KEPT, text)


_G, _N, _W = Level.GOOD, Level.NOTE, Level.WRONG
SENTENCES: Mapping[str, tuple[Level, str, str]] = {
    # -- who calls
    "auth.missing": (_W, "Lần gọi không có tiêu đề Authorization.", "The call has no Authorization header."),
    "auth.scheme": (_W, "Authorization phải bắt đầu bằng {}.", "Authorization must begin with {}."),
    "auth.unreadable": (
        _W,
        "Phần sau chữ Basic không đọc được: cần base64 của “mã hệ thống:…”, UTF-8, không xuống dòng.",
        "What follows Basic cannot be read: base64 of “client id:…” in UTF-8 is needed, on one line.",
    ),
    "auth.plain_secret": (
        _W,
        "Sau dấu hai chấm đang là chính mã bí mật; hợp đồng này cần hash SHA-256, để mã bí mật không đi trên đường truyền.",
        "The secret itself stands after the colon; this contract needs the SHA-256 hash.",
    ),
    "auth.hash_for_secret": (
        _W,
        "Sau dấu hai chấm đang là một hash; hợp đồng này cần chính mã bí mật thử nghiệm.",
        "A hash stands after the colon; this contract needs the trial secret itself.",
    ),
    "auth.secret_differs": (
        _W,
        "Mã bí mật không đúng mã thử nghiệm của hệ thống. Xem lại mã ở trang kết nối, chép nguyên cả dòng.",
        "The secret is not the system's trial secret. Copy it whole from the connection page.",
    ),
    "auth.secret_blanks": (
        _W,
        "Mã bí mật đúng nhưng thừa dấu cách hoặc xuống dòng ở đầu, ở cuối.",
        "The secret is right but has blanks or a line break around it.",
    ),
    "auth.secret_case": (_W, "Mã bí mật sai chữ hoa, chữ thường.", "The secret is written in the wrong case."),
    "auth.official_secret": (
        _W,
        "Đang dùng mã bí mật chính thức. Kết nối thử nghiệm có mã riêng; mã chính thức đã lộ ra máy thử thì đề nghị đổi.",
        "This is the official secret. The trial has a secret of its own; have the official one changed if test machines have it.",
    ),
    "auth.client_differs": (
        _W,
        "Mã hệ thống trong địa chỉ khác mã hệ thống trong thông tin xác thực.",
        "The address names another system than the credentials.",
    ),
    "auth.hash_shape": (
        _W,
        "Phần sau dấu hai chấm phải là 64 ký tự hex của SHA-256; nhận được {} ký tự ({}).",
        "64 hexadecimal digits of SHA-256 are needed after the colon; there are {} characters ({}).",
    ),
    "auth.hash_case": (_W, "Hash viết chữ hoa; hợp đồng cần chữ thường.", "The hash is in upper case; lower case is needed."),
    "auth.hash_part": (_W, "{}", "One part of the hashed text is not as agreed. In Vietnamese: {}"),
    "auth.service_url": (
        _W,
        "serviceUrl trong hash sai: {}. Cần đúng từng ký tự một trong các chuỗi: chuỗi đã khai báo cho hệ thống, địa chỉ đã gọi, "
        "hoặc riêng đường dẫn.",
        "The serviceUrl inside the hash is wrong ({}). It must be a registered string, the address called, or its path alone.",
    ),
    "auth.hash_differs": (
        _W,
        "Hash không khớp. Đã thử {} chuỗi serviceUrl: {} chuỗi khai báo cho hệ thống, địa chỉ đã gọi với http và https, có và "
        "không tham số, và riêng đường dẫn. Thứ tự đúng: serviceUrl + user + timestamp + mã bí mật, nối liền, UTF-8, SHA-256, "
        "hex chữ thường. Thường do mã bí mật hoặc serviceUrl khác.",
        "The hash does not fit. {} strings were tried as serviceUrl: {} registered ones, the address called with http and https, "
        "with and without its query, and the path alone. Right order: serviceUrl + user + timestamp + secret, joined, UTF-8, "
        "SHA-256, lower-case hex. Mostly the secret or the serviceUrl differs.",
    ),
    "auth.timestamp_missing": (_W, "Thiếu tiêu đề Timestamp.", "The Timestamp header is missing."),
    "auth.timestamp_form": (
        _W,
        "Timestamp không đọc được: cần 10 chữ số (giây), 13 chữ số (mili giây) hoặc yyyyMMddHHmmss.",
        "The timestamp cannot be read: 10 digits (seconds), 13 digits (milliseconds) or yyyyMMddHHmmss.",
    ),
    "auth.timestamp_unit": (_N, "Timestamp đọc theo {}.", "The timestamp was read as {}."),
    "auth.skew": (
        _W,
        "Timestamp {} {} phút so với máy chủ; cho phép {} phút. Chỉnh giờ máy (NTP) hoặc lấy giờ ngay khi gửi.",
        "The timestamp is off ({}) by {} minutes; {} are allowed. Set the clock (NTP) or stamp when sending.",
    ),
    "auth.skew_far": (
        _W,
        "Timestamp {} hơn một ngày so với máy chủ. Kiểm tra múi giờ, đơn vị (giây hay mili giây) và giờ máy.",
        "The timestamp is off ({}) by more than a day. Check time zone, unit and clock.",
    ),
    "auth.network": (
        _W,
        "Địa chỉ mạng gọi đến không nằm trong {} dải mạng đã khai báo cho hệ thống; hợp đồng này nhận biết hệ thống bằng dải mạng.",
        "The call does not come from one of the {} registered networks, by which this contract knows the system.",
    ),
    "auth.signature": (
        _W,
        "Chữ ký số hoặc chứng thư của lần gọi không được chấp nhận; lý do có trong câu trả lời.",
        "The signature or certificate was not accepted; the answer says why.",
    ),
    "token.missing": (
        _W,
        "Chưa có token: gọi địa chỉ cấp token trước, rồi gửi Authorization: Bearer …",
        "There is no token: ask for one first and send Authorization: Bearer …",
    ),
    "token.expired": (_W, "Token đã hết hạn; lấy token mới.", "The token has expired; ask for a new one."),
    "token.other_secret": (
        _W,
        "Token được cấp theo mã bí mật khác; lấy token mới bằng mã thử nghiệm.",
        "The token was issued under another secret; ask for a new one.",
    ),
    "token.client_differs": (
        _W,
        "lgspaccesstoken của một hệ thống khác với hệ thống của token.",
        "lgspaccesstoken and token belong to different systems.",
    ),
    "token.given": (_G, "Đã cấp token.", "A token was given."),
    # -- the call around its body
    "http.address": (
        _W,
        "Không có địa chỉ này. Các hợp đồng ở: /v1, /soap, /lgsp, /token, /json, /adapter, /sharepoint, /opencps, /warehouse.",
        "There is no such address. Contracts are at /v1, /soap, /lgsp, /token, /json, /adapter, /sharepoint, /opencps, /warehouse.",
    ),
    "http.method": (
        _W,
        "Địa chỉ này không nhận phương thức đã dùng.",
        "The address does not take this method.",
    ),
    "http.content_type": (_N, "Content-Type nên là {}.", "Content-Type should be {}."),
    "http.too_large": (_W, "Nội dung gửi lên quá lớn.", "The body is too large."),
    # -- the body
    "body.empty": (_W, "Nội dung gửi lên trống.", "The body is empty."),
    "body.xml": (_W, "XML sai ở dòng {}, cột {}.", "The XML is not well formed at line {}, column {}."),
    "body.json": (_W, "JSON sai ở dòng {}, cột {}.", "The JSON is wrong at line {}, column {}."),
    "body.encoding": (
        _W,
        "Nội dung không phải UTF-8 (XML nhận cả UTF-16).",
        "The body is not UTF-8 (XML may be UTF-16 too).",
    ),
    "body.doctype": (_W, "Không chấp nhận khai báo DOCTYPE.", "A document type is not accepted."),
    "body.envelope": (
        _W,
        "Phần tử ngoài cùng phải là Envelope của SOAP 1.1 hoặc 1.2.",
        "The outermost element must be a SOAP 1.1 or 1.2 Envelope.",
    ),
    "body.soap_body": (_W, "soapenv:Body không có hoặc không có nội dung.", "There is no soapenv:Body, or it is empty."),
    "body.namespace": (
        _W,
        "Không gian tên của thao tác sai; phải là http://dancuquocgia.bca.",
        "The operation's namespace is wrong; it must be http://dancuquocgia.bca.",
    ),
    "body.operation": (_W, "Không có thao tác tên này.", "There is no such operation."),
    "body.operation_like": (
        _W,
        "Không có thao tác tên này; gần giống nhất là {}.",
        "There is no such operation; the nearest is {}.",
    ),
    "body.object": (_W, "Nội dung phải là một đối tượng JSON.", "The body must be a JSON object."),
    "body.unread": (_W, "Yêu cầu thiếu hoặc sai thông tin bắt buộc.", "A required item is missing or wrong."),
    "element.missing": (_W, "Thiếu {}.", "{} is missing."),
    "element.unknown": (_N, "Có {} phần tử lạ, được bỏ qua.", "{} unknown elements were passed over."),
    "element.refused": (_W, "Có {} trường lạ; hợp đồng này không nhận trường lạ.", "{} unknown members; this contract takes none."),
    "element.like": (
        _W,
        "Có phần tử gần giống {} nhưng viết sai tên nên không được đọc.",
        "An element nearly named {} was not read: the name is misspelt.",
    ),
    "element.namespace": (
        _W,
        "{} nằm sai không gian tên nên không được đọc.",
        "{} stands in a foreign namespace and was not read.",
    ),
    "element.repeated": (
        _W,
        "{} xuất hiện hai lần với giá trị khác nhau.",
        "{} is given twice with different values.",
    ),
    "element.length": (_W, "{} dài quá {} ký tự.", "{} is longer than {} characters."),
    "element.type": (_W, "{} phải là chuỗi ký tự.", "{} must be text."),
    # -- the three keys
    "number.length": (_W, "{} có {} chữ số; cần {}.", "{} has {} digits; {} are needed."),
    "number.characters": (_W, "{} có ký tự không phải chữ số.", "{} has characters that are no digits."),
    "number.in_old_place": (
        _N,
        "Số 12 chữ số đang nằm ở chỗ của số CMND 9 số; cổng vẫn đọc được.",
        "The 12-digit number stands where the 9-digit one belongs; it is read all the same.",
    ),
    "number.unknown": (
        _W,
        "Số đã gửi không thuộc dữ liệu thử nghiệm nên luôn không khớp. Không gửi dữ liệu của người thật vào kết nối thử nghiệm.",
        "The number is none of the sandbox and never matches. Do not send real people's data to the sandbox.",
    ),
    "name.exact": (_G, "Họ tên khớp với {}, đủ dấu.", "The name agrees with {}, marks included."),
    "name.folded": (
        _N,
        "Họ tên khớp với {} khi bỏ dấu: chỉ là khớp gần đúng. Gửi đủ dấu thì khớp chính xác.",
        "The name agrees with {} without its marks: a partial agreement. Send the marks for an exact one.",
    ),
    "name.joined": (_N, "Họ tên viết liền, không có dấu cách.", "The name is written without blanks."),
    "name.differs": (
        _N,
        "Họ tên không phải của {} là người mang số đã hỏi.",
        "The name is not that of {}, who has the number asked for.",
    ),
    "name.unknown": (
        _W,
        "Họ tên không thuộc dữ liệu thử nghiệm. Không gửi dữ liệu của người thật.",
        "The name is none of the sandbox. Do not send real people's data.",
    ),
    "name.unreadable": (
        _W,
        "Họ tên có ký tự không đọc được; kiểm tra bảng mã (phải là Unicode dựng sẵn, UTF-8).",
        "The name has unreadable characters; check the encoding (composed Unicode, UTF-8).",
    ),
    "birth.form": (_N, "Ngày sinh đọc theo mẫu {}.", "The birth date was read as {}."),
    "birth.unreadable": (
        _W,
        "Ngày sinh không đọc được; dùng yyyyMMdd hoặc yyyy-MM-dd, chỉ biết năm thì gửi năm.",
        "The birth date cannot be read; use yyyyMMdd or yyyy-MM-dd, or the year alone.",
    ),
    "birth.differs": (
        _N,
        "Ngày sinh không phải của {} là người mang số đã hỏi.",
        "The birth date is not that of {}, who has the number asked for.",
    ),
    "birth.coarse": (
        _N,
        "Ngày sinh gửi và ngày sinh đang quản lý có độ chi tiết khác nhau: chỉ là khớp gần đúng.",
        "What was sent and what is recorded are not equally precise: a partial agreement.",
    ),
    # -- on what ground
    "officer.unknown": (
        _W,
        "Tài khoản cán bộ (MaCanBo, officer) không có trong danh sách. Khi thử dùng: {}.",
        "The officer's account (MaCanBo, officer) is not listed. In the sandbox use: {}.",
    ),
    "officer.refused": (
        _N,
        "Tài khoản này của dữ liệu thử nghiệm luôn bị từ chối, đúng như dự kiến.",
        "This account of the sandbox is always refused, as intended.",
    ),
    "officer.blanks": (
        _N,
        "Tài khoản cán bộ thừa dấu cách ở đầu hoặc cuối; cổng đã bỏ.",
        "The officer's account had blanks around it; they were taken off.",
    ),
    "code.missing": (
        _W,
        "Thiếu mã tích hợp hoặc mã thủ tục (MaTichHop, MaDVC; integration_code, procedure).",
        "The integration code or the procedure is missing (MaTichHop, MaDVC; integration_code, procedure).",
    ),
    "code.special": (
        _N,
        "Mã tích hợp của dữ liệu thử nghiệm: được trả lời theo cách riêng, xem bảng tình huống.",
        "An integration code of the sandbox: answered in its own way, see the table of cases.",
    ),
    "code.unregistered": (
        _N,
        "Mã tích hợp cùng thủ tục này chưa có trong phạm vi đã đăng ký: kết nối thử nghiệm vẫn trả lời, kết nối chính thức sẽ "
        "từ chối.",
        "Code and procedure are not among the registered grants: the sandbox answers, the official connection will refuse.",
    ),
    "ground.refused": (_W, "{}", "{}"),
    "dossier.missing": (_N, "Thiếu mã hồ sơ (dossier_no).", "The dossier number is missing (dossier_no)."),
    # -- asking again
    "request.id_missing": (
        _N,
        "Không có mã yêu cầu (MaYeuCau hoặc Idempotency-Key); nên có, để gửi lại an toàn và để tra khi có sự cố.",
        "There is no request id (MaYeuCau or Idempotency-Key); have one, to repeat safely and to be found again.",
    ),
    "request.id_repeated": (
        _N,
        "Mã yêu cầu đã dùng ở một lần gọi trước. Cổng vẫn trả lời; nên dùng mã mới cho mỗi yêu cầu, chỉ dùng lại khi gửi lại "
        "chính yêu cầu đó.",
        "The request id was used before. It is answered; use a new id for each request, the same only to send it again.",
    ),
    "key.repeated": (
        _G,
        "Idempotency-Key gửi lại cùng nội dung: trả đúng câu trả lời cũ.",
        "The same Idempotency-Key with the same body: the same answer.",
    ),
    "key.other_request": (
        _W,
        "Idempotency-Key đã dùng cho một yêu cầu khác.",
        "The Idempotency-Key was used for another request.",
    ),
    "retry.first": (
        _N,
        "Tình huống thử: cổng báo tạm thời không trả lời được. Gửi lại sau {} giây với cùng mã yêu cầu.",
        "A case of the sandbox: unavailable for the moment. Send it again after {} seconds, under the same request id.",
    ),
    "retry.same_id": (_G, "Đã gửi lại cùng mã yêu cầu.", "It was sent again under the same request id."),
    "retry.new_id": (
        _W,
        "Gửi lại nhưng không cùng mã yêu cầu: nếu lần trước đã được xử lý thì thành hai yêu cầu.",
        "It was sent again under no or another request id: had the first one been taken, there would be two.",
    ),
    "retry.throttled": (
        _N,
        "Tình huống thử: gọi quá nhanh. Chờ {} giây rồi gửi lại.",
        "A case of the sandbox: too fast. Wait {} seconds and send it again.",
    ),
    "retry.early": (
        _N,
        "Gửi lại sớm hơn thời gian ghi trong Retry-After; nên chờ đủ.",
        "It was sent again before the time that Retry-After told; wait as long.",
    ),
    "retry.too_soon": (
        _W,
        "Gửi lại sớm hơn thời gian ghi trong Retry-After.",
        "It was sent again before the time that Retry-After told.",
    ),
    "retry.waited": (_G, "Đã chờ đủ thời gian rồi mới gửi lại.", "It waited as long as it was told."),
    "replaced.told": (
        _N,
        "Số đã hỏi được thay bằng số mới; hỏi lại bằng số mới.",
        "The number was replaced; ask again with the new one.",
    ),
    "replaced.followed": (_G, "Đã hỏi lại bằng số mới.", "It asked again with the new number."),
    "slow.told": (_N, "Tình huống thử: câu trả lời đến sau {} giây.", "A case of the sandbox: answered after {} seconds."),
    # -- what came of it
    "answer.match": (_G, "Trả lời: khớp đủ ba thông tin.", "Answer: all three keys agree."),
    "answer.folded": (_G, "Trả lời: khớp gần đúng.", "Answer: they agree in part."),
    "answer.no_match": (_N, "Trả lời: không khớp.", "Answer: no match."),
    "answer.refused": (_N, "Trả lời: từ chối.", "Answer: refused."),
    "answer.not_offered": (
        _W,
        "Kết nối thử nghiệm chưa phục vụ đăng ký nhận biến động và danh sách.",
        "The sandbox offers no subscriptions and no lists.",
    ),
    "answer.too_fast": (
        _W,
        "Hệ thống gọi nhanh hơn hạn mức mỗi giây của kết nối thử nghiệm.",
        "The system calls faster than the sandbox allows.",
    ),
    "answer.unavailable": (_N, "Cổng tạm thời không trả lời được.", "The gateway could not answer for the moment."),
}
