"""The page in a real browser: what a person sees and does there."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.chat.card import Card
from bot.chat.incoming import Pressed, Said, Submitted
from bot.platforms.local.adapter import address, identity
from bot.platforms.local.serve import Server
from tests.platforms.local import samples
from tests.platforms.local.town import Town

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_S = 60
PHONE = (390, 844)
DESKTOP = (1280, 860)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM HERE: the page is not tested; install chromium"),
]


@dataclass
class Seat:
    """Somebody in front of the page."""

    town: Town
    page: Page
    url: str
    faults: list[str]

    async def be(self, person: str) -> None:
        await self.page.goto(f"{self.url}/#{person}")
        await self.page.reload()
        await expect(self.page.locator(".message, .empty").first).to_be_visible()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as players:
        browser = await players.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def seated(browser: Browser, town: Town, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Seat]:
    server = Server(town.app, town.street)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as house:
        house.create_task(server.run())
        seat = await _seat(town, server.url, browser, size)
        try:
            yield seat
        finally:
            await seat.page.close()
            server.stop()


async def _seat(town: Town, url: str, browser: Browser, size: tuple[int, int]) -> Seat:
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    seat = Seat(town, page, url, [])
    page.on("pageerror", lambda fault: seat.faults.append(str(fault)))
    page.on("console", lambda line: seat.faults.append(line.text) if line.type == "error" else None)
    return seat


async def test_what_is_said_with_enter_reaches_the_desk_and_its_answer_appears(chromium: Browser) -> None:
    town = Town()
    async with seated(chromium, town) as seat:
        await seat.be("mei")
        await expect(seat.page.get_by_role("heading", name="陈美，你好")).to_be_visible()
        await seat.page.locator("#text").fill("打印机又卡纸了\n三楼 <b>靠窗</b>")
        await seat.page.keyboard.press("Enter")
        await expect(seat.page.locator(".message.mine .bubble")).to_have_text("打印机又卡纸了\n三楼 <b>靠窗</b>")
        await town.desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="1", repeat=False, quiet=False)
        await expect(seat.page.get_by_role("heading", name="INC-42 财务系统登录报错")).to_be_visible()
        await expect(seat.page.locator(".pending")).to_have_count(0)

    said = town.desk.parse(town.inbox.last)
    assert isinstance(said, Said)
    assert said.text == "打印机又卡纸了\n三楼 <b>靠窗</b>"
    assert seat.faults == []


async def test_an_example_is_said_by_a_tap(chromium: Browser) -> None:
    town = Town()
    async with seated(chromium, town, PHONE) as seat:
        await seat.be("mei")
        await seat.page.get_by_role("button", name="打印机又卡纸了").click()
        await expect(seat.page.locator(".message.mine .bubble")).to_have_text("打印机又卡纸了")

    assert len(town.inbox.kept) == 1


async def test_a_dangerous_button_asks_first_and_a_pressed_card_changes_in_place(chromium: Browser) -> None:
    town = Town()
    ref = await town.desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="1", repeat=False, quiet=False)
    async with seated(chromium, town) as seat:
        await seat.be("mei")
        await seat.page.get_by_role("button", name="撤单").click()
        await seat.page.locator("#ask").get_by_role("button", name="再想想").click()
        untouched = dict(town.inbox.kept)
        await seat.page.get_by_role("button", name="撤单").click()
        await seat.page.locator("#ask").get_by_role("button", name="撤单").click()
        await expect(seat.page.get_by_role("button", name="撤单")).to_be_enabled()
        await town.desk.edit(ref, replace(samples.RECEIPT_ZH, title="INC-42 已撤单", actions=()))
        await expect(seat.page.get_by_role("heading", name="INC-42 已撤单")).to_be_visible()
        cards = await seat.page.locator(".card").count()

    pressed = town.desk.parse(town.inbox.last)
    assert untouched == {}
    assert isinstance(pressed, Pressed)
    assert (pressed.wish, pressed.message) == ("cancel:INC-42", ref)
    assert cards == 1
    assert seat.faults == []


async def test_a_form_opens_after_a_press_minds_what_is_missing_and_is_sent_in(chromium: Browser) -> None:
    town = Town()
    await town.desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="1", repeat=False, quiet=False)
    async with seated(chromium, town, PHONE) as seat:
        await seat.be("mei")
        await seat.page.get_by_role("button", name="补充说明").click()
        await town.desk.ask(identity("mei"), address("dm:mei"), "t", samples.FORM_ZH)
        form = seat.page.get_by_role("dialog", name="给 INC-42 补充说明")
        await form.get_by_role("button", name="提交").click()
        await expect(form.get_by_text("这一项必填。")).to_have_count(2)
        await form.get_by_label("补充内容").fill("换了电脑也一样")
        await form.get_by_label("整个部门").check()
        await form.get_by_role("button", name="提交").click()
        await expect(form).to_be_hidden()
        await expect(seat.page.get_by_text("已填写")).to_be_visible()

    submitted = town.desk.parse(town.inbox.last)
    assert isinstance(submitted, Submitted)
    assert submitted.answers == {"what": "换了电脑也一样", "impact": "team", "phone": ""}
    assert seat.faults == []


async def test_one_sees_that_others_have_news_and_reads_them_in_their_language(chromium: Browser) -> None:
    town = Town()
    async with seated(chromium, town) as seat:
        await seat.be("mei")
        await expect(seat.page.locator("html")).to_have_attribute("lang", "zh-CN")
        await town.desk.post(address("dm:tom"), samples.PAGE_EN, key="1", repeat=False, quiet=False)
        await town.desk.whisper(address("channel:it"), identity("tom"), samples.WHISPER_EN, key="2")
        await expect(seat.page.locator("[data-person=tom] .dot")).to_be_visible()
        await seat.page.locator("[data-person=tom]").click()
        await expect(seat.page.get_by_role("heading", name=samples.PAGE_EN.title)).to_be_visible()
        await expect(seat.page.get_by_text("For you")).to_be_visible()
        await expect(seat.page.locator("html")).to_have_attribute("lang", "en")
        await expect(seat.page.locator("[data-place='channel:it'] .dot")).to_be_visible()
        await seat.page.locator("[data-place='channel:it']").click()
        await expect(seat.page.get_by_text("Only you see this")).to_be_visible()
        await expect(seat.page.locator(".dot:visible")).to_have_count(0)

    assert seat.faults == []


async def test_a_message_that_was_not_kept_is_kept_with_the_same_key_on_the_second_try(chromium: Browser) -> None:
    town = Town()
    async with seated(chromium, town) as seat:
        await seat.be("tom")
        await seat.page.route("**/api/say", lambda route: route.abort())
        await seat.page.locator("#text").fill("Hello")
        await seat.page.keyboard.press("Enter")
        await expect(seat.page.get_by_text("Not sent.")).to_be_visible()
        await seat.page.unroute("**/api/say")
        await seat.page.get_by_role("button", name="Try again").click()
        await expect(seat.page.locator(".pending")).to_have_count(0)
        await expect(seat.page.locator(".message.mine")).to_have_count(1)

    assert len(town.inbox.kept) == 1


async def test_the_clock_is_turned_where_it_can_be_and_hidden_where_it_cannot(chromium: Browser) -> None:
    town, fixed = Town(), Town(can_move=False)
    async with seated(chromium, town) as seat:
        await seat.be("tom")
        await seat.page.get_by_role("radio", name="Ten minutes a second").click()
        await expect(seat.page.get_by_role("radio", name="Ten minutes a second")).to_be_checked()
        await seat.page.get_by_role("button", name="Jump to the next thing that will happen").click()
        await expect(seat.page.get_by_text("Nothing is going to happen by itself.")).to_be_visible()
    async with seated(chromium, fixed) as real:
        await real.be("tom")
        await expect(real.page.locator("#now")).to_be_visible()
        await expect(real.page.locator("#jump, #speeds")).to_have_count(2)
        hidden = [await real.page.locator(one).is_hidden() for one in ("#jump", "#speeds")]

    assert town.clock.speed == 600
    assert hidden == [True, True]


@pytest.mark.parametrize("person", ["mei", "tom"])
async def test_nothing_is_wider_than_a_phone(chromium: Browser, person: str) -> None:
    town = Town()
    long = Card(title="x" * 500, lead="没有空格的长句" * 60, quote="http://" + "a" * 400, lines=("y" * 300,))
    for number, card in enumerate([long, *samples.CARDS]):
        await town.desk.post(address(f"dm:{person}"), card, key=str(number), repeat=False, quiet=False)
    async with seated(chromium, town, PHONE) as seat:
        await seat.be(person)
        wide = await seat.page.evaluate(
            "() => [...document.querySelectorAll('.main, .main *')]"
            ".filter((node) => node.getBoundingClientRect().right > innerWidth + 1)"
            ".map((node) => node.className || node.tagName)"
        )

    assert wide == []


async def test_words_of_people_never_become_markup(chromium: Browser) -> None:
    town = Town()
    evil = "<img src=x onerror=document.title='owned'>{{7*7}}<script>document.title='owned'</script>"
    async with seated(chromium, town) as seat:
        await town.street.post("dm:tom", "tom", {"text": evil}, key="1")
        await town.desk.post(
            address("dm:tom"), Card(title=evil, lead=evil, quote=evil), key="2", repeat=False, quiet=False
        )
        await seat.be("tom")
        await expect(seat.page.locator(".bubble")).to_have_text(evil)
        title = await seat.page.title()
        images = await seat.page.locator("#talk img, #talk script").count()

    assert "owned" not in title
    assert images == 0
    assert seat.faults == []
