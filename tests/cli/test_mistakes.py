"""Bad command lines: one sentence with the nearest valid name, exit code 2, no traceback."""

from pathlib import Path

import pytest

LONG = "9" * 30

BAD = {
    # Names of commands and options.
    "compair": 'there is no command "compair". Did you mean "compare"? All: clfz --help',
    "xyzzy": 'there is no command "xyzzy". All: clfz --help',
    "--versoin": 'there is no option "--versoin". Did you mean "--version"? All: clfz --help',
    "run budhpura none --sed 1": 'there is no option "--sed". Did you mean "--seed"? '
    "All: clfz run --help",
    "compare --replicate 3": 'there is no option "--replicate". Did you mean "--replicates"? '
    "All: clfz compare --help",
    "run budhpura none --shok drought": 'there is no option "--shok". Did you mean "--shock"? '
    "All: clfz run --help",
    "run budhpura none --shock": "--shock needs a value after it. All: clfz run --help",
    "run budhpura none --shock drougt": 'there is no shock "drougt". Did you mean "drought"? '
    "All: clfz shocks",
    "run budhpura none --shock drought --shock wages": 'there is no shock "wages", but a programme '
    "of that name. All: clfz shocks",
    "zones -x": 'there is no option "-x". All: clfz zones --help',
    # Too few, too many.
    "run": "ZONE is missing. Write: clfz run ZONE PROGRAMME. More: clfz run --help",
    "run budhpura": "PROGRAMME is missing. Write: clfz run ZONE PROGRAMME. More: clfz run --help",
    "run budhpura none wages": 'clfz run takes ZONE PROGRAMME, so "wages" is too much. '
    "More: clfz run --help",
    "compare a b c": 'clfz compare takes [FILE], so "b c" is too much. More: clfz compare --help',
    "bench now": 'clfz bench takes options only, so "now" is too much. More: clfz bench --help',
    "check": "FILE... is missing. Write: clfz check FILE.... More: clfz check --help",
    "run budhpura none --seed": "--seed needs a value after it. All: clfz run --help",
    "compare --json=yes": "--json takes no value. All: clfz compare --help",
    # Names of things.
    "zones budpura": 'there is no zone "budpura". Did you mean "budhpura"? All: clfz zones',
    "run budpura none": 'there is no zone "budpura". Did you mean "budhpura"? All: clfz zones',
    "run budhpura bridge_school": 'there is no programme "bridge_school". '
    'Did you mean "bridge-schools"? All: clfz programmes',
    "compare budhpura": 'there is no comparison "budhpura", but a zone of that name. '
    "All: clfz list comparisons",
    "run budhpura drought": 'there is no programme "drought", but a shock of that name. '
    "All: clfz programmes",
    "programmes area": 'there is no programme "area". Did you mean "area-based"? '
    "All: clfz programmes",
    "interventions cash_transfers": 'there is no intervention "cash_transfers". '
    'Did you mean "cash_transfer"? All: clfz interventions',
    "shocks drougt": 'there is no shock "drougt". Did you mean "drought"? All: clfz shocks',
    "compare hedline": 'there is no comparison "hedline". Did you mean "headline"? '
    "All: clfz list comparisons",
    "indicators child_labor_rate": 'there is no indicator "child_labor_rate". '
    'Did you mean "child_labour_rate"? All: clfz indicators',
    "parameters subsistense": 'there is no parameter or lever "subsistense". '
    'Did you mean "subsistence"? All: clfz parameters',
    "list county": 'there is no list of "county". Did you mean "countries"? All: zones, '
    "programmes, interventions, shocks, indicators, parameters, levers, comparisons, studies, "
    "countries, definitions",
    "schema zon": 'there is no kind of file "zon". Did you mean "zone"? All: clfz schema',
    "new zones x": 'there is no kind of file "zones". Did you mean "zone"? '
    "All: zone, programme, shock, comparison, study",
    "new zone x --like borneo": 'there is no zone "borneo". All: clfz zones',
    # Numbers.
    "compare --seed x": '--seed is "x", but it must be a whole number from 0 to 999999999999999.',
    "compare --seed -1": '--seed is "-1", but it must be a whole number from 0 to 999999999999999.',
    f"compare --seed {LONG}": f'--seed is "{LONG}", but it must be a whole number '
    "from 0 to 999999999999999.",
    "compare --replicates -3": '--replicates is "-3", but it must be a whole number '
    "from 1 to 10000.",
    "compare --replicates 1.5": '--replicates is "1.5", but it must be a whole number '
    "from 1 to 10000.",
    "compare --draws 0": '--draws is "0", but it must be a whole number from 1 to 100000.',
    "compare --months 0": '--months is "0", but it must be a whole number from 1 to 408.',
    "compare --jobs 0": '--jobs is "0", but it must be a whole number from 1 to 1024.',
    "run budhpura none --months 409": '--months is "409", but it must be a whole number '
    "from 1 to 408.",
    # --set.
    "compare --set subsistence": '--set is "subsistence", but it must be NAME=VALUE, '
    "as in child_weight=0.5.",
    "compare --set =0.5": '--set is "=0.5", but it must be NAME=VALUE, as in child_weight=0.5.',
    "compare --set subsistense=0.5": 'there is no parameter or lever "subsistense". '
    'Did you mean "subsistence"? All: clfz parameters',
    "compare --set subsistence=lots": '--set subsistence is "lots", which is not a number.',
    "compare --set subsistence=0,5": '--set subsistence is "0,5", which is not a number. '
    "Write a point for decimals.",
    "compare --set subsistence=nan": "--set subsistence is nan, but it must be between 0.2 and "
    "0.5. More: clfz parameters subsistence",
    "compare --set teachers=9": "--set teachers is 9, but it must be between 0 and 3. "
    "More: clfz parameters teachers",
    "compare --set teachers=1 --set teachers=2": "--set gives teachers twice; keep one.",
    # Files and folders.
    "compare nowhere.yaml": "nowhere.yaml: there is no such file.",
    "zones nowhere/zone.yaml": "nowhere/zone.yaml: there is no such file. "
    "There is no folder nowhere either.",
    "check nowhere.yaml": "nowhere.yaml: there is no such file.",
    "compare .": None,
    "report nowhere": "nowhere: there is no such folder.",
    "report .": ". is not a whole result: there is no manifest.json in it.",
}


