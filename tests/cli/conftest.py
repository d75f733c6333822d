"""Running `clfz` inside the test's own folder, with an engine that answers at once."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from clfz.cli.app import app
from clfz.report import keep
from typer.testing import CliRunner, Result

from tests.report.fake import PLANS, fake_result

Clfz = Callable[..., Result]


@pytest.fixture
def clfz(tmp_path, monkeypatch) -> Clfz:
    """Run a command line, given as words, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    runner = CliRunner()

    def run(*words: str) -> Result:
        return runner.invoke(app, list(words), prog_name="clfz")

    return run


class Engine(ModuleType):
    """Stands in for `clfz.comparisons`: keeps what it was asked, says made-up numbers."""

    def __init__(self) -> None:
        super().__init__("clfz.comparisons")
        self.asked: dict[str, Any] = {}
        self.trouble: BaseException | None = None

    def compare(self, comparison: Any, **settings: Any) -> Any:
        self.asked = {"what": comparison, **settings}
        for done in range(5):
            settings["progress"](done, 4, "runs")
            if done == 2 and self.trouble is not None:
                raise self.trouble
        result = fake_result(PLANS[:2], draws=3, replicates=2)
        result.manifest["name"] = getattr(comparison, "name", "fake")
        result.manifest["command"] = settings["command"]
        keep(result, settings["out"])
        return result

    def simulate(self, zone: Any, programme: Any, **settings: Any) -> Any:
        return self.compare((zone, programme), **settings)


@pytest.fixture
def plain_report(monkeypatch) -> None:
    """A report without figures, which take most of the time."""

    def build(result: Any, folder: Path) -> Path:
        page = folder / "report.html"
        page.write_text(str(result.manifest["command"]), encoding="utf-8")
        return page

    monkeypatch.setattr("clfz.report.build", build)


@pytest.fixture
def engine(monkeypatch) -> Engine:
    """A quick engine in place of the real one."""
    made = Engine()
    monkeypatch.setitem(sys.modules, "clfz.comparisons", made)
    return made
