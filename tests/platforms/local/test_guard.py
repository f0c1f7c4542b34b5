"""Only this machine gets in, and with a key only who shows it."""

from __future__ import annotations

import pytest

from tests.platforms.local.town import Town

KEY = "a-key-nobody-guesses"


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"])
async def test_this_machine_s_names_are_answered(host: str) -> None:
    async with Town().browser(host=host) as browser:
        answer = await browser.get("/api/people")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[", "localhost:x", "0.0.0.0"]
)
async def test_other_names_are_refused_even_when_they_lead_here(host: str) -> None:
    async with Town().browser(host=host) as browser:
        answers = [await browser.get(path) for path in ("/", "/api/people", "/health", "/static/app.js")]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "wrong_host")] * 4


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:8001", "http://["])
async def test_another_website_cannot_speak_for_anybody(origin: str) -> None:
    town = Town()
    hello = {"as": "mei", "place": "dm:mei", "text": "hi"}
    async with town.browser(origin=origin) as browser:
        answer = await browser.post("/api/say", json=hello)

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
    assert town.inbox.kept == {}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_what_a_plain_form_of_another_website_could_send_is_refused(kind: str) -> None:
    town = Town()
    async with town.browser() as browser:
        answer = await browser.post("/api/say", content=b"{}", headers={"content-type": kind})

    assert (answer.status_code, answer.json()["code"]) == (415, "not_json_type")


async def test_without_the_key_nothing_is_shown_but_health() -> None:
    async with Town(key=KEY).browser() as browser:
        page = await browser.get("/", headers={"accept-language": "zh"})
        closed = [await browser.get(path) for path in ("/api/people", "/api/live?as=mei", "/?key=wrong")]
        posted = await browser.post("/api/say", json={"as": "mei", "place": "dm:mei", "text": "hi"})
        health = await browser.get("/health")

    assert page.status_code == 401
    assert "服务台已上锁" in page.text
    assert [one.status_code for one in [*closed, posted]] == [401] * 4
    assert health.json() == {"ok": True}


async def test_the_key_in_the_address_becomes_a_cookie_and_leaves_the_address() -> None:
    async with Town(key=KEY).browser() as browser:
        answer = await browser.get(f"/?key={KEY}")
        page = await browser.get("/")
        people = await browser.get("/api/people")

    cookie = answer.headers["set-cookie"].lower()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert KEY not in page.text
    assert people.status_code == 200


@pytest.mark.parametrize(
    ("shown", "status"),
    [(f"Bearer {KEY}", 200), (f"bearer {KEY}", 200), ("Bearer x", 401), (KEY, 401), ("Bearer é", 401)],
)
async def test_a_script_shows_the_key_in_a_header(shown: str, status: int) -> None:
    async with Town(key=KEY).browser() as browser:
        answer = await browser.get("/api/people", headers={b"authorization": shown.encode()})

    assert answer.status_code == status


async def test_the_key_opens_no_other_page_by_its_address() -> None:
    async with Town(key=KEY).browser() as browser:
        answer = await browser.get(f"/api/people?key={KEY}")

    assert answer.status_code == 401


async def test_pages_run_no_script_of_others_and_are_shown_in_no_frame() -> None:
    async with Town().browser() as browser:
        page = await browser.get("/")
        script = await browser.get("/static/app.js")

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert script.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
