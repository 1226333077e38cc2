"""The command that says whose officers handle the cases."""

from __future__ import annotations

import pytest

from dancu.cli import protection as command
from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel.errors import Conflict
from dancu.ledger import api as ledger
from dancu.protection.models import Desk

pytestmark = pytest.mark.django_db


def test_it_hands_the_cases_to_one_organisation_and_the_ledger_knows(capsys: pytest.CaptureFixture[str]):
    add_organisation(Organisation("H57", "UBND thành phố Huế"), {"BVDL": "Bộ phận bảo vệ dữ liệu"})
    add_officer("canbo.bvdl", "Cán bộ Bảo Vệ", "H57", "BVDL", ["data-protection"], "mat-khau-dai-du")
    with pytest.raises(SystemExit) as ended:
        command.run(["appoint", "H57", "--by", "nguoi.giao"])

    assert ended.value.code == 0
    assert "UBND thành phố Huế (H57)" in capsys.readouterr().out
    assert Desk.objects.get().organisation == "H57"
    (entry,) = ledger.latest(1)
    assert (entry.body["outcome"], entry.body["organisation"]) == ("protection.desk", "H57")


def test_an_organisation_without_such_officers_is_refused():
    with pytest.raises(Conflict, match=r"protection\.desk_without_officers"):
        command.run(["appoint", "H99"])

    assert not Desk.objects.exists()
