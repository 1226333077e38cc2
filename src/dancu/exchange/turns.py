"""Questions that wait, a lane for each organisation, taken in turn: who sends much waits behind itself, not before others. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Generic, TypeVar

Waiting = TypeVar("Waiting")
TOGETHER_SECONDS = 1.0


class TurnQueue(Generic[Waiting]):
    """The queue before the batches (*hàng chờ theo lượt cơ quan*); bounded in all and for each organisation.

    One organisation alone fills the batches. While others ask too, no more than `turn_max` of its questions are under way at
    a time, so that there is always a writer, and time, for whoever comes next.
    """

    def __init__(self, waiting_max: int, lane_max: int, turn_max: int) -> None:
        self._waiting_max, self._lane_max, self._turn_max = waiting_max, lane_max, turn_max
        self._lanes: dict[str, deque[Waiting]] = {}  # in the order of their turns; none is empty
        self._under_way: dict[str, int] = {}
        self._last, self._together_until = "", 0.0
        self.waiting = 0

    def add(self, name: str, waiting: Waiting, at: float) -> bool:
        """Put at the end of a lane; False where there is no room. `at` in seconds of a clock that never goes back."""
        lane = self._lanes.get(name)
        if self.waiting >= self._waiting_max or (lane is not None and len(lane) >= self._lane_max):
            return False
        if name != self._last:
            if self._last:
                self._together_until = at + TOGETHER_SECONDS
            self._last = name
        self.put_back(name, waiting)
        return True

    def put_back(self, name: str, waiting: Waiting) -> None:
        """Put at the end of a lane whether or not there is room: what was let in once."""
        if (lane := self._lanes.get(name)) is None:
            lane = self._lanes[name] = deque()
        lane.append(waiting)
        self.waiting += 1

    def takeable(self, at: float) -> int:
        """How many could be taken now."""
        if at >= self._together_until:
            return self.waiting
        return sum(min(len(self._lanes[name]), room) for name, room in self._rooms().items())

    def take(self, most: int, at: float) -> tuple[list[Waiting], Mapping[str, int]]:
        """The next for a batch and how many of each lane, which `finished` is told when the batch is over."""
        taken: list[Waiting] = []
        is_alone = at >= self._together_until
        if is_alone and len(self._lanes) == 1:
            ((name, lane),) = self._lanes.items()
            taken = [lane.popleft() for _ in range(min(len(lane), most))]
            if not lane:
                del self._lanes[name]
            shares = {name: len(taken)}
        else:
            shares = self._in_turn(taken, most, dict.fromkeys(self._lanes, most) if is_alone else self._rooms())
        self.waiting -= len(taken)
        for name, number in shares.items():
            self._under_way[name] = self._under_way.get(name, 0) + number
        return taken, shares

    def finished(self, shares: Mapping[str, int]) -> None:
        """A batch is over."""
        for name, number in shares.items():
            left = self._under_way[name] - number
            if left:
                self._under_way[name] = left
            else:
                del self._under_way[name]

    def drain(self) -> list[Waiting]:
        """All that wait, taken out."""
        everybody = [each for lane in self._lanes.values() for each in lane]
        self._lanes, self.waiting = {}, 0
        return everybody

    def _in_turn(self, taken: list[Waiting], most: int, rooms: Mapping[str, int]) -> dict[str, int]:
        """One of each lane in turn; the lane after the last one served begins the next time."""
        shares: dict[str, int] = {}
        serving = [name for name, room in rooms.items() if room]
        while serving:
            again = []
            for name in serving:
                if len(taken) == most:
                    return shares
                lane = self._lanes.pop(name)
                taken.append(lane.popleft())
                shares[name] = shares.get(name, 0) + 1
                if lane:
                    self._lanes[name] = lane  # behind the others
                    if shares[name] < rooms[name]:
                        again.append(name)
            serving = again
        return shares

    def _rooms(self) -> dict[str, int]:
        return {name: max(0, self._turn_max - self._under_way.get(name, 0)) for name in self._lanes}
