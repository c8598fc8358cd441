"""Cookie mode: the refresh token in a cookie no script can read, and no other site that can make use of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Session, User
from accounts.services import TokenPair, issue_tokens
from accounts.tests.test_passwords import change
from accounts.tests.test_refreshing import GRACE, row_of, traded_ago
from accounts.tests.test_sessions import bearer, is_signed_in, session_of

if TYPE_CHECKING:
    from rest_framework.response import _MonkeyPatchedResponse as Answer

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth"
PAGE, ELSEWHERE = "https://tv.example.com", "https://evil.example.com"
CREDENTIALS = {"email": "dora@example.com", "password": "a horse at the cinema"}
COOKIE = "marquee_refresh"


@pytest.fixture(autouse=True)
def fast_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cookie_mode(settings: Settings) -> None:
    """As with AUTH_COOKIES=true and the page's origin in CORS_ALLOWED_ORIGINS."""
    settings.AUTH_COOKIES = True
    settings.CORS_ALLOWED_ORIGINS = [PAGE]
    settings.CORS_ALLOW_CREDENTIALS = True


@pytest.fixture
def dora(db: None) -> User:
    """A customer who knows her password."""
    return User.objects.create_user(**CREDENTIALS)


class Browser:
    """Keeps cookies, and sends them with whatever any page makes it send."""

    def __init__(self) -> None:
        self.client = APIClient(enforce_csrf_checks=True, raise_request_exception=False)
        self.csrf_token = ""

    def post(
        self, path: str, body: Any = None, *, page: str = PAGE, token: str | None = None, **options: Any
    ) -> Answer:
        """What a page at `page` sends, with the CSRF token if it is to know one."""
        headers = options.pop("headers", {}) | {"Origin": page}
        if token is not None:
            headers["X-CSRFToken"] = token
        return self.client.post(f"{AUTH}/{path}", body, headers=headers, **options)

    def sign_in(self) -> Answer:
        """Through the page's form."""
        answer = self.post("login", CREDENTIALS)
        assert answer.status_code == 200
        self.csrf_token = answer.json()["csrf_token"]
        return answer

    def refresh(self) -> Answer:
        """As the page does."""
        return self.post("refresh", token=self.csrf_token)

    @property
    def kept(self) -> str:
        """The refresh token in the browser; "" when it was dropped."""
        morsel = self.client.cookies.get(COOKIE)
        return morsel.value if morsel else ""


@pytest.fixture
def browser(cookie_mode: None, dora: User) -> Browser:
    """Dora's, at the page, signed in."""
    browser = Browser()
    browser.sign_in()
    return browser


def pair_of(browser: Browser, answer: Answer) -> TokenPair:
    return TokenPair(answer.json()["access_token"], browser.kept)


# What the browser gets


