"""`deskbell demo` driven by a real browser: raise, escalate, acknowledge, resolve, rate. Screenshots are kept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PICTURES = Path(os.environ.get("DESKBELL_TEST_PICTURES", "build/pictures"))
PATIENCE_MS = 15_000
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)

OUTAGE = "全公司的邮箱都登不上去了，客户在等我们的报价，急！"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM HERE: the demonstration is not tested; install chromium"),
]


@dataclass
class Newcomer:
    """Somebody who tries the desk for the first time."""

    page: Page
    url: str

    def be(self, person: str) -> None:
        """From now on this person."""
        self.page.goto(f"{self.url}/#{person}")
        self.page.reload()
        expect(self.page.locator(".message, .empty").first).to_be_visible(timeout=PATIENCE_MS)

    def say(self, words: str) -> None:
        """Writes to the desk."""
        self.page.locator("textarea").first.fill(words)
        self.page.keyboard.press("Enter")

    def card(self, words: str) -> Locator:
        """The newest card with these words."""
        return self.page.locator(".message").filter(has_text=words).last

    def press(self, label: str, *, on: str) -> None:
        """Presses the button on the newest card with these words that has one."""
        button = self.page.locator(".message").filter(has_text=on).get_by_role("button", name=label, exact=True).last
        button.click(timeout=PATIENCE_MS)

    def picture(self, name: str) -> None:
        """A screenshot, kept for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture
def newcomer() -> Iterator[Newcomer]:
    command = [sys.executable, "-m", "bot", "demo", "--no-browser"]
    desk = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert desk.stdout is not None
    found = re.search(r"http://\S+", desk.stdout.readline())
    assert found is not None
    with sync_playwright() as players:
        browser = players.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield Newcomer(browser.new_page(viewport=DESKTOP), found.group(0))
        finally:
            browser.close()
            desk.terminate()
            assert desk.wait(10) == 0


def test_a_request_is_raised_climbs_is_taken_resolved_and_rated(newcomer: Newcomer) -> None:
    newcomer.be("lin-xia")
    newcomer.say(OUTAGE)
    expect(newcomer.card("INC-1")).to_contain_text("P1", timeout=PATIENCE_MS)
    newcomer.picture("1-receipt")

    newcomer.be("zhao-lei")
    expect(newcomer.card("INC-1")).to_contain_text("正在呼叫您", timeout=PATIENCE_MS)
    newcomer.picture("2-page")
    newcomer.page.locator("#jump").click()

    newcomer.be("chen-siyuan")
    expect(newcomer.card("INC-1")).to_contain_text("第 2 级", timeout=PATIENCE_MS)
    newcomer.press("受理", on="第 2 级")
    expect(newcomer.card("INC-1")).to_contain_text("陈思远 已受理", timeout=PATIENCE_MS)

    newcomer.be("zhao-lei")
    expect(newcomer.card("INC-1").get_by_role("button", name="受理", exact=True)).to_have_count(0, timeout=PATIENCE_MS)

    newcomer.be("chen-siyuan")
    newcomer.press("解决", on="INC-1")
    newcomer.page.get_by_role("dialog").get_by_role("textbox").fill("证书已更换。")
    newcomer.picture("3-form")
    newcomer.page.get_by_role("dialog").get_by_role("button").last.click()

    newcomer.be("lin-xia")
    expect(newcomer.card("证书已更换")).to_be_visible(timeout=PATIENCE_MS)
    newcomer.press("5 ★", on="INC-1 已解决")
    expect(newcomer.page.locator(".message").filter(has_text="★★★★★").last).to_be_visible(timeout=PATIENCE_MS)
    newcomer.picture("4-rated")
    newcomer.page.set_viewport_size(PHONE)
    newcomer.be("lin-xia")
    newcomer.picture("5-phone")
    newcomer.page.emulate_media(color_scheme="dark")
    newcomer.picture("6-phone-dark")


def test_the_clock_is_turned_and_an_english_reader_gets_english(newcomer: Newcomer) -> None:
    newcomer.be("emma-clarke")
    newcomer.say("The VPN is down for the whole London office, nobody can work")
    expect(newcomer.card("INC-1")).to_contain_text("First response", timeout=PATIENCE_MS)
    newcomer.picture("7-english")

    newcomer.be("sofia-keller")
    newcomer.page.locator("[data-speed='600']").click()
    expect(newcomer.card("INC-1")).to_be_visible(timeout=PATIENCE_MS)
    newcomer.picture("8-manager")
