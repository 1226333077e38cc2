"""Admitting a province's hub: what its offer holds is registered here, all of it or nothing; what stands already stays.

What somebody took back or narrowed here looks like something new in a later offer. So for what stands here an offer only tells what
it would change, until the operator says that it may.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.db import transaction

from dancu.cli.hub_papers import Offer, OfferedSystem
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, NotFound
from dancu.kernel.sealing import SealingKey
from dancu.kernel.signing import PublicKey
from dancu.onboarding import api as onboarding

KEY_DAYS = 730


@dataclass
class Admission:
    """One hub and the operator who admits it; `done` tells what changed."""

    hub: str
    organisation: str
    key_dir: Path
    by: str
    may_change: bool = False
    done: list[str] = field(default_factory=list)

    def admit(self, offer: Offer) -> str:
        """Register what is new, in one transaction. Gives the secret of the hub where it is new."""
        now = clock.now()
        with transaction.atomic():
            secret = self._hub(now)
            self._key(offer.public_key, now)
            for system in offer.systems:
                self._system(system, now)
            for organisation, accounts in offer.accounts.items():
                listed = onboarding.accounts_of(organisation)
                new = sorted(set(accounts) - set(listed))
                if new and self._may(f"{len(new)} accounts of {organisation}", "listed", is_new=not listed):
                    onboarding.list_accounts_for(organisation, new, by=self.by, now=now)
            self._tell_withdrawn(offer)
        return secret

    def secret_again(self) -> str:
        return onboarding.secret_of(self.hub, key=self._sealing)

    @property
    def _sealing(self) -> SealingKey:
        return SealingKey.from_folder(self.key_dir)

    def _hub(self, now: datetime) -> str:
        """Signed-only from the first moment: between two hubs nothing goes unsigned."""
        known = _find(self.hub)
        if known is None:
            secret = self._open(self.hub, self.organisation, f"Hub {self.organisation}", now)
            profile = msgspec.structs.replace(onboarding.get_system(self.hub).profile, is_signed=True, is_hub=True)
            onboarding.set_profile(self.hub, profile, by=self.by, now=now)
            return secret
        if known.organisation != self.organisation or known.via or not known.profile.is_hub:
            raise Conflict(
                "hub.taken",
                f"Mã {self.hub} đã thuộc một hệ thống khác của {known.organisation}. Chọn mã khác cho hub.",
                f"The id {self.hub} belongs to another system, of {known.organisation}. Choose another id for the hub.",
            )
        self._tell_closed(known)
        return ""

    def _key(self, key: PublicKey, now: datetime) -> None:
        """A further key stands beside the earlier one, which is revoked by hand once it is no longer used."""
        known = next((each for each in onboarding.keys_of(self.hub) if each.kid == key.kid), None)
        if known is None:
            onboarding.add_message_key(self.hub, key, by=self.by, now=now, not_after=now + timedelta(days=KEY_DAYS))
            self.done.append(f"key {key.kid} registered for {KEY_DAYS} days")
        elif known.state is onboarding.KeyState.REVOKED:
            raise Conflict(
                "hub.revoked",
                f"Khoá {key.kid} đã bị thu hồi. Tỉnh bỏ keys/messages.key, khởi động lại và lập lại tệp.",
                f"The key {key.kid} was revoked. The province removes keys/messages.key, starts again and offers anew.",
            )

    def _system(self, offered: OfferedSystem, now: datetime) -> None:
        client_id = f"{self.hub}.{offered.client_id}"
        known = _find(client_id)
        if known is None:
            self._open(client_id, offered.organisation, offered.name, now)
        elif known.organisation != offered.organisation or known.via != self.hub:
            raise Conflict(
                "hub.system",
                f"Hệ thống {client_id} đã đăng ký cho {known.organisation}, nay đề nghị ghi {offered.organisation}.",
                f"The system {client_id} is registered for {known.organisation}; the offer says {offered.organisation}.",
            )
        else:
            self._tell_closed(known)
        standing = {(each.integration_code, each.procedure): each for each in onboarding.grants_of_system(client_id)}
        for offered_grant in offered.grants:
            wanted = _as_forwarded(offered_grant, client_id)
            present = standing.get((wanted.integration_code, wanted.procedure))
            if present is None or replace(present, id=0) != wanted:
                what = f"{client_id}: {wanted.integration_code}:{wanted.procedure}, {len(wanted.fields)} fields"
                if wanted.volume_per_day:
                    what += f", {wanted.volume_per_day} persons a day"
                if self._may(what, "granted" if present is None else "grant changed", is_new=known is None):
                    onboarding.grant(wanted, by=self.by, now=now)

    def _may(self, what: str, done: str, *, is_new: bool) -> bool:
        may = is_new or self.may_change
        self.done.append(f"{what}: {done}" if may else f"{what}: NOT {done}; run again with --changes if that is meant")
        return may

    def _open(self, client_id: str, organisation: str, name: str, now: datetime) -> str:
        system = onboarding.InformationSystem(
            client_id,
            organisation,
            name,
            onboarding.ConnectionState.REGISTERED,
            via="" if client_id == self.hub else self.hub,
        )
        secret = onboarding.register_system(system, key=self._sealing, by=self.by, now=now)
        official = onboarding.ConnectionState.OFFICIAL
        onboarding.set_state(client_id, official, reason="admitted with its hub", by=self.by, now=now)
        self.done.append(f"{client_id} registered")
        return secret

    def _tell_closed(self, system: onboarding.InformationSystem) -> None:
        """What was closed here by somebody is not opened by a file."""
        if system.state is not onboarding.ConnectionState.OFFICIAL:
            self.done.append(f"{system.client_id} is {system.state} and stays so: `dancu exchange client open {system.client_id}`")

    def _tell_withdrawn(self, offer: Offer) -> None:
        """An offer only adds; whoever takes something back decides it system by system."""
        offered = {f"{self.hub}.{each.client_id}": each for each in offer.systems}
        if not offered:
            return
        for system, grants in onboarding.systems_with_grants():
            if system.via != self.hub:
                continue
            wanted = offered.get(system.client_id)
            codes = {(each.integration_code, each.procedure) for each in wanted.grants} if wanted else set()
            for each in grants:
                if (each.integration_code, each.procedure) not in codes:
                    self.done.append(
                        f"{system.client_id}: {each.integration_code}:{each.procedure} is no longer offered and stays granted; "
                        "take it back with `dancu exchange client revoke`"
                    )


def _find(client_id: str) -> onboarding.InformationSystem | None:
    try:
        return onboarding.get_system(client_id)
    except NotFound:
        return None


def _as_forwarded(offered: onboarding.Grant, client_id: str) -> onboarding.Grant:
    """Not what is never forwarded: searches, subscriptions, lists; nor what only this hub decides: emergencies, seals."""
    own = replace(offered, client_id=client_id, id=0, emergency=False, sealed_days=0)
    return replace(own, registry=False, protected=False, may_subscribe=False, list_max=0)
