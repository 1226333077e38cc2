"""Addresses of the lists, and of the reviewers' desk. Nothing about a person stands in any of them."""

from django.urls import path

from dancu.reconcile import http
from dancu.reconcile.kept import pages as kept
from dancu.reconcile.pages import keys, lists, report, review, rounds
from dancu.reconcile.phones import pages as phones

urlpatterns = [
    path("doi-soat", lists.lists_page, name="reconcile"),
    path("doi-soat/moi", lists.new_list_page, name="reconcile-new"),
    path("doi-soat/danh-sach-giu", kept.lists_page, name="kept-lists"),
    path("doi-soat/danh-sach-giu/<uuid:list_id>", kept.list_page, name="kept-list"),
    path("doi-soat/danh-sach-giu/<uuid:list_id>/bien-dong.csv", kept.events_file, name="kept-events-file"),
    path("doi-soat/so-thue-bao", phones.numbers_page, name="reconcile-phones"),
    path("doi-soat/so-thue-bao/<uuid:claim_id>/tra-lai", phones.give_up_page, name="reconcile-phone-give-up"),
    path("doi-soat/dot/<uuid:round_id>/so-thue-bao", phones.pass_page, name="reconcile-phones-pass"),
    path("doi-soat/ghi-so-dien-thoai", phones.writings_page, name="reconcile-phones-writings"),
    path("doi-soat/xem-lai", review.queue_page, name="reconcile-review"),
    path("doi-soat/xem-lai/<uuid:case_id>", review.case_page, name="reconcile-case"),
    path("doi-soat/<uuid:list_id>", lists.list_page, name="reconcile-list"),
    path("doi-soat/<uuid:list_id>/gui", lists.upload_page, name="reconcile-upload"),
    path("doi-soat/<uuid:list_id>/khoa", keys.keys_page, name="reconcile-keys"),
    path("doi-soat/dot/<uuid:round_id>", rounds.round_page, name="reconcile-round"),
    path("doi-soat/dot/<uuid:round_id>/cot", rounds.columns_page, name="reconcile-columns"),
    path("doi-soat/dot/<uuid:round_id>/tien-do", rounds.progress_part, name="reconcile-progress"),
    path("doi-soat/dot/<uuid:round_id>/bao-cao", report.report_page, name="reconcile-report"),
    path("doi-soat/dot/<uuid:round_id>/can-lam", report.worklist_page, name="reconcile-worklist"),
    path("doi-soat/dot/<uuid:round_id>/tai", report.download_page, name="reconcile-download"),
    path("doi-soat/dot/<uuid:round_id>/xem-lai", report.ask_review_page, name="reconcile-ask-review"),
    path("api/reconcile/list", http.list_answer, name="reconcile-api-list"),
    path("api/reconcile/files/<str:digest>", http.file_answer, name="reconcile-api-file"),
    path("api/reconcile/rounds", http.rounds_answer, name="reconcile-api-rounds"),
    path("api/reconcile/rounds/<uuid:round_id>", http.round_answer, name="reconcile-api-round"),
    path("api/reconcile/rounds/<uuid:round_id>/results/<str:what>", http.result_answer, name="reconcile-api-result"),
    path("api/reconcile/rounds/<uuid:round_id>/<str:act>", http.act_answer, name="reconcile-api-act"),
]
