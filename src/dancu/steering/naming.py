"""Names of bodies, documents and groups as pages write them: of the state, or as the documents on file name them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dancu.identity.api import bodies, organisation_names
from dancu.steering.documents.reading import FOLDER, read_bodies, read_documents, read_groups
from dancu.ui.words import is_english


@cache
def _named() -> dict[str, tuple[str, str]]:
    return {each.code: (each.name.vi, each.name.en) for each in read_bodies(FOLDER, _codes())}


@cache
def _documents() -> dict[str, str]:
    return {each.head.id: each.head.number for each in read_documents(FOLDER, _codes())}


@cache
def _groups() -> dict[str, tuple[str, str]]:
    return {each.code: (each.name.vi, each.name.en) for each in read_groups(FOLDER)}


def body_names(codes: Iterable[str]) -> dict[str, str]:
    """Names by code; a code nobody knows stays one."""
    wanted = set(codes)
    own = {code: _named()[code][is_english()] for code in wanted & _named().keys()}
    return organisation_names(wanted - own.keys()) | own


def document_number(document: str) -> str:
    return _documents().get(document, document)


def group_name(group: str) -> str:
    return _groups()[group][is_english()] if group in _groups() else group


def _codes() -> set[str]:
    return {each.code for each in bodies()}
