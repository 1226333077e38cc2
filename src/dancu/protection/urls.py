"""Addresses of the data-protection desk, and of the register everybody may read. No number of a person stands in any of them."""

from django.urls import path

from dancu.protection.pages import breaches, cases, registers

urlpatterns = [
    path("bao-ve-du-lieu", cases.start_page, name="protection"),
    path("bao-ve-du-lieu/yeu-cau", cases.cases_page, name="protection-cases"),
    path("bao-ve-du-lieu/yeu-cau/<uuid:case_id>", cases.case_page, name="protection-case"),
    path("bao-ve-du-lieu/yeu-cau/<uuid:case_id>/but-toan", cases.look_page, name="protection-look"),
    path("bao-ve-du-lieu/yeu-cau/<uuid:case_id>/thu-hoi", cases.suspension_page, name="protection-suspension"),
    path("bao-ve-du-lieu/su-co", breaches.breaches_page, name="protection-breaches"),
    path("bao-ve-du-lieu/su-co/moi", breaches.report_page, name="protection-report"),
    path("bao-ve-du-lieu/su-co/<uuid:breach_id>", breaches.breach_page, name="protection-breach"),
    path("bao-ve-du-lieu/su-co/<uuid:breach_id>/danh-sach", breaches.derive_page, name="protection-derive"),
    path("bao-ve-du-lieu/su-co/<uuid:breach_id>/danh-sach/<uuid:run_id>", breaches.export_page, name="protection-export"),
    path("bao-ve-du-lieu/su-co/<uuid:breach_id>/thong-bao", breaches.notice_page, name="protection-notice"),
    path("bao-ve-du-lieu/dong-y", registers.consents_page, name="protection-consents"),
    path("bao-ve-du-lieu/dong-y/<uuid:consent_id>", registers.consent_page, name="protection-consent"),
    path("bao-ve-du-lieu/so-dang-ky", registers.register_page, name="protection-register"),
    path("bao-ve-du-lieu/so-dang-ky/thay-doi", registers.changes_page, name="protection-changes"),
    path("bao-ve-du-lieu/so-dang-ky/danh-gia/<str:system>", registers.assessment_page, name="protection-assessment"),
    path("so-dang-ky-xu-ly", registers.public_register_page, name="public-register"),
    path("so-dang-ky-xu-ly/thay-doi", registers.public_changes_page, name="public-register-changes"),
]
