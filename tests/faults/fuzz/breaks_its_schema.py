"""A gateway with a planted fault: its answers are not as published, in one item of JSON and in the order of two elements of XML."""

from __future__ import annotations

from dancu.gateway import rest
from dancu.gateway.dialects import national_response
from dancu.gateway.server import app as app  # what the server is told to serve

rest._LIFE_WORDS = {status: word and word.title() for status, word in rest._LIFE_WORDS.items()}
_elements = national_response.citizen_elements


def citizen_elements(*given, **named):  # type: ignore[no-untyped-def]  # stands in for the real one
    told = _elements(*given, **named)
    first, _, rest_of_it = told.partition("<ns1:SoCMND>")
    return "<ns1:SoCMND>" + rest_of_it + first


national_response.citizen_elements = citizen_elements
