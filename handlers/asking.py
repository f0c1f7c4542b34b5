"""Questions to the desk: my tickets, the queue, one ticket, who is on call, what one can say."""

from __future__ import annotations

from bot.chat.card import Action, Card, Tone
from bot.domain.access import may, may_see
from bot.domain.commands import Nudge
from bot.domain.ids import Status, TeamId
from bot.domain.refusals import NotAllowed
from bot.domain.rules import Role
from bot.domain.ticket import Ticket
from bot.services.ports import Filed
from handlers.cards.list_card import ticket_line, tickets_card
from handlers.cards.plain import draft_button, greeting_card, help_card, word_back
from handlers.cards.team_card import more_card
from handlers.cards.view import named
from handlers.cards.why import why_card
from handlers.heard import Heard, Wish
from handlers.turn import Deed, Do, Tell, Turn

_QUEUE = 30


async def show(turn: Turn, heard: Heard) -> Deed:
    """One ticket by its number; without a number all that are mine."""
    if heard.ticket is None:
        return await mine(turn, heard)
    return Tell((turn.showing(await turn.ticket(heard.ticket)),))


async def press_show(turn: Turn, wish: Wish) -> Deed:
    """The ticket that the button names."""
    return await show(turn, Heard("", "", wish.ticket))


async def mine(turn: Turn, _: Heard | Wish) -> Deed:
    """My open tickets; when there are none, that is said too."""
    found = await turn.my_tickets()
    if not found:
        return turn.tell(word_back(turn.say("mine-none"), lead=turn.say("mine-none-lead"), tone=Tone.QUIET))
    return turn.tell(list_of(turn, turn.say("mine-title", count=len(found)), "", found))


async def queue(turn: Turn, about: Heard | Wish) -> Deed:
    """What is open in my teams, the most urgent first."""
    teams = _teams_asked(turn, about)
    if not teams:
        raise NotAllowed(ref="", verb="queue")
    return turn.tell(*[await _queue_of(turn, team) for team in teams])


async def help_me(turn: Turn, _: Heard | Wish) -> Deed:
    """What can be said here."""
    teams = turn.teams
    return turn.tell(help_card(turn.reader, is_crew=bool(teams), is_over_team=teams))


async def greet(turn: Turn, _: Heard | Wish) -> Deed:
    """Hello, with examples."""
    return turn.tell(greeting_card(turn.reader, turn.who.name))


def small_talk(turn: Turn, text: str) -> Deed:
    """Hello back; the words are kept in case they were more than that."""
    return Tell((turn.draft(greeting_card(turn.reader, turn.who.name, draft=turn.draft_id), text),))


def nothing_written(turn: Turn) -> Deed:
    """An empty message gets an answer too."""
    return turn.tell(greeting_card(turn.reader, turn.who.name, lead=turn.say("empty-lead")))


async def more(turn: Turn, wish: Wish) -> Deed:
    """The buttons that are needed now and then, for the one who asked for them."""
    if wish.ticket is None:
        raise NotAllowed(ref="", verb="more")
    ticket = await turn.ticket(wish.ticket)
    crew = may(turn.me(ticket, "note"), "note", ticket, turn.house.rules, turn.now)
    return turn.tell(more_card(turn.view(ticket), crew=crew))


async def why(turn: Turn, heard: Heard) -> Deed:
    """How the times of a ticket come about; without a number those of the only one that is mine."""
    if heard.ticket is not None:
        return turn.tell(why_card(turn.view(await turn.ticket(heard.ticket))))
    found = await turn.my_tickets()
    if not found:
        return await mine(turn, heard)
    if len(found) > 1:
        return turn.tell(list_of(turn, turn.say("why-which"), "", found))
    return turn.tell(why_card(turn.view(found[0].ticket)))


async def press_why(turn: Turn, wish: Wish) -> Deed:
    """The times of the ticket that the button names."""
    return await why(turn, Heard("", "", wish.ticket))


