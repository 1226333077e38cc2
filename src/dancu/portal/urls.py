"""Addresses of a citizen's own pages. No personal number stands in any of them."""

from django.urls import path

from dancu.portal import case_pages, consent_pages, notice_pages, pages, phone_pages

urlpatterns = [
    path("cua-toi", pages.overview_page, name="own"),
    path("cua-toi/tep-csv", pages.file_page, name="own-file"),
    path("cua-toi/muc/<uuid:entry>", pages.line_page, name="own-line"),
    path("cua-toi/muc/<uuid:entry>/bang-chung", pages.proof_page, name="own-proof"),
    path("cua-toi/muc/<uuid:entry>/phan-doi", case_pages.objection_page, name="own-objection"),
    path("cua-toi/so-du-khong", pages.complete_page, name="own-complete"),
    path("cua-toi/yeu-cau", case_pages.cases_page, name="own-cases"),
    path("cua-toi/yeu-cau/moi", case_pages.request_page, name="own-request"),
    path("cua-toi/yeu-cau/<uuid:case>", case_pages.case_page, name="own-case"),
    path("cua-toi/yeu-cau/<uuid:case>/<slug:step>", case_pages.step_page, name="own-case-step"),
    path("cua-toi/thong-bao", notice_pages.notices_page, name="own-notices"),
    path("cua-toi/dong-y", consent_pages.consents_page, name="own-consents"),
    path("cua-toi/dong-y/<uuid:consent>/rut", consent_pages.withdraw_page, name="own-consent-withdraw"),
    path("cua-toi/so-dien-thoai", phone_pages.phones_page, name="own-phones"),
    path("cua-toi/so-dien-thoai/khai", phone_pages.declare_page, name="own-phone-declare"),
    path("cua-toi/so-dien-thoai/<uuid:line>/rut", phone_pages.withdraw_page, name="own-phone-withdraw"),
]