@pytest.mark.parametrize("door", ["register", "login", "refresh"])
def test_the_refresh_token_comes_in_a_cookie_no_script_can_read(cookie_mode: None, door: str) -> None:
    browser = Browser()
    if door != "register":
        User.objects.create_user(**CREDENTIALS)
    if door == "refresh":
        browser.sign_in()
    answer = browser.refresh() if door == "refresh" else browser.post(door, CREDENTIALS)
    assert answer.status_code == (201 if door == "register" else 200)
    assert set(answer.json()) == {"access_token", "refresh_token", "token_type", "csrf_token"}
    assert answer.json()["refresh_token"] is None
    cookie = answer.cookies[COOKIE]
    assert cookie.value not in answer.content.decode()
    assert row_of(cookie.value).session.user.email == CREDENTIALS["email"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == (AUTH, "", 7 * 24 * 60 * 60)


def test_the_operator_says_which_sites_may_use_the_cookie(cookie_mode: None, dora: User, settings: Settings) -> None:
    settings.AUTH_COOKIE_SAMESITE = "Strict"
    assert Browser().sign_in().cookies[COOKIE]["samesite"] == "Strict"


def test_the_access_token_works_as_ever(browser: Browser) -> None:
    me = APIClient().get(f"{AUTH}/me", headers=bearer(pair_of(browser, browser.refresh())))
    assert me.json()["email"] == "dora@example.com"


def test_signing_in_makes_a_new_csrf_token(browser: Browser) -> None:
    before = browser.client.cookies["csrftoken"].value
    browser.sign_in()
    assert browser.client.cookies["csrftoken"].value != before


# Refreshing


def test_the_cookie_is_traded_for_a_new_one(browser: Browser) -> None:
    before = browser.kept
    answer = browser.refresh()
    assert answer.status_code == 200
    assert browser.kept not in ("", before)
    assert browser.refresh().status_code == 200


def test_a_page_that_was_reloaded_asks_for_a_csrf_token_and_goes_on(browser: Browser) -> None:
    answer = browser.client.get(f"{AUTH}/csrf", headers={"Origin": PAGE})
    assert answer.status_code == 200
    assert set(answer.json()) == {"csrf_token"}
    assert "no-store" in answer["Cache-Control"]
    assert browser.post("refresh", token=answer.json()["csrf_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_pages_that_refresh_at_once_with_the_same_cookie_all_stay_signed_in(browser: Browser) -> None:
    kept, csrf_cookie = browser.kept, browser.client.cookies["csrftoken"].value

    def refresh(_: int) -> Browser:
        page = Browser()
        page.csrf_token = browser.csrf_token
        page.client.cookies[COOKIE], page.client.cookies["csrftoken"] = kept, csrf_cookie
        try:
            assert page.refresh().status_code == 200
        finally:
            connections.close_all()
        return page

    with ThreadPoolExecutor(6) as threads:
        pages = list(threads.map(refresh, range(6)))
    assert len({page.kept for page in pages}) == 6
    assert [page.refresh().status_code for page in pages] == [200] * 6


def test_a_cookie_that_is_refused_is_dropped(browser: Browser) -> None:
    traded_ago(browser.kept, GRACE + timedelta(minutes=1))
    answer = browser.refresh()
    assert answer.status_code == 401
    assert answer.json()["code"] == "refresh_refused"
    dropped = answer.cookies[COOKIE]
    assert (dropped.value, dropped["max-age"], dropped["path"]) == ("", 0, AUTH)
    assert (dropped["secure"], dropped["httponly"]) == (True, True)
    assert browser.kept == ""


@pytest.mark.parametrize("body", [None, {}, {"refresh_token": None}, {"refresh_token": ""}])
def test_a_browser_without_a_cookie_is_told_to_sign_in(cookie_mode: None, body: dict[str, str | None] | None) -> None:
    answer = Browser().post("refresh", body)
    assert answer.status_code == 401
    assert answer.json()["code"] == "refresh_refused"


# Other sites


def assert_came_to_nothing(browser: Browser, answer: Answer) -> None:
    """Refused, the cookie neither spent nor dropped."""
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf_failed"
    assert COOKIE not in answer.cookies
    row = row_of(browser.kept)
    assert row.rotated_at is None
    assert row.session.revoked_at is None


@pytest.mark.parametrize("path", ["refresh", "logout"])
def test_a_cookie_alone_is_worth_nothing(browser: Browser, path: str) -> None:
    assert_came_to_nothing(browser, browser.post(path))


@pytest.mark.parametrize("path", ["refresh", "logout"])
@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é" * 64])
def test_a_wrong_csrf_token_is_worth_nothing(browser: Browser, path: str, token: str) -> None:
    assert_came_to_nothing(browser, browser.post(path, token=token))


@pytest.mark.parametrize("path", ["refresh", "logout"])
@pytest.mark.parametrize("page", [ELSEWHERE, "null", "https://tv.example.com.evil.example", "http://tv.example.com"])
def test_a_page_of_another_origin_is_refused_whatever_token_it_has(browser: Browser, path: str, page: str) -> None:
    assert_came_to_nothing(browser, browser.post(path, page=page, token=browser.csrf_token))


@pytest.mark.parametrize("path", ["refresh", "logout"])
def test_over_tls_somebody_must_say_which_page_it_is(browser: Browser, path: str) -> None:
    silent = browser.client.post(f"{AUTH}/{path}", headers={"X-CSRFToken": browser.csrf_token}, secure=True)
    assert_came_to_nothing(browser, silent)


@pytest.mark.parametrize("path", ["refresh", "logout"])
def test_a_csrf_token_of_another_browser_is_worth_nothing(browser: Browser, path: str) -> None:
    thief = Browser()
    thief.sign_in()
    assert_came_to_nothing(browser, browser.post(path, token=thief.csrf_token))


@pytest.mark.parametrize("path", ["refresh", "logout"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_a_form_of_another_site_comes_to_nothing(browser: Browser, path: str, kind: str) -> None:
    answer = browser.client.post(
        f"{AUTH}/{path}",
        data=f"csrfmiddlewaretoken={browser.csrf_token}",
        content_type=kind,
        headers={"Origin": ELSEWHERE},
    )
    assert answer.status_code in (400, 403, 415)
    assert session_of(TokenPair("", browser.kept)).revoked_at is None
    empty = browser.client.generic("POST", f"{AUTH}/{path}", "", content_type=kind, headers={"Origin": ELSEWHERE})
    assert_came_to_nothing(browser, empty)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_another_site_cannot_sign_a_browser_in(cookie_mode: None, dora: User, kind: str) -> None:
    """What needs no preflight is not read as JSON: nobody is put into somebody else's account unawares."""
    body = '{"email": "dora@example.com", "password": "a horse at the cinema"}'
    answer = Browser().client.generic("POST", f"{AUTH}/login", body, content_type=kind, headers={"Origin": ELSEWHERE})
    assert answer.status_code == 415
    assert not answer.cookies


def test_another_site_is_not_allowed_to_read_the_csrf_token(browser: Browser) -> None:
    answer = browser.client.get(f"{AUTH}/csrf", headers={"Origin": ELSEWHERE})
    assert "Access-Control-Allow-Origin" not in answer


# Signing out


def test_signing_out_ends_the_session_of_the_cookie_and_drops_it(browser: Browser) -> None:
    pair = pair_of(browser, browser.refresh())
    answer = browser.post("logout", token=browser.csrf_token)
    assert answer.status_code == 204
    assert browser.kept == ""
    assert not is_signed_in(pair)


def test_an_access_token_signs_out_without_a_csrf_token_and_drops_the_cookie(browser: Browser) -> None:
    pair = pair_of(browser, browser.refresh())
    assert browser.post("logout", headers=bearer(pair)).status_code == 204
    assert browser.kept == ""
    assert not is_signed_in(pair)


def test_a_stale_access_token_leaves_it_to_the_cookie(browser: Browser) -> None:
    stale = {"Authorization": "Bearer stale.since.yesterday"}
    assert_came_to_nothing(browser, browser.post("logout", headers=stale))
    assert browser.post("logout", token=browser.csrf_token, headers=stale).status_code == 204
    assert not Session.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize("way", ["logout-all", "sessions"])
def test_other_ways_of_signing_this_device_out_drop_the_cookie_too(browser: Browser, way: str) -> None:
    pair = pair_of(browser, browser.refresh())
    if way == "sessions":
        answer = browser.client.delete(f"{AUTH}/sessions/{session_of(pair).id}", headers=bearer(pair))
    else:
        answer = browser.post(way, headers=bearer(pair))
    assert answer.status_code == 204
    assert browser.kept == ""


def test_signing_another_device_out_keeps_the_cookie(browser: Browser, dora: User) -> None:
    phone = session_of(issue_tokens(user=dora))
    answer = browser.client.delete(f"{AUTH}/sessions/{phone.id}", headers=bearer(pair_of(browser, browser.refresh())))
    assert answer.status_code == 204
    assert browser.kept


def test_a_new_password_keeps_the_browser_signed_in(browser: Browser) -> None:
    assert change(pair_of(browser, browser.refresh())).status_code == 204
    assert browser.refresh().status_code == 200


# Apps that hold a refresh token of their own


def test_a_token_in_the_body_is_traded_in_the_body_and_needs_no_csrf_token(cookie_mode: None, dora: User) -> None:
    answer = Browser().post("refresh", {"refresh_token": issue_tokens(user=dora).refresh_token})
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "token_type"}
    assert row_of(answer.json()["refresh_token"]).session.user == dora
    assert not answer.cookies


def test_a_token_in_the_body_leaves_the_cookie_alone(browser: Browser, dora: User) -> None:
    for refresh_token, status in ((issue_tokens(user=dora).refresh_token, 200), ("nobody-ever-got-this", 401)):
        answer = browser.post("refresh", {"refresh_token": refresh_token})
        assert answer.status_code == status
        assert not answer.cookies
    assert row_of(browser.kept).rotated_at is None


# Off


def test_out_of_cookie_mode_no_answer_sets_a_cookie(alice: User, db: None) -> None:
    client = APIClient()
    email, password = CREDENTIALS.values()
    pair = issue_tokens(user=alice)
    answers = [
        client.post(f"{AUTH}/register", CREDENTIALS),
        client.post(f"{AUTH}/login", CREDENTIALS),
        client.post(f"{AUTH}/refresh", {"refresh_token": pair.refresh_token}),
        client.post(f"{AUTH}/refresh", {"refresh_token": "nobody-ever-got-this"}),
        client.get(f"{AUTH}/csrf"),
        client.get(f"{AUTH}/sessions", headers=bearer(pair)),
        client.delete(f"{AUTH}/sessions/{session_of(pair).id}", headers=bearer(pair)),
        client.post(f"{AUTH}/logout", headers=bearer(pair)),
        client.post(f"{AUTH}/logout-all", headers=bearer(issue_tokens(user=alice))),
        client.post(f"{AUTH}/password-reset", {"email": email}),
        client.post(f"{AUTH}/password-reset/confirm", {"token": "x", "new_password": password}),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 401, 404, 200, 204, 204, 204, 202, 422]
    assert not [answer for answer in answers if "Set-Cookie" in answer.headers or answer.cookies]
    assert all(answer.json()["refresh_token"] for answer in answers[:3])


def test_out_of_cookie_mode_cookies_are_ignored(dora: User) -> None:
    pair, browser = issue_tokens(user=dora), Browser()
    browser.client.cookies[COOKIE] = pair.refresh_token
    assert browser.post("refresh").status_code == 422
    assert browser.post("logout").status_code == 401
    assert row_of(pair.refresh_token).rotated_at is None
    assert is_signed_in(pair)


def test_out_of_cookie_mode_there_is_no_csrf_token(guest: APIClient) -> None:
    answer = guest.get(f"{AUTH}/csrf")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_the_cookie_lives_as_long_as_its_token(cookie_mode: None, dora: User, settings: Settings) -> None:
    settings.REFRESH_TOKEN_LIFETIME = timedelta(days=2)
    cookie = Browser().sign_in().cookies[COOKIE]
    assert cookie["max-age"] == 2 * 24 * 60 * 60
    assert abs(row_of(cookie.value).expires_at - timezone.now() - timedelta(days=2)) < timedelta(seconds=10)


def test_a_page_of_the_client_has_no_business_in_the_admin_site(carol: User, client: Client, cookie_mode: None) -> None:
    """Cookie mode lets the client's pages send cookies; a script that got into one must not act as staff."""
    client.force_login(carol)
    page = client.get("/admin/", headers={"Origin": PAGE})
    assert page.status_code == 200
    assert not any(name.lower().startswith("access-control-") for name in page.headers)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(carol)
    token = browser.get("/admin/password_change/").context["csrf_token"]
    form = {"csrfmiddlewaretoken": str(token), "old_password": "x", "new_password1": "y", "new_password2": "y"}
    assert browser.post("/admin/password_change/", form, headers={"Origin": PAGE}).status_code == 403


def test_tokens_are_kept_by_nobody_on_the_way(dora: User, guest: APIClient, settings: Settings) -> None:
    for settings.AUTH_COOKIES in (False, True):
        assert guest.post(f"{AUTH}/login", CREDENTIALS)["Cache-Control"] == "no-store"
