"""What every page shares: headers, failures as sentences, the language by choice, and what is left when the database is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from tests.factories.people import NAME, NUMBER
from tests.identity.scene import ACCOUNT, PASSWORD, hidden, text_of
from tests.ui.failing_pages import FAILURES, SECRET

PUBLIC = ["/", "/dang-nhap"]
PERSONAL = ["/mot-cua", "/mot-cua/ho-so"]
MISSING = "/khong-co-trang-nay"
TYPED = {"number": NUMBER, "name": 'Trần "Văn" <b>Hòa', "birth_date": "17/05/1990", "procedure": "1.001193"}
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)


def alert_of(answer: Any) -> str:
    found = re.search(r'role="alert"[^>]*>\s*<p>(.*?)</p>', text_of(answer), re.S)
    return found.group(1) if found else ""


def policy_of(answer: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip()]
    return {name: values for name, *values in parts}


def without_database(ask: Callable[[], Any]) -> Any:
    """Ask from a thread whose database refuses every connection, as after the server went away."""
    known = connections.settings["default"]
    kept = dict(known)
    known.update(HOST="127.0.0.1", PORT="1")
    try:
        with ThreadPoolExecutor(1) as other:
            return other.submit(ask).result(20)
    finally:
        known.update(kept)


@pytest.mark.parametrize("path", [*PUBLIC, *PERSONAL, MISSING, "/static/ui/base.css", "/static/ui/khong-co.css", "/suc-khoe"])
def test_every_answer_tells_the_browser_what_it_may_not_do(browser: Client, path: str):
    answer = browser.get(path)

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer["X-Frame-Options"] == "DENY"
    policy = policy_of(answer)
    assert policy["default-src"] == ["'self'"]
    assert {policy[name][0] for name in ("object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert policy["form-action"] == ["'self'"]
    for directive in ("script-src", "style-src"):
        assert set(policy.get(directive, policy["default-src"])) == {"'self'"}


@pytest.mark.parametrize("path", [*PUBLIC, *PERSONAL, MISSING, "/suc-khoe"])
def test_a_page_is_not_kept_by_anybody_on_the_way(browser: Client, path: str):
    assert "no-store" in browser.get(path)["Cache-Control"]
    assert "no-store" in browser.post(path, TYPED)["Cache-Control"]


def test_what_shows_nobody_may_be_kept():
    answer = Client().get("/static/ui/base.css")

    assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=3600")


@pytest.mark.parametrize("path", ["..%2f..%2fproject/settings.py", "../project/settings.py", "/etc/passwd", "ui/../../pages.py"])
def test_only_files_meant_for_browsers_are_given(path: str):
    answer = Client().get(f"/static/{path}")

    assert answer.status_code in (400, 404)
    assert VIETNAMESE.search(alert_of(answer))


@pytest.mark.urls("tests.ui.failing_pages")
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_a_vietnamese_sentence_and_tells_nothing_of_the_inside(name: str):
    answer = Client().get(f"/{name}")

    page = text_of(answer)
    assert answer.status_code == FAILURES[name][1]
    assert VIETNAMESE.search(alert_of(answer))
    assert alert_of(answer).endswith(".")
    assert '<html lang="vi">' in page
    assert not [word for word in (SECRET, NUMBER, "Traceback", "Error", ".py", "population_person", "a.b") if word in page]
    assert "Content-Security-Policy" in answer


@pytest.mark.urls("tests.ui.failing_pages")
def test_an_inner_failure_has_a_reference_that_is_new_each_time_and_stands_in_the_log_without_the_text(capfd):
    pages = [text_of(Client().get("/hong")) for _ in range(2)]

    references = [re.search(r"<code>([0-9a-f]{12})</code>", page).group(1) for page in pages]
    written = "".join(capfd.readouterr())
    assert references[0] != references[1]
    assert all(reference in written for reference in references)
    assert SECRET not in written
    assert NUMBER not in written


@pytest.mark.urls("tests.ui.failing_pages")
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_keeps_what_was_typed_but_no_password(name: str):
    answer = Client().post(f"/{name}", {**TYPED, "mat_khau": "bi-mat-thu"})

    form = hidden(answer, f"/{name}")
    assert {field: form[field] for field in TYPED} == TYPED
    assert "bi-mat-thu" not in text_of(answer)
    assert '<b>Hòa"' not in text_of(answer)


@pytest.mark.urls("tests.ui.failing_pages")
@pytest.mark.parametrize(("name", "again"), [("mat", True), ("nhieu", True), ("hong", False)])
def test_what_passes_by_itself_says_when_to_try_again(name: str, again: bool):
    assert ("Retry-After" in Client().get(f"/{name}")) is again


def test_a_missing_page_says_so_and_leads_on():
    answer = Client().get(MISSING)

    assert (answer.status_code, alert_of(answer)) == (404, "Không có trang này. Kiểm tra lại địa chỉ, hoặc về trang đầu.")
    assert '<a href="/">Về trang đầu</a>' in text_of(answer)


def test_a_form_without_its_token_is_refused_with_a_sentence_and_can_be_sent_again(browser: Client):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    refused = strict.post("/mot-cua/ho-so", TYPED)
    assert refused.status_code == 403
    assert "Những gì bạn đã nhập vẫn còn" in alert_of(refused)
    form = hidden(refused, "/mot-cua/ho-so")

    assert {field: form[field] for field in TYPED} == TYPED
    assert strict.post("/ngon-ngu", {**form, "language": "vi", "next": "/"}).status_code == 302


@pytest.mark.parametrize(
    "said",
    [{"Origin": "https://noi-khac.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_another_site_sent_is_refused_without_its_fields_and_without_a_button(browser: Client, said: dict[str, str]):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    refused = strict.post("/mot-cua/ho-so", TYPED, headers=said)

    assert (refused.status_code, "trang web khác" in alert_of(refused)) == (403, True)
    assert 'action="/mot-cua/ho-so"' not in text_of(refused)
    assert "Thử lại" not in text_of(refused)
    assert NUMBER not in text_of(refused)


@pytest.mark.parametrize("said", [{"Origin": "http://testserver"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
def test_a_form_of_ours_that_grew_old_keeps_its_fields_in_every_browser(browser: Client, said: dict[str, str]):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    assert hidden(strict.post("/mot-cua/ho-so", TYPED, headers=said), "/mot-cua/ho-so")["number"] == NUMBER


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"name=a"),  # without its boundary
        ("application/x-www-form-urlencoded; charset=latin1", b"name=a"),
        ("application/x-www-form-urlencoded", b"name=%00&name=a"),  # the last of two values is what pages read
    ],
)
def test_a_body_nobody_can_read_is_refused_and_is_no_failure_of_ours(kind: str, body: bytes, capfd):
    answer = Client().post("/dang-nhap", body, content_type=kind)

    assert (answer.status_code, alert_of(answer)) == (400, "Yêu cầu không hợp lệ. Tải lại trang rồi thử lại.")
    assert "web.request.failed" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(("method", "path"), [("delete", "/mot-cua"), ("get", "/dang-xuat"), ("post", "/mot-cua/ho-so")])
def test_a_method_a_page_does_not_know_is_405_and_says_which_it_knows(browser: Client, method: str, path: str):
    answer = getattr(browser, method)(path)

    assert answer.status_code == 405
    assert answer["Allow"]
    assert method.upper() not in answer["Allow"].split(", ")


@pytest.mark.parametrize("path", PERSONAL)
def test_a_page_without_its_database_is_503_with_a_sentence(browser: Client, path: str):
    answer = without_database(lambda: browser.get(path))

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert alert_of(answer).startswith("Máy chủ dữ liệu tạm thời không trả lời.")
    assert f'class="button" href="{path}"' in text_of(answer)
    assert "127.0.0.1" not in text_of(answer)
    assert browser.get(path).status_code == 200


def test_what_was_typed_while_the_database_went_away_is_sent_again_by_one_button(browser: Client):
    answer = without_database(lambda: browser.post("/mot-cua", {**TYPED, "name": ""}))
    assert answer.status_code == 503
    form = hidden(answer, "/mot-cua")

    later = browser.post("/mot-cua", form)

    assert {field: form[field] for field in TYPED} == {**TYPED, "name": ""}
    assert later.status_code == 422
    assert f'value="{NUMBER}"' in text_of(later)


def test_signing_in_without_the_database_keeps_the_account_and_never_the_password(browser: Client):
    typed = {"tai_khoan": ACCOUNT, "mat_khau": PASSWORD, "tiep": "/mot-cua/ho-so"}

    answer = without_database(lambda: Client().post("/dang-nhap", typed))

    assert answer.status_code == 503
    assert hidden(answer).items() >= {("tai_khoan", ACCOUNT), ("tiep", "/mot-cua/ho-so")}
    assert PASSWORD not in text_of(answer)


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/dang-nhap", 200), (MISSING, 404), ("/suc-khoe", 503)])
def test_pages_that_need_no_database_stay_and_the_health_page_tells(db: None, path: str, status: int):
    assert without_database(lambda: Client().get(path)).status_code == status
    assert Client().get("/suc-khoe").status_code == 200


def switched(browser: Client, language: str, path: str = "/dang-nhap") -> Any:
    return browser.post("/ngon-ngu", {"language": language, "next": path})


@pytest.mark.parametrize("path", [*PUBLIC, MISSING])
def test_english_is_a_switch_on_every_page_and_the_way_back_too(path: str):
    browser = Client()
    form = hidden(browser.get(path), "/ngon-ngu")
    assert form.items() >= {("language", "en"), ("next", path)}

    answer = browser.post("/ngon-ngu", form)

    page = text_of(browser.get(answer["Location"]))
    assert '<html lang="en">' in page
    assert not VIETNAMESE.search(page.replace("Tiếng Việt", ""))
    assert '<button class="plain" lang="vi">Tiếng Việt</button>' in page
    browser.post("/ngon-ngu", hidden(browser.get(path), "/ngon-ngu"))
    assert '<html lang="vi">' in text_of(browser.get(path))


@pytest.mark.urls("tests.ui.failing_pages")
@pytest.mark.parametrize("name", FAILURES)
def test_failures_speak_english_after_the_switch(name: str):
    browser = Client()
    switched(browser, "en")

    page = text_of(browser.get(f"/{name}"))

    assert '<html lang="en">' in page
    assert not VIETNAMESE.search(page.replace("Tiếng Việt", ""))


@pytest.mark.parametrize("header", ["en", "en-GB,en;q=0.9", "fr", "*"])
def test_the_language_of_the_browsers_own_menus_changes_nothing(header: str):
    assert '<html lang="vi">' in text_of(Client().get("/", headers={"accept-language": header}))


@pytest.mark.parametrize("language", ["de", "xx", "", "en'><script>"])
def test_a_language_nobody_offered_stays_vietnamese(language: str):
    browser = Client()

    switched(browser, language)

    assert '<html lang="vi">' in text_of(browser.get("/"))


@pytest.mark.parametrize("wanted", ["https://example.org/", "//example.org/", "/\\example.org/", "/\t/example.org/", "x", ""])
def test_the_language_switch_leads_to_no_other_site(wanted: str):
    assert switched(Client(), "en", wanted)["Location"] == "/"


def test_the_language_is_remembered_without_a_session():
    browser = Client()
    switched(browser, "en")

    cookie = browser.cookies[settings.LANGUAGE_COOKIE_NAME]

    assert (cookie.value, cookie["samesite"]) == ("en", "Lax")
    assert settings.SESSION_COOKIE_NAME not in browser.cookies


def test_the_name_of_the_officer_stands_on_her_pages_escaped(browser: Client):
    from dancu.identity.models import Officer

    Officer.objects.filter(account=ACCOUNT).update(name=f"{NAME} <script>")

    page = text_of(browser.get("/mot-cua"))

    assert f"{NAME} &lt;script&gt;" in page


def test_the_start_page_lists_the_work_that_is_given_and_offers_to_sign_in(browser: Client):
    from tests.identity.scene import CLERK, browser_of

    given, none, nobody = text_of(browser.get("/")), text_of(browser_of(CLERK).get("/")), text_of(Client().get("/"))

    assert 'href="/mot-cua"' in given
    assert "Tài khoản của bạn chưa được giao việc nào." in none
    assert 'href="/mot-cua"' not in none + nobody
    assert '<a class="button main" href="/dang-nhap">' in nobody


def test_the_start_page_stays_when_the_database_is_gone(browser: Client):
    answer = without_database(lambda: browser.get("/"))

    assert answer.status_code == 200
    assert 'href="/dang-nhap"' in text_of(answer)


def test_a_page_goes_compressed_to_whom_can_read_it_and_never_in_one_size():
    sizes = {len(Client().get("/", headers={"accept-encoding": "gzip"}).content) for _ in range(12)}
    answer = Client().get("/", headers={"accept-encoding": "gzip"})

    assert answer["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in Client().get("/")
    assert len(sizes) > 1
