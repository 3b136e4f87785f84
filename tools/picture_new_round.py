"""The pictures in docs/new-round.md, made from a simulated round of 2027.

Run: .venv/bin/python tools/picture_new_round.py   (needs Chromium, poppler-utils, ImageMagick)
"""

import html
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from analysis.intake.mapping import COLUMNS
from analysis.intake.saved_table import read_saved

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CHROMIUM = shutil.which("chromium") or "google-chrome"
EXPORT = "simulated-2027-spss.sav"
STYLE = """
body {margin: 0; padding: 18px; background: white; font: 14px/1.5 'DejaVu Sans Mono', monospace}
pre {margin: 0; padding: 16px 20px; background: #1d2530; color: #e8edf3; border-radius: 6px;
  font: inherit; white-space: pre}
b {color: #9ad17b; font-weight: normal}
table {border-collapse: collapse; font: 13px 'DejaVu Sans', sans-serif}
td, th {border: 1px solid #c8ccd2; padding: 3px 9px; text-align: left; max-width: 300px;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap}
th {background: #eef1f4; font-weight: normal; color: #555}
td.changed {background: #fff3c4}
"""


def run(root: Path, *arguments: str) -> list[str]:
    """What the command prints, in a project at `root`."""
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *arguments], cwd=root, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "WIJKTEAMS_ROOT": str(root)},
    )  # fmt: skip
    return done.stdout.splitlines()


def picture(name: str, body: str, width: int, height: int) -> None:
    """A picture of a piece of HTML, without the white around it."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(f"<meta charset=utf-8><style>{STYLE}</style>{body}", encoding="utf-8")
        shot = Path(folder) / "shot.png"
        call = [CHROMIUM, "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"]
        call += [f"--screenshot={shot}", f"--window-size={width},{height}", page.as_uri()]
        subprocess.run(call, check=True, capture_output=True)
        target = DOCS / f"new-round-{name}.png"
        trim = ["-trim", "-bordercolor", "white", "-border", "6", "-colors", "64", "-strip"]
        subprocess.run(["convert", str(shot), *trim, str(target)], check=True)
        print(target.relative_to(ROOT))


def terminal(command: str, lines: list[str]) -> str:
    """A call and what it prints."""
    told = "\n".join(html.escape(line) for line in lines)
    return f"<pre><b>$ {html.escape(command)}</b>\n{told}</pre>"


def spreadsheet(path: Path, rows: int, changed: str = "") -> str:
    """The first rows of mapping.csv as a spreadsheet program shows them."""
    shown = [c for c in COLUMNS if c not in ("file", "label")]
    lines = ["<table><tr><th></th>" + "".join(f"<td>{name}</td>" for name in shown) + "</tr>"]
    for number, cells in read_saved(path, COLUMNS, path.name)[:rows]:
        told = "".join(
            f"<td{' class=changed' if name == changed else ''}>{html.escape(cells[name])}</td>"
            for name in shown
        )
        lines.append(f"<tr><th>{number}</th>{told}</tr>")
    return "".join([*lines, "</table>"])


def shortened(lines: list[str], first: int, last: int) -> list[str]:
    """Long output with its middle left out."""
    return lines if len(lines) <= first + last else [*lines[:first], "  …", *lines[-last:]]


def main() -> None:
    """Make the round, and a picture of each step."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        for name in ("data/raw", "notebooks"):
            shutil.copytree(ROOT / name, root / name)
        round = ("--round", "2027")
        run(root, "new-round", *round)
        run(root, "simulate", *round, "--format", "spss")
        proposal = run(root, "import", *round, EXPORT)
        call = f"make import ROUND=2027 FILE={EXPORT}"
        picture("proposal", terminal(call, shortened(proposal, 22, 5)), 1150, 1000)
        mapping = root / "data/raw/survey/2027/mapping.csv"
        picture("mapping", spreadsheet(mapping, 14), 1300, 700)
        accepted = run(root, "import", *round, "--accept")
        picture("import", terminal("make import ROUND=2027 ACCEPT=1", accepted), 1150, 900)
        text = mapping.read_text(encoding="utf-8-sig").replace("5=5; ", "", 1)
        mapping.write_text(text, encoding="utf-8-sig")
        problems = run(root, "check", *round)
        picture("check", terminal("make check ROUND=2027", shortened(problems, 12, 4)), 1250, 800)
        mapping.write_text(text.replace("4=4; ", "4=4; 5=5; ", 1), encoding="utf-8-sig")
        run(root, "report", *round)
        pages = Path(folder) / "page"
        report = root / "reports/2027/nl/report.pdf"
        cut = ["pdftoppm", "-r", "60", "-png", "-f", "1", "-l", "5", str(report), str(pages)]
        subprocess.run(cut, check=True)
        shots = [str(path) for path in sorted(Path(folder).glob("page-*.png"))]
        beside = ["montage", shots[0], shots[-1], "-tile", "2x1", "-geometry", "+8+8"]
        target = DOCS / "new-round-report.png"
        subprocess.run([*beside, "-background", "#d8dce1", "-colors", "128", str(target)],
                       check=True)  # fmt: skip
        print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