@pytest.mark.parametrize("line", BAD)
def test_a_bad_command_line_gets_one_sentence(clfz, engine, line):
    done = clfz(*line.split())
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    if BAD[line] is not None:
        assert done.stderr == f"{BAD[line]}\n"
    assert not engine.asked


def test_a_file_in_this_folder_is_found_by_its_file_name_only(clfz, engine, tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine\n", encoding="utf-8")
    done = clfz("compare", "mine")
    assert done.exit_code == 2
    assert done.stderr == (
        'there is no comparison "mine". For the file in this folder write mine.yaml.\n'
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "compare plan.yaml",
            "plan.yaml: this is a programme file, and a comparison file is needed here. "
            "For one programme write: clfz run ZONE plan.yaml",
        ),
        ("zones plan.yaml", "plan.yaml: this is a programme file, and a zone file is needed here."),
        (
            "run plan.yaml budhpura",
            "plan.yaml: this is a programme file, and a zone file is needed here.",
        ),
        (
            "run budhpura mine.yaml",
            "mine.yaml: this is a comparison file, and a programme file is needed here.",
        ),
        (
            "shocks mine.yaml",
            "mine.yaml: this is a comparison file, and a shock file is needed here.",
        ),
        ("report plan.yaml", "plan.yaml is a file. Give the folder of a result."),
        (
            "report results/one/report.html",
            f"{Path('results/one/report.html')} is a file. Give its folder: {Path('results/one')}",
        ),
        (
            "report results",
            "results is not a whole result: there is no manifest.json in it. "
            f"In it there is: {Path('results/one')}",
        ),
    ],
)
def test_a_file_of_another_kind_or_another_place_is_told_in_one_sentence(clfz, line, told):
    assert clfz("new", "programme", "plan.yaml").exit_code == 0
    assert clfz("new", "comparison", "mine.yaml").exit_code == 0
    Path("results/one").mkdir(parents=True)
    for name in ("manifest.json", "report.html"):
        Path("results/one", name).touch()
    done = clfz(*line.split())
    assert done.exit_code == 2
    assert done.stderr == f"{told}\n"


def test_mistakes_in_a_file_are_told_with_line_and_column(clfz, engine, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        'name: "mine"\ntitle: "T"\nquestion: "Q?"\nzone: "budpura"\nprogrammes: ["none"]\n',
        encoding="utf-8",
    )
    done = clfz("compare", "mine.yaml")
    assert done.exit_code == 2
    assert done.stderr.startswith('mine.yaml:4:7: "budpura" is not a known zone.')
    assert not engine.asked
