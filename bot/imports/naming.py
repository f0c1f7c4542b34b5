"""Names, zones and addresses of another system in the forms that our files have."""

from __future__ import annotations

import re
import unicodedata
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.ids import DESK
from bot.imports.ledger import Item

LONGEST_ID = 40
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Ids:
    """Gives each thing a short plain id that no other of its kind has."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._taken = {str(DESK)}

    def of(self, *wishes: str) -> str:
        """Made of the first wish that has a letter or digit we can use; of the kind and a number where none has."""
        base = next(filter(None, map(slug, wishes)), self._kind)
        found, number = base, 2
        while found in self._taken:
            found, number = f"{base[: LONGEST_ID - len(str(number)) - 1]}-{number}", number + 1
        self._taken.add(found)
        return found


class Mail:
    """Takes care that no two people have one e-mail address: nobody could tell who is meant."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, item: Item, email: str) -> str:
        """As an address of that person; empty, and a note, when it is none or somebody else's."""
        address = email_address(email)
        if email and not address:
            item.note(f"`{email}` is no e-mail address", "write `email:` by hand")
        elif address and address.casefold() in self._taken:
            item.note(f"`{email}` is another person's address already", "give it to one of them")
            return ""
        self._taken.add(address.casefold())
        return address


def slug(name: str) -> str:
    """a-z, 0-9 and -, at most 40; empty when nothing of the name is left. Accents are dropped, letters kept."""
    if _CHINESE.search(name):
        return ""  # a half of a name is nobody's name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID].strip("-")


def zone_in(item: Item, key: str, default: str = "UTC") -> str:
    """The zone behind the key. One that the IANA list does not have is told, and the default stands in for it."""
    said = item.text(key)
    if not said:
        return default
    try:
        return ZoneInfo(said).key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        item.note(f"there is no time zone `{said}`; it was written as {default}", "correct `zone:` in the files")
        return default


def language_of(name: str, locale: str = "") -> str:
    """zh for a Chinese locale, or a Chinese name where no locale is known; else en."""
    if locale:
        return "zh" if locale.lower().startswith("zh") else "en"
    return "zh" if _CHINESE.search(name) else "en"


def email_address(email: str) -> str:
    """As a person's address; empty when it is none."""
    said = email.strip()
    return f"email:{said}" if re.fullmatch(r"[^\s:@]+@[^\s:@]+", said) else ""


def phone_address(kind: str, country: str, number: str) -> str:
    """`sms:+4915112345678` or `voice:...`; empty when there are too few digits to dial."""
    digits = re.sub(r"\D", "", number)
    code = re.sub(r"\D", "", country)
    if not number.strip().startswith("+") and code:
        digits = code + digits
    return f"{kind}:+{digits}" if 7 <= len(digits) <= 15 else ""
