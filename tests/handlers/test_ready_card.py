"""A ready card survives being a text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight
from handlers import ready_card

WORDS = st.text(max_size=20)
TONES = st.sampled_from(Tone)
ACTIONS = st.builds(
    Action,
    st.text("abc", min_size=1, max_size=8),
    st.text("0123:/é", max_size=8),
    WORDS,
    st.sampled_from(Weight),
    st.none() | st.builds(Confirm, WORDS, WORDS, WORDS),
)
CARDS = st.builds(
    Card,
    title=WORDS,
    tone=TONES,
    lead=WORDS,
    quote=WORDS,
    facts=st.lists(st.builds(Fact, WORDS, WORDS, TONES), max_size=3).map(tuple),
    gauges=st.lists(st.builds(Gauge, WORDS, st.floats(0, 1), WORDS, TONES), max_size=3).map(tuple),
    lines=st.lists(WORDS, max_size=3).map(tuple),
    actions=st.lists(ACTIONS, max_size=3).map(tuple),
    footer=WORDS,
    summary=WORDS,
    mentions=st.lists(WORDS, max_size=3).map(tuple),
)


@given(CARDS)
@settings(max_examples=100)
def test_what_was_written_is_read_without_a_loss(card: Card) -> None:
    assert ready_card.read(ready_card.written(card)) == card
