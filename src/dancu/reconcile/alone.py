"""The room without a framework: what `dancu reconcile` needs to compare a list, or to send it to a service. A door. Pure."""

from __future__ import annotations

from dancu.reconcile.candidates.columns import finder
from dancu.reconcile.candidates.weights import read_weights
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.profiles.checking import checks_of
from dancu.reconcile.profiles.choosing import group_of, needed_of
from dancu.reconcile.profiles.table import get_profile
from dancu.reconcile.running.communes import present_communes
from dancu.reconcile.running.elsewhere import CompareElsewhere
from dancu.reconcile.running.job import Others
from dancu.reconcile.running.plan import SPARK, Plan
from dancu.reconcile.sending.round_trip import send_and_fetch
from dancu.reconcile.sending.service import Service

__all__ = ["Service", "get_profile", "group_of", "needed_of", "others_of", "require_engine", "send_and_fetch"]


def others_of(plan: Plan, key: NameKey) -> Others:
    """The rest of a job, for its plan (*phần mở rộng của đợt đối soát*). Raises `Invalid` for a kind of list there is none of."""
    checks = checks_of(get_profile(plan.profile), plan.day) if plan.profile else None
    return Others(finder(key, plan.day.year, read_weights(), present_communes), checks, _elsewhere(plan, key))


def require_engine(engine: str) -> None:
    """Raises `Invalid` where this machine lacks what an engine needs (*kiểm tra nơi đối soát*)."""
    if engine == SPARK:
        from dancu.reconcile.spark.engines import require_spark

        require_spark()


def _elsewhere(plan: Plan, key: NameKey) -> CompareElsewhere | None:
    """The cluster of a plan. Who compares on one machine does not load this part."""
    if plan.engine != SPARK:
        return None
    from dancu.reconcile.spark.cluster import OnCluster
    from dancu.reconcile.spark.kernels import Terms

    return OnCluster(plan.master, Terms(key, plan.day.year))
