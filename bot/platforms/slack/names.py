"""What people are called, so that `<@U1>` in somebody's words can be read. Names never carry authority."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from bot.chat.port import Undelivered
from bot.platforms.slack.api import Body, WebApi
from bot.platforms.slack.words import plain_name

MOST_IN_MIND = 5000
AT_ONCE = 20


class Names:
    """Known at once or looked up later: nobody waits for a name."""

    def __init__(self, api: WebApi) -> None:
        self._api = api
        self._known: OrderedDict[str, str] = OrderedDict()
        self._wanted: OrderedDict[str, None] = OrderedDict()

    @property
    def known(self) -> Mapping[str, str]:
        """User id to name."""
        return self._known

    def want(self, users: Iterable[str]) -> None:
        """Those that are not known yet are looked up when there is time."""
        for user in users:
            if user not in self._known and len(self._wanted) < MOST_IN_MIND:
                self._wanted[user] = None

    async def look_up(self) -> None:
        """Some of those that are wanted are known. Who cannot be looked up keeps the id for a name."""
        for user in list(self._wanted)[:AT_ONCE]:
            try:
                answer = await self._api.ask("users.info", user=user)
            except Undelivered as no:
                if not no.forever:
                    return
                answer = {}
            del self._wanted[user]
            self._known[user] = _name(answer.get("user") or {}) or user
            if len(self._known) > MOST_IN_MIND:
                self._known.popitem(last=False)


def _name(user: Body) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((plain_name(name) for name in names if isinstance(name, str) and name.strip()), "")
