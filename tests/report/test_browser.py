"""The page in a real browser: nothing is cut off, nothing overlaps, nothing scrolls sideways."""

import json
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

# Sends what it finds to the page around the frame: files may not look into each other.
CHECK = """
<script>
addEventListener('load', () => {
  const wrong = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) wrong.push('the page is ' + wide + ' wide in ' + innerWidth);
  let seen = 0;
  for (const svg of document.querySelectorAll('figure svg')) {
    const box = svg.getBoundingClientRect();
    if (!box.width) continue;
    const name = svg.closest('figure').id;
    const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim());
    const boxes = texts.map(t => t.getBoundingClientRect());
    seen += texts.length;
    boxes.forEach((a, i) => {
      const said = name + ': ' + texts[i].textContent.trim();
      if (a.left < box.left - 1 || a.right > box.right + 1 || a.top < box.top - 1
          || a.bottom > box.bottom + 1) wrong.push('cut off in ' + said);
      for (let j = i + 1; j < boxes.length; j++) {
        const b = boxes[j];
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        const least = Math.min(a.width * a.height, b.width * b.height);
        if (x > 0 && y > 0 && x * y > 0.25 * least)
          wrong.push('overlap in ' + said + ' / ' + texts[j].textContent.trim());
      }
    });
  }
  parent.postMessage(JSON.stringify({seen, wrong}), '*');
});
</script>
"""
AROUND = """<!DOCTYPE html><body style="margin:0"><pre id="found"></pre>
<script>addEventListener('message', m => document.getElementById('found').textContent = m.data);
</script><iframe src="page.html" style="width:{width}px;height:20000px;border:0"></iframe>"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["folder", "few_folder"])
def test_the_page_in_a_browser(
    name: str, width: int, chromium: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(name)
    html = (folder / "report.html").read_text(encoding="utf-8")
    (tmp_path / "page.html").write_text(html.replace("</body>", CHECK + "</body>"), "utf-8")
    (tmp_path / "around.html").write_text(AROUND.format(width=width), "utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000"]
    options += [f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width + 100},2000"]
    done = subprocess.run(
        [chromium, *options, "--dump-dom", (tmp_path / "around.html").as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found is not None
    report = json.loads(unescape(found.group(1)))
    assert report["seen"] > 100
    assert report["wrong"] == []
