"""Which column is which: our names, the names others use, the names in a mapping file, and what is not ours to read.

Headers are compared without case, blanks and marks; of `group/question`, as KoBo writes it, the last part counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from clfz.inputs.field.sheet import Sheet
from clfz.inputs.field.values import is_empty
from clfz.inputs.problems import InputError, Problem, did_you_mean
from clfz.inputs.yaml_reader import parse_yaml, read_text

COUNTS = ("withdrawn_to_school", "protected_from_dropout", "in_bridge_school")
"""What a programme reports; the columns of a table of records, and indicators of a field file."""

# Column -> other names for it.
FIELD: dict[str, str] = {
    "country_iso3": "country iso3 country_code iso country_iso",
    "area": "zone place district location area_name zone_name area_id site",
    "period": "date month year survey_date survey_month",
    "period_start": "from start_date date_from period_from start_period period_begin begin",
    "period_end": "to end_date date_to period_to end_period",
    "indicator": "measure variable indicator_name",
    "definition_id": "definition",
    "sex": "gender",
    "age": "age_band age_group ages",
    "value": "count number figure rate estimate",
    "unit": "units",
    "numerator": "num numer",
    "denominator": "denom base",
    "n_sample": "n sample sample_size n_interviewed interviewed",
    "ci_low": "ci_lower lower ci_lo lower_ci ci95_low lcl",
    "ci_high": "ci_upper upper ci_hi upper_ci ci95_high ucl",
    "method": "how",
    "coverage": "share_covered",
    "use": "used_for",
    "source": "reference",
    "notes": "note comment comments remarks remark",
}
RECORDS: dict[str, str] = {
    "record": "record_id",
    "zone_candidates": "candidates",
    "order_in_source": "order",
    "protected_from_dropout": "protected kept_in_school dropout_prevented",
    "withdrawn_to_school": "withdrawn withdrawn_from_work",
    "in_bridge_school": "bridge bridged bridge_school",
    "reported_total": "total",
    "out_of_school_children": "out_of_school out_of_school_at_start",
    "identification": "",
}
_IN_BOTH = ("country_iso3", "area", "period_start", "period_end", "definition_id", "coverage")
RECORDS |= {name: FIELD[name] for name in (*_IN_BOTH, "use", "source", "notes")}
NEEDED_FIELD = ("area", "indicator", "value")
NEEDED_RECORDS = ("record", "period_start", "period_end", *COUNTS)

_WHO = """child children kid pupil student learner boy girl father mother parent guardian caretaker caregiver head
    respondent first last family full middle given teacher employer beneficiary household hh enfant eleve nino alumno
    person participant enumerator interviewer supervisor surveyor volunteer"""
_WHAT = """phone telephone telefono tel mobile msisdn whatsapp phonenumber email gps latitude longitude lat lon lng
    geopoint geolocation dob yob birthdate birthday birthyear surname firstname lastname fullname nickname
    prenom apellido naissance nacimiento address addresses adresse direccion passport aadhaar ssn nid photo
    picture signature fingerprint imei deviceid simserial subscriberid username interviewee initials"""
_PEOPLE, _ALWAYS = frozenset(_WHO.split()), frozenset(_WHAT.split())
_OF_PERSONS = _PEOPLE | {"national", "identity", "roll", "admission"}
_BETWEEN = frozenset({"of", "the", "and", "s", "de", "des", "et"})
_JOINED = re.compile(rf"({'|'.join(sorted(_PEOPLE))})(s?names?|ids?)")
_BIRTH = re.compile(r"(^|_)(birth_(date|day|month|year|place)|of_birth)(_|$)")
# What a cell may hold that is personal.
_PERSONAL = {
    "an e-mail address": re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w{2,}"),
    "the position of a place": re.compile(
        r"-?\d{1,2}\.\d{4,}\s*[,; ]\s*-?\d{1,3}\.\d{4,}|\d{1,3}\s*°[\d\s.,'’\u2032\"″]*[NSEW]\b"
    ),
    # Mobile telephones as they are written at home: India (10 digits from 6 on), Mali (four pairs from 5 on).
    "a telephone number": re.compile(
        r"(?<![\w+.,/=-])(?:[6-9]\d{4}[ -]?\d{5}|[5-9]\d(?: \d\d){3})(?![\w-]|[.,]\d)"
    ),
}
# Other telephones. A number or a date is none: `0,0833333333`, `01-05-2015 10:00`; nor is what follows a decimal comma.
_PHONE = re.compile(r"(?<![\w-])(?<!\d[.,])(?:\+|0(?!00))\d(?:[ ().-]{0,2}\d){7,13}(?![\w-]|\.\d)")
_NUMBER = re.compile(r"(-?(0|[1-9]\d*|[1-9]\d{0,2}([.,' ]\d{3})+)?|\+0)([.,]\d+)?\s*%?")
_DATE = re.compile(
    r"(?<![\w+(.,/-])(\d{1,2}[-/.])?(0?[1-9]|1[0-2])[-/.](19|20)\d\d(?!\d|[-. ]\d{3})([ T]\d{1,2}[:.]\d\d)?"
)


def plain(header: str) -> str:
    """A header without case, accents, group, blanks and marks."""
    bare = unicodedata.normalize("NFKD", header.strip().strip("\ufeff"))
    last = "".join(letter for letter in bare if not unicodedata.combining(letter))
    last = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last.rsplit("/", 1)[-1])
    return re.sub(r"[^\w]+", "_", last.lower()).strip("_")


# Any name -> our name.
_FIELD_NAMES, _RECORD_NAMES = (
    {other: own for own, others in columns.items() for other in (own, *others.split())}
    for columns in (FIELD, RECORDS)
)


def known(header: str) -> bool:
    """Whether a header is one of ours, under any of its names."""
    return plain(header) in _FIELD_NAMES.keys() | _RECORD_NAMES.keys()


def read_map(path: Path, name: str) -> dict[str, str]:
    """A mapping file: our column -> what stands in their header.

    Raises:
        InputError: It is no such file, or names a column that does not exist.
    """
    document = parse_yaml(read_text(path), name)
    ours = {**FIELD, **RECORDS}
    problems = list(document.problems)
    if not document.data:
        text = 'this is no mapping of columns. Write one line a column, such as value: "Total"'
        raise InputError([Problem(name, 0, 0, text)])
    for key, value in document.data.items():
        if key not in ours:
            text = f'"{key}" is not a column of a field file. {did_you_mean(str(key), ours)}'
            problems.append(document.problem((key,), text + f"All: {', '.join(FIELD)}"))
        elif not isinstance(value, str) or not value.strip():
            text = f'{key} must say one header of your file, such as {key}: "Total"'
            problems.append(document.problem((key,), text))
    if problems:
        raise InputError(problems)
    return {str(key): str(value) for key, value in document.data.items()}


def locate(
    sheet: Sheet, mapping: Mapping[str, str] | None = None
) -> tuple[str, dict[str, int], list[Problem]]:
    """Which column of a sheet is which; `mapping` is from `read_map`.

    Returns:
        "field" (one row an input) or "records" (one row a record, one column a count); our name -> position;
        warnings about columns that are not read.

    Raises:
        InputError: Personal columns, a column twice, a needed column missing.
    """
    refuse_personal(sheet)
    heads = [plain(header) for header in sheet.header]
    mapped = {plain(header): own for own, header in (mapping or {}).items()}
    problems = []

    def wrong(text: str, at: int | None = None) -> None:
        problems.append(sheet.problem(sheet.header_line, at, text.rstrip()))

    for header in (mapping or {}).values():
        if plain(header) not in heads:
            hint = did_you_mean(header, sheet.header)
            wrong(f'the mapping names a column "{header}", which this file does not have. {hint}')
    own_names = [mapped.get(head) or head for head in heads]
    long = "indicator" in map(_FIELD_NAMES.get, own_names)
    field = long or not any(_RECORD_NAMES.get(head) in COUNTS for head in own_names)
    names = _FIELD_NAMES if field else _RECORD_NAMES
    places: dict[str, int] = {}
    others = []
    for at, (head, header) in enumerate(zip(own_names, sheet.header, strict=True)):
        own = names.get(head)
        if own is None:
            others += [header] if header else []
        elif own in places:
            first = sheet.header[places[own]]
            wrong(f'"{first}" and "{header}" both are the column {own}; keep one.', at)
        else:
            places[own] = at
    needed = list(NEEDED_FIELD if field else NEEDED_RECORDS)
    if field and {"numerator", "denominator"} <= places.keys():
        needed.remove("value")
    if field and "period" not in places:
        needed.append("period_start")
    for name in needed:
        if name not in places:
            hint = did_you_mean(name, others).replace("Did you mean", "Is it the column")
            wrong(f"the column {name} is missing. {hint}A template: clfz evaluate --template")
    if problems:
        raise InputError(problems)
    warnings = []
    if others:
        shown = ", ".join(others[:8]) + (", ..." if len(others) > 8 else "")
        count = f"{len(others)} columns are" if len(others) > 1 else "1 column is"
        text = f"{count} not known and not read: {shown}."
        warnings.append(sheet.problem(sheet.header_line, None, text))
    return "field" if field else "records", places, warnings


def personal(header: str) -> bool:
    """Whether a column of that name would hold what belongs to one person or one home."""
    head = plain(header)
    words = [word for word in head.split("_") if word]
    kept = {*words, *map(_singular, words)}
    if kept & _ALWAYS or _BIRTH.search(head) or any(map(_JOINED.fullmatch, words)):
        return True
    if kept & {"name", "nom"} and (kept & _PEOPLE or len(words) == 1):
        return True
    if words[:1] == ["list"] and _only_people(words[1:]):
        return True
    if head.startswith(("number_of_", "no_of_", "share_of_")):
        return False
    if kept & {"id", "code", "card"} and kept & _OF_PERSONS:
        return True
    # "number of pupils" and "no girls" are totals, "pupil number" is not.
    if {"number", "no"} & {*words} and _OF_PERSONS & {*words}:
        return not {"of", "children"} & {*words}
    several = any(word == "children" or word != _singular(word) for word in words)
    return _only_people(words) and not several


def _only_people(words: list[str]) -> bool:
    found = [_singular(word) for word in words if word not in _BETWEEN]
    return bool(found) and _PEOPLE.issuperset(found)


def _singular(word: str) -> str:
    """pupils -> pupil, beneficiaries -> beneficiary, ids -> id."""
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word


def refuse_personal(sheet: Sheet) -> None:
    """Refuse a file that names people or homes; nothing of what it says is repeated.

    Raises:
        InputError: One sentence.
    """
    named = [at for at, header in enumerate(sheet.header) if personal(header)]
    if named:
        shown = ", ".join(sheet.header[at] for at in named)
        what, them = ("columns {} look", "them") if named[1:] else ("column {} looks", "it")
        text = f"{what.format(shown)} personal. Nothing was read. Remove {them} "
        text += "and give totals for each area and period."
        raise InputError([sheet.problem(sheet.header_line, named[0], text)])
    # "beneficiaries" says only who: its cells tell a total from a list of names
    listed = {
        at for at, header in enumerate(sheet.header) if _only_people(plain(header).split("_"))
    }
    for line, cells in sheet.rows:
        for at, cell in enumerate(cells):
            kind = _personal_cell(cell)
            if not kind and at in listed and not is_empty(cell) and re.search(r"[^\W\d_]{2}", cell):
                kind = "words where a number of them would stand"
            if kind:
                text = f'row {line}, "{sheet.header[at]}" holds {kind}, which is personal. Nothing was read. '
                raise InputError([sheet.problem(line, at, text + "Remove it.")])


def _personal_cell(cell: str) -> str:
    """What a cell seems to hold; "" when nothing personal."""
    for what, form in _PERSONAL.items():
        if form.search(cell):
            return what
    phone = not _NUMBER.fullmatch(cell) and _PHONE.search(_DATE.sub("date", cell))
    return "a telephone number" if phone else ""
