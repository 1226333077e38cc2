"""What a member is to the head of the household, told by generation and part in the nucleus."""

from __future__ import annotations

import numpy as np

from dancu.synth.homes import ADULT, CHILD, JOINED_SPOUSE, OTHER, Homes, Stays

# Code of the relation by (generation below the head's, role of the member), for a head who is adult of the nucleus, came in
# by marriage, or is a child of it. Anything else is 99.
_ADULT_HEAD = {
    (0, ADULT): 2,
    (0, JOINED_SPOUSE): 2,
    (0, CHILD): 3,
    (1, ADULT): 3,
    (1, JOINED_SPOUSE): 8,
    (1, CHILD): 6,
    (2, ADULT): 6,
    (-1, ADULT): 4,
    (-1, JOINED_SPOUSE): 4,
    (-1, CHILD): 7,
    (-2, ADULT): 5,
    (-2, JOINED_SPOUSE): 5,
}
_CHILD_HEAD = {
    (0, ADULT): 4,
    (0, JOINED_SPOUSE): 4,
    (0, CHILD): 7,
    (1, ADULT): 7,
    (1, CHILD): 6,
    (-1, ADULT): 5,
    (-1, JOINED_SPOUSE): 5,
}
_IN_LAW_HEAD = _ADULT_HEAD | {(-1, CHILD): 99, (-2, ADULT): 99, (-2, JOINED_SPOUSE): 99}
_HEAD_TABLES = {ADULT: _ADULT_HEAD, JOINED_SPOUSE: _IN_LAW_HEAD, CHILD: _CHILD_HEAD, OTHER: {}}


def relation_codes(homes: Homes, stays: Stays, head: np.ndarray) -> np.ndarray:
    """Relation of each stay's person to that head (a person per stay), as a number: 1 is the head (*quan hệ với chủ hộ*)."""
    table = np.full((4, 5, 4), 99, np.int8)
    for head_role, cells in _HEAD_TABLES.items():
        for (below, role), code in cells.items():
            table[head_role, below + 2, role] = code
    below = np.clip(stays.level.astype(int) - homes.level[head], -2, 2)
    codes = table[homes.role[head], below + 2, stays.role]
    return np.where(stays.person == head, 1, codes).astype(np.int8)
