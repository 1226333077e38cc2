"""What a job takes from other parts of the room: who searches candidates, what its kind of list looks at. Pure."""

from __future__ import annotations

from dancu.reconcile.candidates.columns import finder
from dancu.reconcile.candidates.weights import read_weights
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.profiles.checking import checks_of
from dancu.reconcile.profiles.table import get_profile
from dancu.reconcile.running.job import Others
from dancu.reconcile.running.plan import Plan


def others_of(plan: Plan, key: NameKey) -> Others:
    """The rest of a job, for its plan (*phần mở rộng của đợt đối soát*). Raises `Invalid` for a kind of list there is none of."""
    checks = checks_of(get_profile(plan.profile), plan.day) if plan.profile else None
    return Others(finder(key, plan.day.year, read_weights()), checks)
