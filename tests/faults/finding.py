"""What a fault test reports: the figure it reached, and the planted faults it must catch to be believed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Control:
    """A fault planted on purpose. A test that does not see it proves nothing."""

    fault: str
    caught: bool
    seen: str = ""


@dataclass(frozen=True)
class Finding:
    """The outcome of one promise at one size under one seed."""

    holds: bool
    figure: str
    controls: tuple[Control, ...]

    @property
    def is_believed(self) -> bool:
        return self.holds and bool(self.controls) and all(control.caught for control in self.controls)
