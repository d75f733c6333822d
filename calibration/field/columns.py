"""Which column is which: our names, the names others use, the names in a mapping file, and what is not ours to read.

Headers are compared without case, blanks and marks; of `group/question`, as KoBo writes it, the last part counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from calibration.field.sheet import Sheet
from sim.inputs.problems import InputError, Problem, did_you_mean

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
    "country_iso3": FIELD["country_iso3"],
    "area": FIELD["area"],
    "zone_candidates": "candidates",
    "order_in_source": "order",
    "period_start": FIELD["period_start"],
    "period_end": FIELD["period_end"],
    "protected_from_dropout": "protected kept_in_school dropout_prevented",
    "withdrawn_to_school": "withdrawn withdrawn_from_work",
    "in_bridge_school": "bridge bridged bridge_school",
    "reported_total": "total",
    "out_of_school_children": "out_of_school out_of_school_at_start",
    "identification": "",
    "coverage": FIELD["coverage"],
    "use": FIELD["use"],
    "source": FIELD["source"],
    "notes": FIELD["notes"],
}
NEEDED_FIELD = ("area", "indicator", "value")
NEEDED_RECORDS = ("record", "period_start", "period_end", *COUNTS)

_WHO = """child children kid pupil student learner boy girl father mother parent guardian caretaker caregiver head
    respondent first last family full middle given teacher employer beneficiary household hh enfant eleve nino alumno"""
_WHAT = """phone telephone telefono mobile msisdn whatsapp phonenumber email gps latitude longitude lat lon lng geopoint
    geolocation dob birthdate birthday surname firstname lastname fullname nickname prenom apellido naissance
    nacimiento address adresse direccion passport aadhaar ssn nid photo picture signature fingerprint imei deviceid
    simserial subscriberid username interviewee childname"""
_PEOPLE, _ALWAYS = frozenset(_WHO.split()), frozenset(_WHAT.split())
_NAMES = frozenset({"name", "names", "nom"})
_NUMBERS = frozenset({"id", "number", "no", "code", "card"})
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}")
_PHONE = re.compile(r"(?<![\w.-])(?:\+|0)\d(?:[ ().-]?\d){7,13}(?![\w.-])")
_PLACE = re.compile(r"-?\d{1,2}\.\d{4,}\s*[,; ]\s*-?\d{1,3}\.\d{4,}")


def plain(header: str) -> str:
    """A header without case, accents, group, blanks and marks."""
    bare = unicodedata.normalize("NFKD", header.strip().strip("\ufeff"))
    last = "".join(letter for letter in bare if not unicodedata.combining(letter)).rsplit("/", 1)[
        -1
    ]
    last = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last) if re.search(r"[a-z][A-Z]", last) else last
    return re.sub(r"[^\w]+", "_", last.lower()).strip("_")


def known(header: str) -> bool:
    """Whether a header is one of ours, under any of its names."""
    return plain(header) in _names(FIELD) | _names(RECORDS)


def _names(columns: Mapping[str, str]) -> dict[str, str]:
    """Any name -> our name."""
    return {other: own for own, others in columns.items() for other in (own, *others.split())}


def read_map(path: Path, name: str) -> dict[str, str]:
    """A mapping file: our column -> what stands in their header.

    Raises:
        InputError: It is no such file, or names a column that does not exist.
    """
    from sim.inputs.text_file import read_text
    from sim.inputs.yaml_reader import parse_yaml

    document = parse_yaml(read_text(path), name)
    if document.problems:
        raise InputError(document.problems)
    ours = {**FIELD, **RECORDS}
    problems = []
    data = document.data if isinstance(document.data, dict) else {}
    if not data:
        text = 'this is no mapping of columns. Write one line a column, such as value: "Total"'
        raise InputError([Problem(name, 0, 0, text)])
    for key, value in data.items():
        if key not in ours:
            text = f'"{key}" is not a column of a field file. {did_you_mean(str(key), ours)}'
            problems.append(document.problem((key,), text + f"All: {', '.join(FIELD)}"))
        elif not isinstance(value, str) or not value.strip():
            text = f'{key} must say one header of your file, such as {key}: "Total"'
            problems.append(document.problem((key,), text))
    if problems:
        raise InputError(problems)
    return {str(key): str(value) for key, value in data.items()}


def locate(
    sheet: Sheet, mapping: Mapping[str, str] | None = None
) -> tuple[str, dict[str, int], list[Problem]]:
    """Which column of a sheet is which.

    Args:
        sheet: The file.
        mapping: Our column -> header, from a mapping file.

    Returns:
        "field" (one row a figure) or "records" (one row a record, one column a count); our name -> position;
        warnings about columns that are not read.

    Raises:
        InputError: Personal columns, a column twice, a needed column missing.
    """
    refuse_personal(sheet)
    heads = [plain(header) for header in sheet.header]
    mapped = {plain(header): own for own, header in (mapping or {}).items()}
    missing = [header for header in (mapping or {}).values() if plain(header) not in heads]
    problems = [
        sheet.problem(
            sheet.header_line,
            None,
            f'the mapping names a column "{header}", which this file does not have. '
            f"{did_you_mean(header, sheet.header)}".rstrip(),
        )
        for header in missing
    ]
    own_names = [mapped.get(head) or head for head in heads]
    long = "indicator" in {_names(FIELD).get(head) for head in own_names}
    columns = FIELD if long or not _has_counts(own_names) else RECORDS
    names = _names(columns)
    places: dict[str, int] = {}
    unknown: list[int] = []
    for at, head in enumerate(own_names):
        own = names.get(head)
        if own is None:
            unknown.append(at)
        elif own in places:
            text = f'"{sheet.header[places[own]]}" and "{sheet.header[at]}" both are the column {own}; keep one.'
            problems.append(sheet.problem(sheet.header_line, at, text))
        else:
            places[own] = at
    problems += _needed(sheet, columns, places, [sheet.header[at] for at in unknown])
    if problems:
        raise InputError(problems)
    return "field" if columns is FIELD else "records", places, _not_read(sheet, unknown)


def _has_counts(heads: list[str]) -> bool:
    return any(_names(RECORDS).get(head) in COUNTS for head in heads)


def _needed(
    sheet: Sheet, columns: Mapping[str, str], places: Mapping[str, int], others: list[str]
) -> list[Problem]:
    needed = list(NEEDED_FIELD if columns is FIELD else NEEDED_RECORDS)
    if columns is FIELD:
        if "value" not in places and {"numerator", "denominator"} <= places.keys():
            needed.remove("value")
        if "period" not in places:
            needed += ["period_start"]
    problems = []
    for name in needed:
        if name in places:
            continue
        hint = did_you_mean(name, [other for other in others if other])
        hint = hint.replace("Did you mean", "Is it the column") if hint else ""
        text = f"the column {name} is missing. {hint}A template: clfz evaluate --template"
        problems.append(sheet.problem(sheet.header_line, None, text))
    return problems


def _not_read(sheet: Sheet, unknown: list[int]) -> list[Problem]:
    named = [sheet.header[at] for at in unknown if sheet.header[at]]
    if not named:
        return []
    shown = ", ".join(named[:8]) + (", ..." if len(named) > 8 else "")
    count = f"{len(named)} columns are" if len(named) > 1 else "1 column is"
    text = f"{count} not known and not read: {shown}."
    return [sheet.problem(sheet.header_line, None, text)]


def personal(header: str) -> bool:
    """Whether a column of that name would hold what belongs to one person or one home."""
    words = [word for word in plain(header).split("_") if word]
    kept = set(words)
    if kept & _ALWAYS or (len(words) == 1 and words[0] in (_NAMES | _PEOPLE) - {"children"}):
        return True
    if kept & _NAMES and kept & _PEOPLE:
        return True
    if kept & _NUMBERS and kept & (_PEOPLE | {"national", "identity"}):
        return not kept & {"of", "children"}
    return "birth" in kept and bool(kept & {"date", "day", "of", "month"})


def refuse_personal(sheet: Sheet) -> None:
    """Refuse a file that names people or homes; nothing of what it says is repeated.

    Raises:
        InputError: One sentence.
    """
    named = [at for at, header in enumerate(sheet.header) if personal(header)]
    if named:
        shown = ", ".join(sheet.header[at] for at in named)
        what = "columns" if len(named) > 1 else "column"
        looks = "look" if len(named) > 1 else "looks"
        text = f"{what} {shown} {looks} personal. Nothing was read. Remove "
        text += f"{'them' if len(named) > 1 else 'it'} and give totals for each area and period."
        raise InputError([sheet.problem(sheet.header_line, named[0], text)])
    for line, cells in sheet.rows:
        for at, cell in enumerate(cells):
            kind = _personal_cell(cell)
            if kind:
                text = f'row {line}, "{sheet.header[at]}" holds {kind}, which is personal. Nothing was read. '
                raise InputError([sheet.problem(line, at, text + "Remove it.")])


def _personal_cell(cell: str) -> str:
    """What a cell seems to hold; "" when nothing personal."""
    if _EMAIL.search(cell):
        return "an e-mail address"
    if _PLACE.search(cell):
        return "the position of a place"
    return "a telephone number" if _PHONE.search(cell) else ""
