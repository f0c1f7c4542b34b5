"""Cards and forms as the JSON that the page and the HTTP API show; nothing is clipped and nothing is lost."""

from __future__ import annotations

from bot.chat.card import Action, Card, Confirm, Fact, Gauge
from bot.chat.form import Field, Form
from bot.platforms.local.whole import whole
from bot.services.transcript import Body


def card_json(card: Card) -> Body:
    """All that stands on the card, under the names it has there."""
    return {
        "title": whole(card.title),
        "tone": card.tone.value,
        "lead": whole(card.lead),
        "quote": whole(card.quote),
        "facts": [_fact_json(fact) for fact in card.facts],
        "gauges": [_gauge_json(gauge) for gauge in card.gauges],
        "lines": [whole(line) for line in card.lines],
        "actions": [_action_json(action) for action in card.actions],
        "footer": whole(card.footer),
        "summary": whole(card.summary),
        "mentions": list(card.mentions),
    }


def form_json(form: Form) -> Body:
    """All that stands on the form, under the names it has there."""
    return {
        "wish": whole(form.wish),
        "title": whole(form.title),
        "lead": whole(form.lead),
        "fields": [_field_json(field) for field in form.fields],
        "submit": whole(form.submit),
    }


def _fact_json(fact: Fact) -> Body:
    return {"label": whole(fact.label), "value": whole(fact.value), "tone": fact.tone.value}


def _gauge_json(gauge: Gauge) -> Body:
    return {
        "label": whole(gauge.label),
        "share": gauge.share,
        "note": whole(gauge.note),
        "tone": gauge.tone.value,
    }


def _action_json(action: Action) -> Body:
    return {
        "wish": whole(action.wish),
        "verb": whole(action.verb),
        "subject": whole(action.subject),
        "label": whole(action.label),
        "weight": action.weight.value,
        "confirm": _confirm_json(action.confirm) if action.confirm else None,
    }


def _confirm_json(confirm: Confirm) -> Body:
    return {"question": whole(confirm.question), "yes": whole(confirm.yes), "no": whole(confirm.no)}


def _field_json(field: Field) -> Body:
    return {
        "name": whole(field.name),
        "label": whole(field.label),
        "kind": field.kind.value,
        "required": field.required,
        "initial": whole(field.initial),
        "hint": whole(field.hint),
        "choices": [{"value": whole(one.value), "label": whole(one.label)} for one in field.choices],
        "max_chars": field.max_chars,
    }
