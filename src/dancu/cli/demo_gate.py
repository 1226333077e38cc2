"""The demo's gate: the police that reviews, the department that examines and decides, inspectors, a ministry, an operator."""

from __future__ import annotations

REVIEWER, EXAMINER, DECIDER, INSPECTOR = "pc06.hue", "thamdinh.c06", "lanhdao.c06", "kiemtra.a05"
MINISTRY_INTEGRATOR, TELECOM_INTEGRATOR = "cntt.botuphap", "ketnoi.nhamang"
MINISTRY, TELECOM, CENTRE = "G15", "VT-MOPHONG", "TTDL-MOPHONG"
POLICE, DEPARTMENT, INSPECTORATE, TECHNICAL = "G01.357", "G01.206", "G01.105", "G01.107"


def prepare_gate(password: str) -> None:
    """Officers of every party of the gate, and the state of 2022 as the letters give it; what is there already stays."""
    from dancu.identity.api import Organisation, add_officer, add_organisation
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    add_organisation(Organisation(POLICE, "Công an thành phố Huế (mô phỏng)"), {"PC06": "Phòng Cảnh sát QLHC về TTXH (mô phỏng)"})
    department = {"TTDLDC": "Trung tâm dữ liệu quốc gia về dân cư (mô phỏng)", "LD": "Lãnh đạo Cục (mô phỏng)"}
    add_organisation(Organisation(DEPARTMENT, "Cục Cảnh sát QLHC về TTXH (mô phỏng)"), department)
    add_organisation(Organisation(INSPECTORATE, "Cục An ninh mạng (mô phỏng)"), {"KT": "Phòng kiểm tra (mô phỏng)"})
    add_organisation(Organisation(MINISTRY, "Bộ Tư pháp (mô phỏng)"), {"CNTT": "Cục Công nghệ thông tin (mô phỏng)"})
    add_organisation(Organisation(TELECOM, "Nhà mạng Mô Phỏng"), {"KN": "Ban kết nối (mô phỏng)"})
    add_officer(REVIEWER, "Cán bộ Rà Soát", POLICE, "PC06", ["gate-reviewer"], password)
    add_officer(EXAMINER, "Cán bộ Thẩm Định", DEPARTMENT, "TTDLDC", ["gate-officer"], password)
    add_officer(DECIDER, "Lãnh đạo Quyết Định", DEPARTMENT, "LD", ["gate-decider"], password)
    add_officer(INSPECTOR, "Cán bộ Kiểm Tra", INSPECTORATE, "KT", ["gate-inspector"], password)
    add_officer(MINISTRY_INTEGRATOR, "Cán bộ Kết Nối Bộ", MINISTRY, "CNTT", ["integrator"], password)
    add_officer(TELECOM_INTEGRATOR, "Cán bộ Kết Nối Nhà Mạng", TELECOM, "KN", ["integrator"], password)
    now = clock.now()
    party = onboarding.Party(TELECOM, "Nhà mạng Mô Phỏng", onboarding.PartyKind.TELECOM, source="mô phỏng")
    onboarding.add_party(party, by="demo", now=now)
    onboarding.add_centre(onboarding.Centre(CENTRE, "Trung tâm dữ liệu Mô Phỏng", TELECOM), by="demo", now=now)
