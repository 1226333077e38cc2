"""From bytes to rows and fields, compiled: one pass that also says which rows are bad and why, and never loses its place.

A quotation mark that is never closed would swallow the rest of the file. So a row that goes wrong inside a quotation is given up
at its first end of line, and reading goes on with the next line.
"""

from __future__ import annotations

import numpy as np

from dancu.reconcile.compiling import compiled

BAD_FIELDS, BAD_QUOTES, BAD_LENGTH, BAD_LETTERS = 1, 2, 3, 4
CHECK_NOTHING, CHECK_UTF_8, CHECK_REPLACED = 0, 1, 2
INCOMPLETE, BLANK = -1, -2
_SPACE, _TAB, _RETURN, _QUOTE, _EQUALS = 32, 9, 13, 34, 61


@compiled
def split_rows(data, at, end, is_last, rules, check, slots, spans, rows, wanted, row, bad):  # type: ignore[no-untyped-def]
    """Read up to `wanted` good rows from `at`. Gives where it stopped, good rows, bad rows, and the number of the next row.

    `spans`: (row, slot, begin and end of the field); an end below zero says that it has doubled quotation marks.
    `bad`: (row number, begin, end, why). Stops early where either is full or a row is not complete.
    """
    good, bad_count = 0, 0
    while at < end and good < wanted and bad_count < len(bad):
        after, reason = _one_row(data, at, end, is_last, rules, slots, spans, good)
        if reason == INCOMPLETE:
            break
        if reason == 0 and check != CHECK_NOTHING and not _is_readable(data, at, after, check):
            reason = BAD_LETTERS
        if reason == 0:
            rows[good] = row
            good += 1
        elif reason != BLANK:
            bad[bad_count, 0], bad[bad_count, 1], bad[bad_count, 2], bad[bad_count, 3] = row, at, after, reason
            bad_count += 1
        at, row = after, row + 1
    return at, good, bad_count, row


@compiled
def _one_row(data, start, end, is_last, rules, slots, spans, good):  # type: ignore[no-untyped-def]  # noqa: C901
    """Where the row ends, and 0 or why it is none."""
    delimiter, quote, newline, expected, length_max = rules
    at, field, reason, is_filled = start, 0, 0, False
    while True:
        while quote and at < end and data[at] == _SPACE and delimiter != _SPACE:
            at += 1
        begin, doubled = at, False
        if quote and at < end and data[at] == quote:
            begin, at, doubled, state = _quoted(data, at + 1, start + length_max, end, rules)
            if state != 0:
                if state == 2 and not is_last and end - start < length_max:
                    return start, INCOMPLETE
                return _after_line(data, start, end, newline), BAD_QUOTES
            stop = at - 1
            while at < end and (data[at] == _SPACE or data[at] == _RETURN) and data[at] != newline:
                at += 1
        else:
            while at < end and data[at] != delimiter and data[at] != newline:
                at += 1
            stop = at
            if stop > begin and data[stop - 1] == _RETURN:
                stop -= 1
        if at >= end and not is_last:
            return start, INCOMPLETE
        has_text = stop > begin
        is_filled = is_filled or has_text
        if field < expected:
            slot = slots[field]
            if slot >= 0:
                spans[good, slot, 0], spans[good, slot, 1] = begin, -stop if doubled else stop
        elif has_text:
            reason = BAD_FIELDS
        field += 1
        if at >= end or data[at] == newline:
            break
        at += 1
    after = min(at + 1, end)
    if not is_filled:
        return after, BLANK
    if after - start > length_max:
        return after, BAD_LENGTH
    return after, (BAD_FIELDS if field < expected else reason)


