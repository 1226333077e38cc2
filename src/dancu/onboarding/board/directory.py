"""The parties of the board, from the list of bodies of the state and the further ones that documents name."""

from __future__ import annotations

from functools import cache

from dancu.identity.api import Body, BodyKind, bodies
from dancu.onboarding.board.lineage import Party, PartyKind
from dancu.onboarding.board.states import further_parties

# "Bộ, ngành" of the documents; councils and people's councils connect no systems of their own.
_KINDS = {
    BodyKind.MINISTRY: PartyKind.MINISTRY,
    BodyKind.MINISTRY_LEVEL: PartyKind.MINISTRY,
    BodyKind.GOVERNMENT_AGENCY: PartyKind.MINISTRY,
    BodyKind.PEOPLE_COMMITTEE: PartyKind.PROVINCE,
}


@cache
def parties() -> tuple[Party, ...]:
    """Everybody who may stand on the board, in every version through time (*các đơn vị qua các thời kỳ*)."""
    return (*(_party(each) for each in bodies() if each.kind in _KINDS), *further_parties())


def _party(body: Body) -> Party:
    return Party(
        code=body.code,
        name=body.name,
        kind=_KINDS[body.kind],
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        successor_code=body.successor_code,
        other_successors=body.other_successors,
        area_code=body.area_code,
    )
