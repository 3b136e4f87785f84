"""How long do many answer sheets take from a CSV to results, and how much memory?

Run: .venv/bin/python tools/import_a_million.py [sheets ...]
Simulates rounds of so many sheets (default 10,000, 100,000 and 1,000,000) in all municipalities
of the Netherlands, and imports each in a process of its own. Prints a row per round: seconds from
the CSV to the facts that a report prints, the most memory that was held, seconds per million.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from analysis.intake.importing import answers_folder
from analysis.intake.mapping import MappedColumn, write_mapping
from analysis.intake.new_round import new_round
from analysis.intake.receive import receive
from analysis.project import Project, find_project
from analysis.raw.municipalities import read_register
from analysis.raw.settings import read_round, round_instrument
from analysis.raw.sources import seal
from analysis.raw.survey import read_frame
from analysis.simulate.plan import Plan
from analysis.simulate.write import simulate, true_mapping
from analysis.survey.load import load_round
from analysis.survey.results import survey_facts

SIZES = ["10000", "100000", "1000000"]
ROUND = "2027"


def make(root: Path, sheets: int) -> None:
    """A round of `sheets` answer sheets in a project of its own at `root`."""
    root.mkdir()
    (root / "notebooks").mkdir()
    (root / "data").mkdir()
    subprocess.run(["cp", "-r", str(find_project().raw), str(root / "data" / "raw")], check=True)
    project = Project(root)
    new_round(project, ROUND)
    register = read_register(project).codes
    there = register[register["until"].isna()]
    frame = pd.DataFrame({"municipality": there["code"].str.lower(), "name": there["name"],
                          "code": there["code"]})  # fmt: skip
    path = project.raw / "survey" / ROUND / "frame.csv"
    frame.to_csv(path, index=False)
    seal(project, path)
    settings = read_round(project, ROUND)
    frame, instrument = read_frame(project, settings), round_instrument(project, settings)
    export = answers_folder(project, ROUND) / "simulated.csv"
    officials = min(len(frame), sheets // 10)
    plan = Plan(municipalities=len(frame), respondents=sheets - officials, officials=officials)
    simulate(frame, instrument, plan, "csv", export)
    columns = true_mapping("csv", instrument, frame)
    write_mapping(
        path.with_name("mapping.csv"),
        [MappedColumn(export.name, c.name, c.label, c.becomes, c.codes, accepted=True)
         for c in columns],
    )  # fmt: skip
    receive(project, settings, [])


def measure(root: Path) -> None:
    """Import the round at `root` and print its figures."""
    start = time.monotonic()
    data = load_round(Project(root), ROUND).data
    imported = time.monotonic() - start
    facts = survey_facts(data)
    seconds = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    people = data.answers.size("professionals") + data.answers.size("officials")
    size = sum(p.stat().st_size for p in answers_folder(Project(root), ROUND).iterdir()) / 1e6
    print(
        f"{people:>10,} {size:>8.0f} {imported:>9.1f} {seconds:>9.1f} {memory:>8.2f}"
        f" {1e6 * seconds / people:>12.1f} {len(facts):>7}"
    )


def main() -> None:
    """Make, import and print each round in turn."""
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
        return
    print("    sheets       MB  imported   results       GB  s a million   facts", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for size in sys.argv[1:] or SIZES:
            root = Path(folder) / size
            make(root, int(size))
            subprocess.run([sys.executable, __file__, "--measure", str(root)], check=True)


if __name__ == "__main__":
    main()
