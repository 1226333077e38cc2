"""The addresses of the product and a few pages that fail, each in its own way."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from dancu.identity.api import public
from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany, Unavailable
from dancu.project.urls import handler404
from dancu.project.urls import urlpatterns as product

__all__ = ["handler404", "urlpatterns"]
SECRET = "so 046090000101 o bang population_person"


def raises(failure: Exception):
    @public
    def page(request: HttpRequest) -> HttpResponse:
        raise failure

    return page


FAILURES = {
    "hong": (RuntimeError(SECRET), 500),
    "hong-khoa": (KeyError(SECRET), 500),
    "khong-thay": (Http404(SECRET), 404),
    "khong-thay-ho-so": (NotFound("a.b", "Không có hồ sơ này.", "There is no such dossier."), 404),
    "khong-duoc": (NotAllowed("a.b", "Bạn không được giao việc này.", "This work is not yours."), 403),
    "sai": (Invalid("a.b", "Chưa nhập họ và tên.", "Enter the name."), 422),
    "trai": (Conflict("a.b", "Hồ sơ đã trả kết quả.", "The dossier is delivered."), 409),
    "nhieu": (TooMany("a.b", "Quá nhiều yêu cầu.", "Too many requests."), 429),
    "mat": (Unavailable("a.b", "Chưa nối được.", "Not connected."), 503),
    "mat-ket-noi": (InterfaceError(SECRET), 503),
    "cam": (PermissionDenied(SECRET), 403),
    "la": (SuspiciousOperation(SECRET), 400),
}
urlpatterns = [*product, *(path(name, raises(failure)) for name, (failure, _) in FAILURES.items())]
