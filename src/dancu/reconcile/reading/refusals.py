"""Why a file is not taken: one sentence each, in both languages, that says what to do next."""

from __future__ import annotations

from dancu.kernel.errors import Invalid


def _about_file(code: str, message: str, message_en: str) -> Invalid:
    return Invalid(f"list.{code}", message, message_en, field="file")


def empty() -> Invalid:
    return _about_file(
        "empty", "Tệp trống. Bạn chọn lại tệp danh sách rồi gửi.", "The file is empty. Choose the list and send it again."
    )


def header_only() -> Invalid:
    return _about_file(
        "header_only",
        "Tệp chỉ có hàng tiêu đề, chưa có dòng dữ liệu nào. Bạn kiểm tra lại tệp rồi gửi.",
        "The file has headings and no rows. Check the file and send it again.",
    )


def locked() -> Invalid:
    return _about_file(
        "password",
        "Tệp đặt mật khẩu nên không mở được. Bạn bỏ mật khẩu, lưu lại rồi gửi.",
        "The workbook is locked with a password. Take the password off, save and send it again.",
    )


def old_workbook() -> Invalid:
    return _about_file(
        "old_workbook",
        "Tệp theo định dạng .xls cũ. Bạn mở tệp, chọn Lưu thành .xlsx hoặc “CSV UTF-8” rồi gửi lại.",
        "This is an old .xls workbook. Save it as .xlsx or as CSV in UTF-8 and send that.",
    )


def swollen() -> Invalid:
    return _about_file(
        "unpacked_size",
        "Tệp mở ra lớn quá mức của một danh sách. Bạn chép riêng bảng danh sách sang tệp mới, hoặc gửi dạng CSV.",
        "The file unpacks to more than a list can hold. Copy the table into a new file, or send it as CSV.",
    )


def no_list(what: str, what_en: str) -> Invalid:
    return _about_file(
        "kind",
        f"Tệp này là {what}, không phải danh sách. Bạn gửi tệp CSV, XLSX hoặc Parquet.",
        f"This is {what_en}, not a list. Send CSV, XLSX or Parquet.",
    )


def damaged_workbook() -> Invalid:
    return _about_file(
        "workbook_damaged",
        "Không đọc được tệp XLSX này. Bạn mở bằng phần mềm bảng tính, lưu lại rồi gửi.",
        "The workbook cannot be read. Open it with a spreadsheet, save it and send it again.",
    )


def damaged_parquet() -> Invalid:
    return _about_file(
        "parquet_damaged",
        "Không đọc được tệp Parquet này, có thể tệp bị cắt khi gửi. Bạn xuất và gửi lại.",
        "The Parquet file cannot be read; it may have been cut off. Export and send it again.",
    )


def no_text_columns() -> Invalid:
    return _about_file(
        "parquet_columns",
        "Tệp Parquet không có cột chữ nào để đối soát. Bạn xuất lại với họ tên và số giấy tờ ở dạng chuỗi.",
        "The Parquet file has no column of text. Export names and numbers as strings and send it again.",
    )


def many_columns(count: int, most: int) -> Invalid:
    return _about_file(
        "columns_many",
        f"Tệp có {count} cột, nhiều hơn {most}. Bạn chỉ giữ các cột cần đối soát rồi gửi lại.",
        f"The file has {count} columns, more than {most}. Keep only those to compare and send it again.",
    )


def long_line(row: int, most: int) -> Invalid:
    return _about_file(
        "line_length",
        f"Dòng {row} dài quá {most} byte nên tệp không giống danh sách. Bạn kiểm tra dấu xuống dòng rồi xuất lại.",
        f"Line {row} is longer than {most} bytes, so this is no list. Check the ends of lines and export it again.",
    )


def unreadable_letters() -> Invalid:
    return _about_file(
        "letters",
        "Không nhận ra bảng mã của tệp. Bạn lưu lại dạng .xlsx hoặc “CSV UTF-8” rồi gửi.",
        "The letters of this text cannot be told. Save it as .xlsx or as CSV in UTF-8 and send it again.",
    )


def missing_column(name: str, words: str, words_en: str, seen: str) -> Invalid:
    return Invalid(
        "list.column_missing",
        f"Chưa có cột {words}. Các cột trong tệp: {seen}. Bạn chọn cột này rồi tiếp tục.",
        f"There is no column for {words_en}. Columns of the file: {seen}. Choose it and go on.",
        field=name,
    )


def unknown_column(name: str, column: str) -> Invalid:
    return Invalid(
        "list.column_unknown",
        f"Tệp không có cột “{column}”. Bạn chọn một cột có trong tệp.",
        f"The file has no column “{column}”. Choose one that is there.",
        field=name,
    )


def other_place() -> Invalid:
    return Invalid(
        "list.position",
        "Điểm tiếp tục không khớp với tệp này. Bạn chạy lại từ đầu.",
        "The place to go on from is not one of this file. Start again from its beginning.",
        field="start",
    )
