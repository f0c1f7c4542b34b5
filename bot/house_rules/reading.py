"""A folder of policy files becomes checked entries, and every mistake in any of them is told with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.domain.ids import DESK
from bot.house_rules.models import (
    AgreementEntry,
    CalendarEntry,
    DeskEntry,
    GroupEntry,
    Known,
    MatrixEntry,
    PersonEntry,
    PolicyEntry,
    RotaEntry,
    ServiceEntry,
    TeamEntry,
    YearFileEntry,
)
from bot.house_rules.problems import Problem, did_you_mean, nearest
from bot.house_rules.sheet import Sheet, read_sheet
from bot.house_rules.words import WRONG

E = TypeVar("E", bound=BaseModel)
Loc = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Chapter(Generic[E]):
    """One file: its sheet, and those of its entries that are right."""

    file: str
    sheet: Sheet | None = None
    entries: Mapping[str, E] = field(default_factory=dict)

    def problem(self, loc: Loc, what: str, advice: str, *, warning: bool = False) -> Problem:
        """The mistake at this place of the file."""
        if self.sheet is None:
            return Problem(self.file, 1, 1, what, advice, warning)
        return self.sheet.problem(loc, what, advice, warning=warning)


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that could be read."""

    people: Chapter[PersonEntry]
    teams: Chapter[TeamEntry]
    services: Chapter[ServiceEntry]
    agreements: Chapter[AgreementEntry]
    calendars: Chapter[CalendarEntry]
    policies: Chapter[PolicyEntry]
    matrix: Chapter[MatrixEntry]
    desk: Chapter[DeskEntry]
    rotas: Chapter[RotaEntry]
    groups: Chapter[GroupEntry]
    years: Mapping[str, YearFileEntry]
    """The lists of holidays by the path of their file."""
    calendar_files: Mapping[str, bytes]
    """The iCalendar files beside the policy files and in the folder calendars, by their name."""

    def named(self) -> Iterator[tuple[str, Chapter[Any]]]:
        """Every chapter with the name of its part, in the order in which they are read."""
        for part in _SHAPES:
            yield part, getattr(self, part)


@dataclass(frozen=True, slots=True)
class _Shape:
    file: str
    model: type[BaseModel]
    called: str = ""
    """What the names at the margin of the file are; empty when the file is one entry."""
    may_be_missing: bool = False