async def where_it_stands(turn: Turn, text: str, *, urges: bool) -> Deed | None:
    """ "Is it fixed yet?" One open ticket: its status, and the team is nudged when that is what was meant. Several: a
    list. None: nothing to say here."""
    found = await turn.my_tickets()
    if not found:
        return await _what_was_done(turn, text)
    if len(found) > 1:
        card = list_of(turn, turn.say("stands-several", count=len(found)), turn.say("stands-several-lead"), found)
        return Tell((turn.draft(_with_draft(turn, card), text),))
    ticket = found[0].ticket
    if urges and ticket.status is not Status.WAITING_REQUESTER:
        return nudge(turn, ticket)
    return Tell((turn.showing(ticket), turn.draft(_stands_card(turn, ticket), text)))


def nudge(turn: Turn, ticket: Ticket) -> Deed:
    """The team hears that the requester waits; priority stays what it is, and that is said."""
    card = word_back(
        turn.say("nudged-answer", ref=ticket.ref, holder=turn.view(ticket).holder), lead=turn.say("nudged-answer-lead")
    )
    return Do(Nudge(by=turn.who.id, ticket=ticket.id), (turn.letter(card), turn.showing(ticket)))


def list_of(turn: Turn, title: str, lead: str, found: list[Filed]) -> Card:
    """These tickets, one a line."""
    views = [turn.view(filed.ticket) for filed in found]
    lines = [ticket_line(view, filed.dues) for view, filed in zip(views, found, strict=True)]
    return tickets_card(title, lead, lines, views, turn.reader)


async def _what_was_done(turn: Turn, text: str) -> Deed | None:
    """Nothing is open: what was done last, if anything was."""
    latest = await turn.my_tickets(only_open=False, limit=1)
    if not latest or not (latest[0].ticket.is_done or latest[0].ticket.is_over):
        return None
    ticket = latest[0].ticket
    card = word_back(
        turn.say("stands-none-open"), lead=turn.say("stands-last", ref=ticket.ref, status=turn.view(ticket).status)
    )
    return Tell((turn.showing(ticket), turn.draft(_with_draft(turn, card), text)))


def _stands_card(turn: Turn, ticket: Ticket) -> Card:
    view = turn.view(ticket)
    return word_back(
        turn.say("stands-one", ref=ticket.ref, status=view.status, holder=view.holder),
        actions=(
            Action("nudge", str(ticket.id), turn.say("do-nudge")),
            draft_button(turn.reader, turn.draft_id, "do-draft-new"),
        ),
    )


def _with_draft(turn: Turn, card: Card) -> Card:
    button = draft_button(turn.reader, turn.draft_id, "do-draft-new")
    return Card(
        title=card.title,
        tone=card.tone,
        lead=card.lead,
        lines=card.lines,
        actions=(*card.actions, button),
        footer=card.footer,
    )


async def _queue_of(turn: Turn, team: TeamId) -> Card:
    found = await turn.house.reads.tickets(team=team, limit=_QUEUE)
    name = named(turn.house.rules.team(team).names, turn.reader, team)
    shown = [filed for filed in found if _may_stand_here(turn, filed.ticket)]
    if not shown:
        return word_back(turn.say("queue-none", team=name), tone=Tone.GOOD)
    lead = turn.say("queue-more") if len(found) == _QUEUE else ""
    return list_of(turn, turn.say("queue-title", team=name, count=len(shown)), lead, shown)


def _may_stand_here(turn: Turn, ticket: Ticket) -> bool:
    """What the asker must not see is not counted either, and what is private stays where only they read."""
    is_theirs = may_see(turn.me(ticket), ticket, turn.house.rules, turn.now)
    return is_theirs and (not ticket.private or turn.is_private)


def _teams_asked(turn: Turn, about: Heard | Wish) -> tuple[TeamId, ...]:
    """One's own teams; of a manager of the whole desk all of them; with a name only that one."""
    rules = turn.house.rules
    oversees = {Role.MANAGER, Role.ADMIN} & turn.who.roles
    mine = tuple(rules.teams) if oversees else turn.teams
    asked = about.argument if isinstance(about, Wish) else ""
    return tuple(team for team in mine if not asked or team == asked)
