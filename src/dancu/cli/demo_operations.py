"""The demo's operator and integrator, and two steps that did not go out: one waits for a mail server, one cannot be understood."""

from __future__ import annotations

OPERATOR, INTEGRATOR, PROVINCE = "vanhanh.hue", "tichhop.hue", "H57"


def prepare_operations(password: str) -> None:
    """What is there already stays."""
    from dancu.identity.api import Organisation, add_officer, add_organisation
    from dancu.kernel import clock
    from dancu.notices import api as notices

    now = clock.now()
    add_organisation(Organisation(PROVINCE, "UBND thành phố Huế (mô phỏng)"), {"CNTT": "Trung tâm Công nghệ thông tin (mô phỏng)"})
    add_officer(OPERATOR, "Cán bộ Vận Hành", PROVINCE, "CNTT", ["operator"], password)
    add_officer(INTEGRATOR, "Cán bộ Tích Hợp", PROVINCE, "CNTT", ["integrator"], password)
    said = notices.message("dossier.result", {"number": "H57.12.3-261121-0001", "place": "Bộ phận Một cửa (mô phỏng)"}, now=now)
    about = "H57.12.3-261121-0001 (mô phỏng)"
    notices.send(
        notices.mail(said, "nguoi-dan@mo-phong.example", key="demo:mail", owner=PROVINCE, room="demo", about=about), now=now
    )
    unclear = {"number": "không phải số", "said": {}}
    step = notices.Step("notice.citizen", "demo:unclear", unclear, PROVINCE, "demo", "người dân (mô phỏng)", about)
    notices.send(step, now=now)
