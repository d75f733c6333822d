"""`clfz sensitivity`, `discover`, `optimise`, `evaluate`, `calibrate`, `bench`: what is asked of many runs."""

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from clfz.cli import console, options
from clfz.cli.group import command
from clfz.cli.mistakes import Mistake, load, result_folder, study_folder, unknown
from clfz.cli.options import Number, Text, Texts
from clfz.cli.runs import note_replacement, repeated, tell


@command(
    "Find which uncertain things matter, and which do not.",
    "clfz sensitivity budhpura area-based",
    "clfz sensitivity headline area-based --samples 128 --out results/drivers",
    "clfz sensitivity mali-1 cash-transfer --vary cash_transfer.amount_eur=3:12 --vary subsistence",
)
def sensitivity(
    source: str = options.argument("SOURCE", "A zone, a comparison or a study: name or file."),
    programme: Text = options.argument(
        "[PROGRAMME]", "With a zone; or one programme of a comparison or study.", None
    ),
    measure: Texts = options.text(
        "--measure",
        "NAME",
        "What the indices are about, such as child_labour_rate@end. May be repeated.",
    ),
    vary: Texts = options.text(
        "--vary",
        "NAME[=LOW:HIGH]",
        "Vary this parameter, lever, zone input or field. May be repeated. "
        "[default: everything uncertain]",
    ),
    samples: Number = options.number(
        "--samples",
        1,
        2**20,
        "Base samples of the Sobol indices, a power of 2; a finished analysis grows. [default: 64]",
    ),
    seeds: Number = options.number(
        "--seeds", 1, 10_000, "Common seeds that every point is run with. [default: 5, the fewest]"
    ),
    trajectories: Number = options.number(
        "--trajectories", 0, 10_000, "Paths of the screening; 0 leaves it out. [default: 10]"
    ),
    keep: Number = options.number(
        "--keep",
        2,
        10_000,
        "How many factors go on from the screening to the Sobol indices, at most. [default: 30]",
    ),
    groups: bool = options.flag("--groups", "Move factors of one group together."),
    seed: Number = options.SEED,
    jobs: Number = options.JOBS,
    out: Text = options.OUT,
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Find out which uncertain things matter, and which cannot be told from zero.

    A screening sorts out what hardly moves anything; the rest gets Sobol indices with intervals.
    Every point is run with several seeds, so that chance is not taken for a cause. When it was
    stopped, the same command goes on.
    """
    from clfz.analysis import sensitivity as analysis

    sizes = options.given(
        samples=samples, seeds=seeds, trajectories=trajectories, keep=keep, seed=seed
    )
    plan = analysis.plan(
        source,
        programme,
        measures=tuple(measure or ()),
        vary=tuple(vary or ()),
        groups=groups,
        **sizes,
    )
    folder = study_folder(out, f"{plan.spec.name}-sensitivity")
    if not quiet:
        spec = plan.spec
        what = f"{plan.parts} groups" if plan.groups else f"{plan.parts} uncertain things"
        paths = f"screening along {plan.trajectories} paths, then " if plan.trajectories else ""
        console.note(
            f"{what}, {spec.replicates} common seeds, {console.count(len(spec.programmes), 'programme')}: "
            f"{paths}{plan.samples} base samples of {plan.going_on}; {plan.runs:,} runs of "
            f"{spec.months} months. Results go to {folder}"
        )
    with console.progress(quiet) as moved:
        found = analysis.run(plan, folder, jobs=jobs, progress=moved, note=console.note)

    texts = map(console.paragraph, analysis.paragraphs(found))
    tell(
        folder, analysis.build(found), partial(analysis.facts, found), texts, json=json, quiet=quiet
    )


@command(
    "Find where a programme fails, among all that is not known.",
    "clfz discover budhpura area-based",
    'clfz discover budhpura area-based --goal "kept_5y_school at least 25%"',
    'clfz discover mali-1 cash-transfer --goal "child_labour_rate@end at most 20%" --draws 400',
)
def discover(
    zone: str = options.ZONE,
    programme: str = options.PROGRAMME,
    goal: str = options.text(
        "--goal",
        "GOAL",
        'A measure, at least or at most, and a number: "child_labour_rate@end at most 10%", '
        '"kept_5y_school at least 50%" (share of the gain left 5 years after), and /child divides '
        "by the children of the zone. Measures: clfz indicators.",
        "child_years_in_school_gained/child at least 0.5",
    ),
    study: Text = options.text(
        "--study",
        "STUDY",
        "A study file with ranges of your own, in place of draws of everything uncertain.",
    ),
    draws: Number = options.DRAWS,
    replicates: Number = options.REPLICATES,
    programme_months: Number = options.PROGRAMME_MONTHS,
    seed: Number = options.SEED,
    jobs: Number = options.JOBS,
    out: Text = options.OUT,
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Find where a programme fails.

    Tries many sets of everything that is not known, sees in which of them the goal is missed, and looks
    for a few limits that tell these apart. Says which limits are not to be trusted, and when there are
    none. When it was stopped, the same command does what is missing.
    """
    from clfz.analysis.discovery.run import discover as find
    from clfz.analysis.discovery.write import facts
    from clfz.runs.study import Study

    name = f"discover-{load('zone', zone).name}-{load('programme', programme).name}"
    folder = study_folder(out, name)
    whole = Study.of(load("study", study)) if study is not None else None
    sizes = options.given(
        draws=draws, replicates=replicates, programme_months=programme_months, seed=seed, jobs=jobs
    )
    with console.progress(quiet) as moved:
        found = find(zone, programme, folder, goal=goal, study=whole, progress=moved, **sizes)
    texts = map(console.paragraph, found.answer())
    tell(folder, folder / "report.html", partial(facts, found), texts, json=json, quiet=quiet)


@command(
    "Find the best mix of interventions for a budget.",
    "clfz optimise budhpura --budget 150000",
    "clfz optimise budhpura --budget 50000 --budget 150000 --budget 500000",
    "clfz optimise mali-1 --budget 100000 --aim p10 --from area-based",
)
def optimise(
    zone: str = options.ZONE,
    budget: Texts = options.text(
        "--budget", "EUR", "Euro for the whole time, as paid out. Repeat it for several budgets."
    ),
    aim: str = options.text(
        "--aim",
        "AIM",
        "mean: the average over what is not known; p10: what 9 of 10 cases exceed; regret: the "
        "least loss against the best mix of each case.",
        "mean",
    ),
    measure: str = options.text(
        "--measure",
        "NAME",
        "What to make large. All: clfz indicators.",
        "child_years_in_school_gained",
    ),
    from_: Texts = options.text(
        "--from",
        "PROGRAMME",
        "Take the parts from this programme. May be repeated. [default: area-based and "
        "cash-transfer, which have every kind of intervention]",
    ),
    draws: Number = options.DRAWS,
    replicates: Number = options.REPLICATES,
    programme_months: Number = options.PROGRAMME_MONTHS,
    seed: Number = options.SEED,
    jobs: Number = options.JOBS,
    out: Text = options.OUT,
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Find the best mix for a budget.

    Parts of the programmes at any intensity are put together; the mix that does most for the money is
    chosen and counted in cases that had no part in finding it. Mixes that cannot be told apart from it are
    named. Each best mix is written as a programme file. When it was stopped, the same command continues.
    """
    from clfz.analysis.best_mix.run import optimise as find
    from clfz.analysis.best_mix.write import facts

    name = load("zone", zone).name
    for programme in from_ or ():
        load("programme", programme)
    if not budget:
        raise Mistake("give a budget, for example --budget 150000. Repeat it for several budgets.")
    folder = study_folder(out, f"optimise-{name}-{aim}")
    amounts = [money(text) for text in budget]
    sizes = options.given(
        draws=draws, replicates=replicates, programme_months=programme_months, seed=seed, jobs=jobs
    )
    if from_:
        sizes["programmes"] = tuple(from_)
    with console.progress(quiet) as moved:
        best = find(zone, amounts, folder, measure=measure, aim=aim, progress=moved, **sizes)
    texts = map(console.paragraph, best.answer())
    tell(folder, folder / "report.html", partial(facts, best), texts, json=json, quiet=quiet)


def money(text: str) -> float:
    """Read an amount of euro."""
    digits = re.sub(r"(?<=\d)[,_ ](?=\d{3}\b)", "", text.strip().removeprefix("€").strip())
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", digits) or float(digits) <= 0:
        raise Mistake(f'--budget is "{text}", but it must be an amount of euro, such as 150000.')
    return float(digits)


@command(
    "Compare field data with the model; writes a report.",
    "clfz evaluate budhpura",
    "clfz evaluate --template > my-data.csv",
    "clfz evaluate my-data.csv --zone my-district.yaml --programme my-programme.yaml",
)
def evaluate(
    field: Text = options.argument(
        "[FIELD]", "Your CSV file, or the name of a shipped example.", None
    ),
    zone: Text = options.text("--zone", "ZONE", "Name or file of the zone. [default: the area]"),
    programme: str = options.text(
        "--programme", "NAME", "Name or file of the programme there.", "area-based"
    ),
    area: Text = options.text("--area", "AREA", "Which area, when FIELD has several."),
    posterior: Text = options.text(
        "--posterior", "DIR", "Assumptions from a result of clfz calibrate, not from the priors."
    ),
    map_: Text = options.text(
        "--map", "YAML", "Which column of yours is which: lines such as value: Total"
    ),
    template: bool = options.flag("--template", "Print a file to fill in, with explanations."),
    programme_months: Number = options.number(
        "--programme-months", 1, 240, "Months until the programme leaves. [default: 48]"
    ),
    seed: Number = options.SEED,
    replicates: Number = options.REPLICATES,
    draws: Number = options.DRAWS,
    jobs: Number = options.JOBS,
    out: Text = options.OUT,
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Compare reported numbers with the model: do they agree, and would it have happened anyway?

    Start with: clfz evaluate --template > my-data.csv. Then clfz check my-data.csv tells what is
    wrong with it. By default 500 sets of assumptions and 2 replicates of each.
    """
    if template:
        from clfz.inputs.field import template as text

        console.show(text().rstrip())
        return
    if field is None:
        raise Mistake(
            "FIELD is missing. A file to fill in: clfz evaluate --template > my-data.csv. "
            "An example: clfz evaluate budhpura"
        )
    from clfz.inputs.field import columns, read_field

    path = _field_file(field)
    mapping = columns.read_map(Path(map_), map_) if map_ is not None else None
    data = read_field(path, mapping)
    work = load("programme", programme)
    place = load("zone", zone) if zone is not None else None
    if importlib.util.find_spec("sklearn") is None:
        raise Mistake(
            'clfz evaluate needs scikit-learn, which is not installed. Write: pip install "clfz[evaluate]"'
        )
    folder = result_folder(out, f"evaluate-{path.stem}")
    asked = {"programme_months": programme_months, "seed": seed}
    asked |= {"replicates": replicates, "draws_": draws}
    other = None if programme == "area-based" else programme
    told = {"zone": zone, "programme": other, "area": area, "posterior": posterior, "map_": map_}
    line = ["evaluate", field, *options.words(**told, **asked, out=out)]
    note_replacement(folder, quiet)
    if not quiet:
        for warning in data.warnings:
            console.note(str(warning))
        for remark in data.notes:
            console.note(f"{data.name}: {remark}")

    from clfz.analysis.evaluation import evaluate as work_out
    from clfz.analysis.evaluation import report

    with console.progress(quiet) as moved:
        found = work_out(
            data,
            zone=place,
            programme=work,
            area=area,
            posterior=posterior,
            progress=moved,
            command=repeated(line),
            **options.given(**asked, jobs=jobs),
        )
    page = report.write(found, folder)
    facts = partial(report.facts, found, folder, page)
    tell(folder, page, facts, _evaluated(found), json=json, quiet=quiet)


def _field_file(field: str) -> Path:
    """The file of a path, or a shipped example."""
    from clfz.inputs import find
    from clfz.inputs.field import is_field_file

    path = Path(field)
    if is_field_file(field) or path.exists() or path.parent != Path():
        return path
    examples = {file.stem: file for file in (find.calibration_folder() / "examples").glob("*.csv")}
    if field not in examples:
        raise unknown("field file", field, examples, ", ".join(sorted(examples)))
    return examples[field]


def _evaluated(found: Any) -> Iterator[str]:
    """The answer, and every reported number beside that of the model."""
    from clfz.analysis.evaluation import words

    yield console.paragraph(words.said("title", found, found.plan.zone.title))
    yield from map(console.paragraph, (*words.listed("warnings", found), *words.sentences(found)))
    rows = [
        (
            f"{each.label}, {each.period}",
            words.reported(each),
            words.modelled(each),
            words.said("verdict", each),
        )
        for each in found.verdicts.itertuples()
    ]
    yield console.table(("figure", "reported", "model", "in words"), rows)
    yield console.paragraph(words.said("note", found, words.said("reading", found)))


@command(
    "Learn the uncertain parameters from reported outcomes.",
    "clfz calibrate",
    "clfz calibrate --rows 400 --sets 0 --out results/quick-calibration",
    "clfz compare --posterior results/calibration",
)
def calibrate(
    file: Text = options.argument(
        "[TARGETS]", "CSV file of records; the shipped ones without it.", None
    ),
    rows: Number = options.number(
        "--rows", 40, 100_000, "Rows of the table of runs. [default: 2000]"
    ),
    sets: Number = options.number(
        "--sets",
        0,
        10_000,
        "Synthetic data sets that are fitted to test the method. [default: 200]",
    ),
    seed: Number = options.SEED,
    jobs: Number = options.JOBS,
    cluster: Text = options.CLUSTER,
    out: Text = options.OUT,
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Learn the uncertain parameters from reported outcomes, and check what was learned.

    One table of single-zone runs is made and kept; every fit reads it. When it was stopped or
    killed, the same command continues. Ends with posterior.parquet (ArviZ reads it), checks.csv
    and report.html.
    """
    folder = Path(out or "results/calibration")
    line = ["calibrate", *([file] if file else [])]
    line += options.words(rows=rows, sets=sets, seed=seed, out=out)
    try:
        from clfz.analysis.calibration.run import Settings
        from clfz.analysis.calibration.run import calibrate as work
        from clfz.analysis.calibration.targets import load_targets

        size = _sized(Settings(**options.given(seed=seed)), rows, sets)
        for warning in load_targets(file).warnings:
            console.note(f"Warning: {warning}")
        with console.progress(quiet) as moved:
            how = options.given(jobs=jobs, cluster=cluster, command=repeated(line))
            checks = work(folder, file, settings=size, progress=moved, **how)
    except (KeyboardInterrupt, OSError, MemoryError, RuntimeError) as error:
        # In place of the note of one zone's study, which counts its own runs only.
        kept = f"What is done is kept in {folder}; the same command continues."
        error.__notes__ = [kept if folder.is_dir() else "Nothing was written."]
        raise
    failed = [row for row in checks.rows if row["ok"] == "no"]
    passed = sum(row["ok"] == "yes" for row in checks.rows)
    said = [f"{passed} checks passed, {len(failed)} failed."]
    said += [f"{row['check']}: {row['item']}: {row['value']} (bar: {row['bar']})" for row in failed]
    facts = {"passed": passed, "failed": failed, "checks": checks.rows}
    tell(folder, folder / "report.html", lambda: facts, ["\n  ".join(said)], json=json, quiet=quiet)
    if not json:
        console.show(f"Posterior: {folder / 'posterior.parquet'}")


def _apart(usual: Any, rows: int) -> tuple[int, int]:
    """Known truths and judges that are kept apart; of a small table fewer, so that most rows are left to learn from."""
    if rows > 3 * (usual.truths + usual.judges):
        return usual.truths, usual.judges
    return min(usual.truths, rows // 6), min(usual.judges, rows // 12)


def _sized(usual: Any, asked: int | None, sets: int | None) -> Any:
    """The usual settings for a table of the size asked for, with as many synthetic data sets.

    Raises:
        Mistake: More sets than known truths; each needs one of its own.
    """
    rows = usual.rows if asked is None else asked
    truths, judges = _apart(usual, rows)
    if sets is not None and sets > truths:
        enough = (more for more in range(rows, usual.rows) if _apart(usual, more)[0] >= sets)
        text = f"--sets {sets} is too many: {rows} rows keep {truths} known truths apart. "
        text += f"Write --sets {truths} or fewer"
        raise Mistake(f"{text}{''.join(f', or --rows {n} or more' for n in islice(enough, 1))}.")
    if sets is None and usual.sets > truths:
        console.note(
            f"Warning: {truths} synthetic data sets instead of {usual.sets}, since {rows} rows keep "
            "no more known truths apart."
        )
    fitted = min(usual.sets, truths) if sets is None else sets
    return replace(usual, rows=rows, truths=truths, judges=judges, sets=fitted)


_MEASURED = (
    ("ns_per_child_month_1_thread", "time for one child and month, one thread", "ns"),
    ("ns_per_child_month_2_threads", "time for one child and month, two threads", "ns"),
    ("twin_ratio", "how often faster than the reference implementation", "times"),
    ("bytes_per_child", "memory for one child", "bytes"),
    ("outside_compiled_share", "share of a run's time outside compiled code", ""),
    ("warm_small_job_s", "a small job, compiled before", "s"),
)


@command("Measure the speed of the engine here.", "clfz bench --json")
def bench(json: bool = options.JSON, quiet: bool = options.flag("--quiet", "No progress.")) -> None:
    """Measure the speed of the engine on this machine (about two minutes; three on an older machine)."""
    from clfz.bench import measure

    if not quiet:
        console.note("Measuring; other programs running now make the numbers worse.")
    with console.progress(quiet) as moved:
        found: dict[str, Any] = dict(measure(moved))
    if json:
        console.show(console.as_json(found))
        return

    def shown(value: Any, unit: str = "") -> str:
        text = f"{value:.3g}" if isinstance(value, float) else str(value)
        return f"{text} {unit}".strip()

    named = [
        (shown(found.pop(name), unit), text) for name, text, unit in _MEASURED if name in found
    ]
    console.show(console.table(("value", "what"), named))
    if found:
        console.show("\nAnd by name, as docs/performance.md explains them:\n")
        rows = [(shown(value), name) for name, value in found.items()]
        console.show(console.table(("value", "name"), rows))
