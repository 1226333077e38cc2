"""What a profile finds in a batch besides the verdicts: one word of flags a record. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.profiles import numbers
from dancu.reconcile.profiles.flags import OwnFlag, own_words
from dancu.reconcile.profiles.table import BY_NUMBER, ROLE_OF, TAX_NUMBER_REPLACED_ON, Check, Profile
from dancu.reconcile.profiles.tax_review import tax_review
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.text_rows import Column
from dancu.reconcile.running.comparing import OwnChecks

Flags = NDArray[np.uint32]
More = Mapping[Role, Column]


def checks_of(profile: Profile, day: date) -> OwnChecks:
    """What a job of this profile looks at besides the person (*kiểm tra riêng của loại danh sách*), with its words."""
    whole = tax_review() if Check.TAX_NUMBER in profile.checks else None
    return OwnChecks(profile.also, partial(own_flags, profile, day=day), own_words(), whole)


def own_flags(profile: Profile, records: Batch, more: More, day: date) -> Flags:
    """What is wrong with each record's own numbers (*kiểm tra mã số riêng của danh sách*); other threads run meanwhile.

    `more` are the other columns of the batch, read with `also=profile.also`. A column the list does not have is not looked at.
    """
    persons = numbers.paper_numbers(records.numbers, records.number_offsets)
    found = _without_keys(profile, records, more)
    for check in profile.checks:
        if ROLE_OF[check] in more:
            found |= _LOOKS[check](more, persons, day)
    return found


def _tax(more: More, persons: NDArray[np.int64], day: date) -> Flags:
    read = numbers.tax_numbers(more[Role.TAX_NUMBER], persons)
    if day < TAX_NUMBER_REPLACED_ON:
        return read.flags
    return read.flags | np.where(read.kinds == numbers.TaxKind.TEN_DIGITS, np.uint32(OwnFlag.TAX_REPLACED), np.uint32(0))


def _insurance(more: More, persons: NDArray[np.int64], day: date) -> Flags:
    return numbers.insurance_numbers(more[Role.INSURANCE_NUMBER], persons).flags


def _health_card(more: More, persons: NDArray[np.int64], day: date) -> Flags:
    cards, codes = more[Role.HEALTH_CARD], more.get(Role.INSURANCE_NUMBER)
    none = np.full(len(cards), numbers.NO_NUMBER)
    return numbers.health_cards(cards, numbers.insurance_numbers(codes, persons).values if codes else none).flags


def _licence(more: More, persons: NDArray[np.int64], day: date) -> Flags:
    return numbers.licence_numbers(more[Role.LICENCE_NUMBER], persons).flags


def _phone(more: More, persons: NDArray[np.int64], day: date) -> Flags:
    return numbers.phone_numbers(more[Role.PHONE]).flags


_LOOKS: Mapping[Check, Callable[[More, NDArray[np.int64], date], Flags]] = {
    Check.TAX_NUMBER: _tax,
    Check.INSURANCE_NUMBER: _insurance,
    Check.HEALTH_CARD: _health_card,
    Check.LICENCE_NUMBER: _licence,
    Check.PHONE: _phone,
}


def _without_keys(profile: Profile, records: Batch, more: More) -> Flags:
    """Where a record has no number, and of no other set of keys all that stands for it.

    Of parents one is enough: a child may be registered with its mother alone.
    """
    filled = {
        Role.NUMBER: numbers.is_filled(Column(records.numbers, records.number_offsets)),
        Role.NAME: numbers.is_filled(Column(records.names, records.name_offsets)),
        Role.BIRTH_DATE: numbers.is_filled(Column(records.dates, records.date_offsets)),
        **{role: numbers.is_filled(column) for role, column in more.items()},
    }
    if Role.FATHER in filled and Role.MOTHER in filled:
        filled[Role.FATHER] = filled[Role.MOTHER] = filled[Role.FATHER] | filled[Role.MOTHER]
    found = filled[Role.NUMBER].copy()  # name and date beside a number are the comparison's to miss
    for keys in profile.keys:
        if keys != BY_NUMBER and all(role in filled for role in keys):
            found |= np.logical_and.reduce([filled[role] for role in keys])
    return np.where(found, np.uint32(0), np.uint32(OwnFlag.KEYS_MISSING))