_SHAPES: Mapping[str, _Shape] = {
    "people": _Shape("people.yaml", PersonEntry, "person"),
    "teams": _Shape("teams.yaml", TeamEntry, "team"),
    "services": _Shape("services.yaml", ServiceEntry, "service"),
    "agreements": _Shape("slas.yaml", AgreementEntry, "agreement"),
    "calendars": _Shape("calendars.yaml", CalendarEntry, "calendar"),
    "policies": _Shape("escalation.yaml", PolicyEntry, "policy"),
    "matrix": _Shape("priority.yaml", MatrixEntry),
    "desk": _Shape("desk.yaml", DeskEntry),
    "rotas": _Shape("rotas.yaml", RotaEntry, "rota", may_be_missing=True),
    "groups": _Shape("groups.yaml", GroupEntry, "group", may_be_missing=True),
}
FILES = tuple(shape.file for shape in _SHAPES.values())
WHOLE = ""
"""The name of the entry in a file that is one entry."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def read_folder(folder: Path) -> tuple[Policy, list[Problem]]:
    """What the files say, and the mistakes found in reading them."""
    if not folder.is_dir():
        empty: dict[str, Chapter[Any]] = {one: Chapter(str(folder / shape.file)) for one, shape in _SHAPES.items()}
        nothing = Policy(**empty, years={}, calendar_files={})
        return nothing, [Problem(str(folder), 1, 1, "there is no such folder", "name the folder of your policy files")]
    problems = list(_strangers(folder))
    sheets = {
        part: _sheet(folder / shape.file, problems)
        for part, shape in _SHAPES.items()
        if not shape.may_be_missing or (folder / shape.file).is_file()
    }
    known = _known(sheets)
    chapters = {part: _chapter(folder, shape, sheets.get(part), known, problems) for part, shape in _SHAPES.items()}
    years = dict(_years(folder / "holidays", problems))
    shifts = dict(_calendar_files(folder, problems))
    return Policy(**chapters, years=years, calendar_files=shifts), problems


def _strangers(folder: Path) -> Iterator[Problem]:
    """Files that look like policy and would be overlooked."""
    for path in sorted(folder.iterdir()):
        if path.suffix in {".yaml", ".yml"} and path.name not in FILES:
            likely = nearest(f"{path.stem}.yaml", FILES)
            advice = f"rename it to `{likely}`" if likely else f"remove it; policy files are {', '.join(FILES)}"
            yield Problem(str(path), 1, 1, "nobody reads a file of this name", advice)


def _sheet(path: Path, problems: list[Problem]) -> Sheet | None:
    if not path.is_file():
        problems.append(
            Problem(str(path), 1, 1, "the file is missing", f"copy {path.name} from the packaged rules (bot/rules)")
        )
        return None
    sheet, found = read_sheet(path)
    problems += found
    if sheet is not None and not isinstance(sheet.plain, dict):
        problems.append(sheet.problem((), "the file does not begin with a name", "write `name:` at the margin"))
        return None
    return sheet


def _known(sheets: Mapping[str, Sheet | None]) -> Known:
    """The names at the margins, of right and wrong entries alike."""
    return Known(**{part: _names_in(part, sheets) for part, shape in _SHAPES.items() if shape.called})


def _names_in(part: str, sheets: Mapping[str, Sheet | None]) -> tuple[str, ...] | None:
    """None when the file cannot be read; nothing when it may be missing and is."""
    sheet = sheets.get(part)
    if sheet is not None:
        return tuple(sheet.plain)
    return None if part in sheets else ()


def _chapter(folder: Path, shape: _Shape, sheet: Sheet | None, known: Known, problems: list[Problem]) -> Chapter[Any]:
    if sheet is None:
        return Chapter(str(folder / shape.file))
    entries: dict[str, BaseModel] = {}
    for name, loc, plain in _entries(shape, sheet):
        try:
            entries[name] = shape.model.model_validate(plain, context=known)
        except ValidationError as bad:
            problems += _told(bad, shape.model, sheet, loc)
    if shape.called:
        problems += _bad_names(shape, sheet)
    return Chapter(sheet.file, sheet, entries)


def _entries(shape: _Shape, sheet: Sheet) -> Iterable[tuple[str, Loc, object]]:
    if not shape.called:
        return [(WHOLE, (), sheet.plain)]
    return [(name, (name,), plain) for name, plain in sheet.plain.items()]


def _bad_names(shape: _Shape, sheet: Sheet) -> Iterator[Problem]:
    """Names travel in buttons and addresses, so they are short and plain."""
    for name in sheet.plain:
        if _NAME.fullmatch(name) is None:
            what = f"`{name}` cannot be the name of a {shape.called}"
            yield sheet.problem((name, "[key]"), what, "use a-z, 0-9, - and _, at most 40, beginning with a-z or 0-9")
        elif shape.model is PersonEntry and name == DESK:
            yield sheet.problem((name, "[key]"), f"`{name}` is the desk itself", "give the person another name")


def _years(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, YearFileEntry]]:
    """The published lists of holidays; JSON is read as the YAML it also is, for the sake of the lines."""
    for path in sorted(folder.glob("*.json")):
        sheet, found = read_sheet(path)
        problems += found
        if sheet is None:
            continue
        bare = isinstance(sheet.plain, list)
        try:
            yield str(path), YearFileEntry.model_validate({"days": sheet.plain} if bare else sheet.plain)
        except ValidationError as bad:
            problems += _told(bad, YearFileEntry, sheet, (), skipped=1 if bare else 0)


def _calendar_files(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
    for path in sorted([*folder.glob("*.ics"), *folder.glob("calendars/*.ics")]):
        try:
            yield path.name, path.read_bytes()
        except OSError as bad:
            what = f"the file cannot be read ({bad.strerror})"
            problems.append(Problem(str(path), 1, 1, what, "let the desk's user read it"))


# Errors into words.


def _told(bad: ValidationError, model: type[BaseModel], sheet: Sheet, base: Loc, skipped: int = 0) -> Iterator[Problem]:
    """`skipped` parts at the beginning of each place are not in the file."""
    meant = {loc for error in bad.errors(include_url=False) if (loc := _meant(error, model)) is not None}
    for error in bad.errors(include_url=False):
        loc = (*base, *error["loc"][skipped:])
        match error["type"]:
            case "missing" if error["loc"] in meant:
                continue
            case "missing":
                yield sheet.problem(loc[:-1], f"`{loc[-1]}` is missing", f"add a line `{loc[-1]}:`")
            case "extra_forbidden":
                advice = did_you_mean(str(loc[-1]), _keys_at(model, error["loc"][:-1]))
                yield sheet.problem((*loc, "[key]"), f"`{loc[-1]}` is no key of this", advice)
            case _:
                yield sheet.problem(loc, *_about_value(error))


def _meant(error: ErrorDetails, model: type[BaseModel]) -> tuple[str | int, ...] | None:
    """The key that was probably meant by one that is no key; it is not told as missing too."""
    if error["type"] != "extra_forbidden":
        return None
    *around, key = error["loc"]
    likely = nearest(str(key), _keys_at(model, around))
    return None if likely is None else (*around, likely)


def _about_value(error: ErrorDetails) -> tuple[str, str]:
    if error["type"] == WRONG:
        return str(error["ctx"]["what"]), str(error["ctx"]["todo"])
    if error["input"] == "":
        return "there is no value", "write one, or remove the line"
    what, advice = _WORDS.get(error["type"], (error["msg"], "correct it"))
    return what.format(shown=_shown(error["input"])), advice


_WORDS: Mapping[str, tuple[str, str]] = {
    "list_type": ("{shown} is not a list", "write `[one, two]`, or one line with `- ` for each"),
    "dict_type": ("{shown} is not a group of keys", "write `key: value` lines below it, indented"),
    "model_type": ("{shown} is not a group of keys", "write `key: value` lines below it, indented"),
    "model_attributes_type": ("{shown} is not a group of keys", "write `key: value` lines below it, indented"),
    "too_short": ("the list is empty", "write at least one"),
    "string_pattern_mismatch": ("{shown} is not a year", "write it like `2026`"),
    "string_type": ("{shown} is not a single value", "write one value on this line"),
}


def _shown(written: object) -> str:
    if isinstance(written, str):
        return f"`{written[:40]}`"
    return "a list" if isinstance(written, list) else "a group of keys"


def _keys_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The keys that may stand at that place of the model."""
    kind: Any = model
    for step in loc:
        kind = _below(kind, step)
    return tuple(kind.model_fields) if _is_model(kind) else ()


def _below(kind: Any, step: str | int) -> Any:
    if _is_model(kind):
        found = kind.model_fields.get(str(step))
        return None if found is None else _bare(found.annotation)
    arguments = get_args(kind)
    return _bare(arguments[-1]) if arguments else None


def _bare(kind: Any) -> Any:
    """The type without Annotated and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in {Union, UnionType}:
        return next((_bare(one) for one in get_args(kind) if one is not NoneType), None)
    return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
