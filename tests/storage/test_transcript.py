"""The local chat's messages: each stands once, and one who remembers a version can ask for all that is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.services.transcript import Draft, Posted, Transcript
from storage.engine import SqlStore
from storage.transcript import Chore, SqlTranscript, T
from tests.storage.values import HOUR, MINUTE, NOW

MEI, BO, CHANNEL = "dm:mei", "dm:bo", "channel:it"


@pytest.fixture
def transcript(store: SqlStore) -> SqlTranscript:
    async def door(chore: Chore[T], /) -> T:
        async with store.transaction() as unit:
            return await chore.apply(unit)

    return store.transcript(door)


def a_draft(name: str, place: str = CHANNEL, only: str | None = None) -> Draft:
    return Draft(id=name, place=place, author="desk", at=NOW, body={"text": name}, key=f"key:{name}", only=only)


def names(found: Sequence[Posted]) -> list[str]:
    return [one.id for one in found]


async def test_it_keeps_the_contract(transcript: SqlTranscript) -> None:
    as_contract: Transcript = transcript

    assert await as_contract.get("m1") is None


async def test_a_message_stands_as_it_was_posted(transcript: SqlTranscript) -> None:
    body = {"z": 1, "a": [{"text": "\u5e2e\u5fd9 \U0001f64f", "on": True, "n": None, "x": 1.5}]}
    posted = await transcript.append(replace(a_draft("m1", only="mei"), body=body))

    assert posted == Posted(1, "m1", CHANNEL, "desk", NOW, body, "key:m1", "mei", None, 1)
    assert list(posted.body) == ["z", "a"]
    assert await transcript.get("m1") == posted


async def test_a_message_is_posted_once_however_often_it_is_tried(transcript: SqlTranscript) -> None:
    first = await transcript.append(a_draft("m1"))

    again = await transcript.append(replace(a_draft("m1"), body={"text": "other"}, at=NOW + HOUR))

    assert again == first
    assert await transcript.since([CHANNEL], "mei", 0, 10) == [first]


async def test_an_edit_is_something_new_in_its_old_place(transcript: SqlTranscript) -> None:
    await transcript.append(a_draft("m1"))
    await transcript.append(a_draft("m2"))

    edited = await transcript.replace("m1", {"text": "better"}, NOW + MINUTE)

    assert edited is not None
    assert (edited.seq, edited.version, edited.edited_at, edited.at) == (1, 3, NOW + MINUTE, NOW)
    assert edited.body == {"text": "better"}
    assert names(await transcript.since([CHANNEL], "mei", 0, 10)) == ["m2", "m1"]
    assert names(await transcript.before([CHANNEL], "mei", None, 10)) == ["m1", "m2"]


async def test_what_does_not_stand_cannot_be_edited(transcript: SqlTranscript) -> None:
    assert await transcript.replace("m1", {}, NOW) is None


async def test_a_whisper_is_seen_by_one(transcript: SqlTranscript) -> None:
    await transcript.append(a_draft("all"))
    await transcript.append(a_draft("for mei", only="mei"))
    await transcript.append(a_draft("for bo", only="bo"))

    assert names(await transcript.since([CHANNEL], "mei", 0, 10)) == ["all", "for mei"]
    assert names(await transcript.before([CHANNEL], "bo", None, 10)) == ["all", "for bo"]


async def test_one_sees_the_places_one_asks_for(transcript: SqlTranscript) -> None:
    for name, place in (("1", MEI), ("2", BO), ("3", CHANNEL), ("4", MEI)):
        await transcript.append(a_draft(name, place))

    assert names(await transcript.since([MEI, CHANNEL], "mei", 0, 10)) == ["1", "3", "4"]
    assert names(await transcript.before([BO], "bo", None, 10)) == ["2"]
    assert names(await transcript.since([], "mei", 0, 10)) == []


async def test_one_reads_on_page_by_page(transcript: SqlTranscript) -> None:
    for number in range(1, 8):
        await transcript.append(a_draft(str(number)))
    pages, after = [], 0
    for _ in range(4):
        page = await transcript.since([CHANNEL], "mei", after, 3)
        pages.append(names(page))
        after = page[-1].version if page else after

    assert pages == [["1", "2", "3"], ["4", "5", "6"], ["7"], []]


async def test_one_reads_back_page_by_page(transcript: SqlTranscript) -> None:
    for number in range(1, 8):
        await transcript.append(a_draft(str(number)))
    pages, before = [], None
    for _ in range(4):
        page = await transcript.before([CHANNEL], "mei", before, 3)
        pages.append(names(page))
        before = page[0].seq if page else before

    assert pages == [["5", "6", "7"], ["2", "3", "4"], ["1"], []]


async def test_another_stores_transaction_is_refused(transcript: SqlTranscript, store: SqlStore) -> None:
    async def foreign(chore: Chore[T], /) -> T:
        return await chore.apply(object())  # type: ignore[arg-type]  # which is the point

    with pytest.raises(TypeError, match="own transaction"):
        await store.transcript(foreign).append(a_draft("m1"))
