"""A witness with the guard taken out: it signs whatever the log signed. Only the control of the fork test starts it."""

from __future__ import annotations

from dancu.cli.main import main
from dancu.ledger.notes import Checkpoint
from dancu.ledger.outside import witness
from dancu.ledger.tree import EMPTY_ROOT


class Careless(witness.Witness):
    def _last(self, origin: str) -> Checkpoint:
        return Checkpoint(origin, 0, EMPTY_ROOT)


if __name__ == "__main__":
    from dancu.cli import witness as command

    witness.verify_consistency = lambda *_: True
    command.Witness = Careless  # type: ignore[misc]
    main()
