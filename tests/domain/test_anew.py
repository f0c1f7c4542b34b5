"""The quick way to make a value anew gives the same as the standard one."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from bot.domain.anew import anew
from bot.domain.ids import PersonId
from tests.domain.small_desk import LIN, raised, raising, small_rules


def test_the_quick_way_gives_what_the_standard_way_gives() -> None:
    ticket = raised(small_rules())

    for field in fields(ticket):
        assert anew(ticket, **{field.name: "other"}) == replace(ticket, **{field.name: "other"})  # type: ignore[arg-type]


def test_the_old_value_stays_as_it_was() -> None:
    command = raising()

    other = anew(command, by=LIN)

    assert (command.by, other.by) == (PersonId("mei"), LIN)
    assert hash(other) == hash(replace(command, by=LIN))


def test_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError):
        anew(raising(), colour="red")  # type: ignore[call-arg]
