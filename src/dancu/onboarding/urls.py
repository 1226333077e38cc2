"""Addresses of the gate. No number of a person stands in any of them."""

from django.urls import path

from dancu.onboarding.pages import accounts, board, dossiers, inspections, papers, parties, systems

_DOSSIER = "ket-noi/ho-so/<uuid:dossier>"
_SYSTEM = "ket-noi/he-thong/<str:client_id>"
urlpatterns = [
    path("ket-noi/ho-so", dossiers.dossiers_page, name="gate-dossiers"),
    path("ket-noi/ho-so/moi", dossiers.new_page, name="gate-new"),
    path(_DOSSIER, dossiers.dossier_page, name="gate-dossier"),
    path(f"{_DOSSIER}/giay/<str:kind>.docx", papers.document_page, name="gate-document"),
    path(f"{_DOSSIER}/giay/<str:kind>/ban-ky", papers.file_page, name="gate-paper-file"),
    path(f"{_DOSSIER}/giay/<str:kind>", papers.paper_page, name="gate-paper"),
    path(f"{_DOSSIER}/dich-vu", papers.lines_page, name="gate-lines"),
    path(f"{_DOSSIER}/tai-khoan", accounts.list_page, name="gate-account-list"),
    path(f"{_DOSSIER}/tai-khoan/mau.xlsx", accounts.template_file, name="gate-accounts-template"),
    path(f"{_DOSSIER}/tai-khoan/can-sua.xlsx", accounts.returned_file, name="gate-accounts-returned"),
    path(f"{_DOSSIER}/kiem-tra", inspections.of_dossier_page, name="gate-inspections-of"),
    path("ket-noi/kiem-tra", inspections.inspections_page, name="gate-inspections"),
    path("ket-noi/kiem-tra/<uuid:inspection>", inspections.inspection_page, name="gate-inspection"),
    path("ket-noi/kiem-tra/<uuid:inspection>/tep/<str:digest>", inspections.evidence_file, name="gate-evidence"),
    path("ket-noi/tai-khoan", accounts.accounts_page, name="gate-accounts"),
    path("ket-noi/co-quan", parties.parties_page, name="gate-parties"),
    path("ket-noi/co-quan/<str:code>", parties.party_page, name="gate-party"),
    path("ket-noi/bang-theo-doi", board.board_page, name="gate-board"),
    path("ket-noi/bang-theo-doi.csv", board.board_file, name="gate-board-file"),
    path("ket-noi/bang-theo-doi/<str:code>", board.body_page, name="gate-board-body"),
    path(f"{_SYSTEM}/trang-thai", systems.state_page, name="gate-system-state"),
    path(f"{_SYSTEM}/trang-thai/lenh.jws", systems.order_file, name="gate-order"),
    path(f"{_SYSTEM}/khoa", systems.keys_page, name="gate-system-keys"),
]