@compiled
def _quoted(data, at, give_up, end, rules):  # type: ignore[no-untyped-def]
    """Begin, the place behind the closing mark, whether marks are doubled, and 0; 1: text behind the mark; 2: never closed."""
    delimiter, quote, newline, _expected, _length_max = rules
    begin, doubled = at, False
    while at < end and at < give_up:
        if data[at] != quote:
            at += 1
        elif at + 1 < end and data[at + 1] == quote:
            doubled, at = True, at + 2
        else:
            behind = at + 1
            while behind < end and (data[behind] == _SPACE or data[behind] == _RETURN) and data[behind] != newline:
                behind += 1
            is_closed = behind >= end or data[behind] == delimiter or data[behind] == newline
            return begin, at + 1, doubled, 0 if is_closed else 1
    return begin, at, doubled, 2


@compiled
def _after_line(data, at, end, newline):  # type: ignore[no-untyped-def]
    while at < end and data[at] != newline:
        at += 1
    return min(at + 1, end)


@compiled
def _is_readable(data, at, end, check):  # type: ignore[no-untyped-def]
    """Is it UTF-8; or, where bytes were decoded before, did every one of them stand for a letter?"""
    while at < end:
        byte = data[at]
        if byte < 0x80:
            at += 1
            continue
        if check == CHECK_REPLACED:
            if byte == 0xEF and at + 2 < end and data[at + 1] == 0xBF and data[at + 2] == 0xBD:
                return False
            at += 1
            continue
        follow = 1 if 0xC2 <= byte < 0xE0 else 2 if 0xE0 <= byte < 0xF0 else 3 if 0xF0 <= byte < 0xF5 else 0
        if follow == 0 or at + follow >= end:
            return False
        for i in range(1, follow + 1):
            if data[at + i] & 0xC0 != 0x80:
                return False
        second = data[at + 1]
        if (byte == 0xE0 and second < 0xA0) or (byte == 0xED and second > 0x9F):
            return False
        if (byte == 0xF0 and second < 0x90) or (byte == 0xF4 and second > 0x8F):
            return False
        at += follow + 1
    return True


@compiled
def width_of(spans, count, slot):  # type: ignore[no-untyped-def]
    """Bytes the fields of a slot take at most."""
    total = np.int64(0)
    for row in range(count):
        total += abs(spans[row, slot, 1]) - spans[row, slot, 0]
    return total


@compiled
def gather(data, spans, count, slot, out, offsets, first):  # type: ignore[no-untyped-def]
    """Copy the fields of a slot end to end behind row `first`; `offsets[first]` says where."""
    to = offsets[first]
    for row in range(count):
        begin, stop = spans[row, slot, 0], spans[row, slot, 1]
        start = to
        if stop >= 0:
            for at in range(begin, stop):
                out[to] = data[at]
                to += 1
        else:
            at = begin
            while at < -stop:
                out[to] = data[at]
                to += 1
                at += 2 if data[at] == _QUOTE else 1
        to = _without_formula(out, start, to)
        offsets[first + row + 1] = to


@compiled
def _without_formula(out, start, to):  # type: ignore[no-untyped-def]
    """="001090009991" is how programs keep a spreadsheet from eating the zeros."""
    if to - start < 3 or out[start] != _EQUALS or out[start + 1] != _QUOTE or out[to - 1] != _QUOTE:
        return to
    for at in range(start, to - 3):
        out[at] = out[at + 2]
    return to - 3


@compiled
def join_dates(day, day_offsets, month, month_offsets, year, year_offsets, out, offsets):  # type: ignore[no-untyped-def]
    """d/m/y of three columns; what is missing in front is left out, so that a year alone stays a year."""
    to = np.int64(0)
    for row in range(len(year_offsets) - 1):
        offsets[row] = to
        month_size = month_offsets[row + 1] - month_offsets[row]
        if month_size > 0:
            for at in range(day_offsets[row], day_offsets[row + 1]):
                out[to] = day[at]
                to += 1
            if day_offsets[row + 1] > day_offsets[row]:
                out[to] = 47
                to += 1
            for at in range(month_offsets[row], month_offsets[row + 1]):
                out[to] = month[at]
                to += 1
            out[to] = 47
            to += 1
        for at in range(year_offsets[row], year_offsets[row + 1]):
            out[to] = year[at]
            to += 1
    offsets[len(year_offsets) - 1] = to
