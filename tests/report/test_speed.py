import time
from pathlib import Path

import pytest

from sim.report import build
from tests.report.fake import fake_result


@pytest.mark.slow
def test_the_headline_report_takes_seconds(tmp_path: Path) -> None:
    result = fake_result()
    start = time.process_time()
    assert len(result.summary) > 500
    build(result, tmp_path)
    assert time.process_time() - start < 8
