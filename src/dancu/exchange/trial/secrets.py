"""The secret of a trial: made from the registered one, and told instead of it until the connection is official.

So the trial's credentials end with the trial by themselves, at every gateway that knows the new state, and the secret that opens
the registry has been on no test machine. Tokens follow, for each is issued under a secret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dancu.exchange.trial.tried import is_tried
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.reader import Directory, KnownCaller
from dancu.onboarding.reader import trial_secret as trial_secret


@dataclass(frozen=True, slots=True)
class TrialCaller(KnownCaller):
    """A system in trial with both its secrets; `secret` is the one it is believed by (*hệ thống thử nghiệm*)."""

    registered: str


def with_trial_secrets(directory: Directory, key: SealingKey) -> Directory:
    """The directory as the gateway is to believe it: a system in trial by the trial's secret and no other."""
    tried = {
        client_id: TrialCaller(caller.system, trial_secret(key, client_id, caller.secret), caller.secret)
        for client_id, caller in directory.callers.items()
        if is_tried(caller.system)
    }
    return replace(directory, callers={**directory.callers, **tried}) if tried else directory
