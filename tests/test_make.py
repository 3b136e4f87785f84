"""What `make` promises a person who has only Python, make and git.

Each test runs the real Makefile in a copy of the files it needs, on a PATH that holds the
ordinary Unix tools, a fake Python and, where the test says so, a fake uv: nothing is
downloaded.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("Makefile", "tools", "pyproject.toml", "requirements.lock", "requirements-bootstrap.lock")
UNIX_TOOLS = (
    *("awk", "cat", "cksum", "cp", "dirname", "echo", "env", "find"),
    *("grep", "head", "mkdir", "rm", "sed", "sh", "touch"),
)

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")

FAKE_UV = """\
#!/bin/sh
echo "$*${UV_DEFAULT_INDEX:+ from $UV_DEFAULT_INDEX}${SSL_CERT_FILE:+ by $SSL_CERT_FILE}" >>uv.log
case "$*" in
venv*)
    mkdir -p .venv/bin
    cp ../bin/python3 .venv/bin/python
    echo "$PWD/.venv" >.venv/bin/activate ;;
"pip sync"*) [ ! -e network-is-down ] ;;
esac
"""


class Checkout:
    """A copy of the project's build files, and the machine it stands on."""

    def __init__(self, folder: Path):
        self.root = folder / "checkout"
        self.bin = folder / "bin"
        self.root.mkdir()
        self.bin.mkdir()
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self.root / name)
        for name in UNIX_TOOLS:
            (self.bin / name).symlink_to(shutil.which(name) or name)

    def add_program(self, name: str, script: str) -> None:
        program = self.bin / name
        program.write_text(script, encoding="utf-8")
        program.chmod(0o755)

    def add_python(self, version: str, name: str = "python3", *, modules: bool = True) -> None:
        """Put a Python on the PATH that knows its version and, perhaps, the module venv."""
        finds_modules = "true" if modules else "false"
        self.add_program(
            name,
            "#!/bin/sh\n"
            f'case "$*" in *version_info*) echo {version} ;; *ensurepip*) {finds_modules} ;;\n'
            '*"pip config list") cat pip-settings 2>/dev/null ;;\n'
            '*) echo "$@"; env | grep -E "^(LANGUAGE|PYTHONPATH)=" || true ;; esac\n',
        )

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [shutil.which("make") or "make", *arguments],
            cwd=self.root,
            env={"PATH": str(self.bin), "HOME": str(self.root), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def uv_calls(self) -> list[str]:
        """What uv was asked to do since the last time this was asked."""
        log = self.root / "uv.log"
        calls = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [call for call in calls if call != "--version"]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Return a fresh clone on a machine without any Python."""
    return Checkout(tmp_path)


@pytest.fixture
def ready(checkout: Checkout) -> Checkout:
    """Return a clone whose environment has been made."""
    checkout.add_python("3.12.4")
    checkout.add_program("uv", FAKE_UV)
    assert checkout.make("env").returncode == 0
    checkout.uv_calls()
    return checkout


def setup_is_planned(checkout: Checkout) -> bool:
    """Say whether the next `make report` would first set up .venv."""
    plan = checkout.make("-n", "report")
    assert plan.returncode == 0, plan.stderr
    return "environment.sh create" in plan.stdout


# --- What can be asked for


def test_make_alone_prints_every_verb_and_every_setting_with_its_default(checkout):
    printed = checkout.make().stdout

    verbs = (
        "report html pdf notebooks audit check seal lab test lint format env lock clean distclean"
    )
    for verb in verbs.split():
        assert re.search(rf"^  {verb} +\w", printed, re.MULTILINE), verb
    for setting in (
        "ROUND=2016",
        "LANGUAGE=nl",
        "COMPARE=2016",
        "PARAMS=",
        "JOBS=",
        "PYTHON=",
        "UV=",
    ):
        assert f"\n  {setting}" in printed


def test_help_needs_no_environment(checkout):
    assert "environment.sh" not in checkout.make("-n", "help").stdout
    assert not (checkout.root / ".venv").exists()


def test_every_verb_in_the_list_of_verbs_has_a_rule_and_a_line_of_help():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    listed = re.search(r"^verbs := ((?:.*\\\n)*.*)", makefile, re.MULTILINE)
    assert listed is not None

    documented = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)

    assert sorted(documented) == sorted(listed.group(1).replace("\\\n", "").split())


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("ROUDN", "ROUND"), ("round", "ROUND"), ("LANGAUGE", "LANGUAGE"), ("LANG", "LANGUAGE")],
)
def test_a_mistyped_setting_is_refused_with_the_one_that_was_meant(checkout, mistyped, meant):
    refused = checkout.make("report", f"{mistyped}=2027")

    assert refused.returncode == 2
    assert f"unknown setting {mistyped}; did you mean {meant}?" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert refused.stdout == ""


def test_a_setting_like_no_other_is_refused_without_a_guess(checkout):
    refused = checkout.make("report", "COLOUR=red")

    assert refused.returncode == 2
    assert "unknown setting COLOUR." in refused.stderr


def test_a_mistyped_verb_is_refused_with_the_one_that_was_meant(checkout):
    refused = checkout.make("reprot")

    assert refused.returncode == 2
    assert "unknown verb reprot; did you mean report?" in refused.stderr


# --- What the command behind make is told


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ("report", "report --round 2016 --language nl"),
        ("report ROUND=2027 LANGUAGE=en", "report --round 2027 --language en"),
        ("html JOBS=2", "report --round 2016 --language nl --jobs 2 --only html"),
        ("report COMPARE=2027,2016", "report --round 2016 --language nl --compare 2027,2016"),
        ("pdf", "report --round 2016 --language nl --only pdf"),
        ("notebooks", "report --round 2016 --language nl --only notebooks"),
        ("audit ROUND=2027", "audit --round 2027"),
        ("check ROUND=2027", "check --round 2027"),
        ("seal FILE=a.csv", "seal a.csv"),
        (
            "new-case CASE=zwolle NAME=Zwolle YEAR=2027",
            "new-case --case zwolle --name Zwolle --year 2027",
        ),
        ("codings CASE=zwolle FILE=a.qdpx", "codings --case zwolle a.qdpx"),
        ("codings CASE=zwolle ACCEPT=1", "codings --case zwolle --accept"),
        ("export-codings OUT=codes", "export-codings --out codes"),
    ],
)
def test_settings_reach_the_command(ready, arguments, command):
    assert ready.make(*arguments.split()).stdout == f"-m analysis {command}\n"


def test_each_notebook_parameter_is_passed_by_itself(ready):
    called = ready.make("report", "PARAMS=seed=3 interval=0.9").stdout

    assert called.endswith("-p seed=3 -p interval=0.9\n")


def test_several_files_are_sealed_at_once(ready):
    assert ready.make("seal", "FILE=a.csv b.csv").stdout == "-m analysis seal a.csv b.csv\n"


def test_a_name_with_a_quotation_mark_reaches_the_command_whole(ready):
    called = ready.make("new-case", "CASE=den-bosch", "NAME='s-Hertogenbosch", "YEAR=2027").stdout

    assert called.endswith("--name 's-Hertogenbosch --year 2027\n")


def test_a_case_is_named(ready):
    refused = ready.make("codings", "FILE=a.qdpx")

    assert refused.returncode == 2
    assert "give the case: make codings CASE=zwolle" in refused.stderr


@pytest.mark.parametrize("flags", ["", "-e"])
def test_the_shell_s_gettext_language_does_not_choose_the_report_s(ready, flags):
    called = ready.make(*flags.split(), "html", LANGUAGE="en_US:en").stdout

    assert "--language nl" in called


def test_neither_language_nor_pythonpath_leaks_into_the_programs_that_make_starts(ready):
    called = ready.make("html", "LANGUAGE=en", PYTHONPATH="/somewhere").stdout

    assert called.splitlines()[1:] == []


# --- Setting up, once


def test_the_first_run_makes_the_environment_from_the_lock_and_the_second_does_nothing(checkout):
    checkout.add_python("3.12.4")
    checkout.add_program("uv", FAKE_UV)

    first = checkout.make("report")
    calls = checkout.uv_calls()
    second = checkout.make("report")

    assert first.returncode == 0
    assert [call.split(" -")[0] for call in calls] == ["venv", "pip sync", "pip install"]
    assert "--require-hashes" in calls[1]
    assert all(line.startswith("environment: ") for line in first.stderr.splitlines())
    assert second.stderr == ""
    assert checkout.uv_calls() == []


@pytest.mark.parametrize("name", COPIED[2:])
def test_touching_a_file_it_depends_on_does_not_set_up_again_but_changing_one_does(ready, name):
    os.utime(ready.root / name)
    assert not setup_is_planned(ready)

    with (ready.root / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert setup_is_planned(ready)


def test_a_changed_lock_updates_the_environment_that_is_there(ready):
    with (ready.root / "requirements.lock").open("a", encoding="utf-8") as file:
        file.write("# changed\n")

    ready.make("env")

    assert [call.split(" -")[0] for call in ready.uv_calls()] == ["pip sync", "pip install"]
    assert not setup_is_planned(ready)


def test_an_environment_left_half_made_is_not_taken_for_finished_and_is_made_again(checkout):
    checkout.add_python("3.12.4")
    checkout.add_program("uv", FAKE_UV)
    (checkout.root / "network-is-down").touch()

    broken = checkout.make("report")

    assert broken.returncode == 2
    assert "error: the packages could not be installed" in broken.stderr
    assert "-m analysis" not in broken.stdout
    assert setup_is_planned(checkout)

    (checkout.root / "network-is-down").unlink()
    (checkout.root / ".venv" / "left over").touch()
    assert checkout.make("report").returncode == 0
    assert not (checkout.root / ".venv" / "left over").exists()


def test_a_copied_checkout_does_not_run_the_original_s_code(ready):
    copy = ready.root.parent / "copy"
    shutil.copytree(ready.root, copy, symlinks=True)
    ready.root = copy

    assert setup_is_planned(ready)
    ready.make("env")
    assert ready.uv_calls()[0].startswith("venv")


def test_an_environment_whose_python_is_gone_is_made_again(ready):
    (ready.root / ".venv/bin/python").unlink()
    (ready.root / ".venv/bin/python").symlink_to("/gone/python3.12")

    assert setup_is_planned(ready)


def test_packages_come_from_the_index_that_pip_is_told_to_use(checkout):
    checkout.add_python("3.12.4")
    checkout.add_program("uv", FAKE_UV)
    settings = "global.cert='/etc/mirror.pem'\nglobal.index-url='https://mirror.example/simple'\n"
    (checkout.root / "pip-settings").write_text(settings, encoding="utf-8")

    checkout.make("env")
    assert checkout.uv_calls()[1].endswith(" from https://mirror.example/simple by /etc/mirror.pem")

    shutil.rmtree(checkout.root / ".venv")
    checkout.make("env", UV_DEFAULT_INDEX="https://own.example/simple")
    assert " from https://own.example/simple by" in checkout.uv_calls()[1]


# --- A machine that lacks something


def test_without_python_one_line_says_what_is_missing_and_how_to_get_it(checkout):
    refused = checkout.make("report")

    assert refused.returncode == 2
    message = refused.stderr.splitlines()[0]
    assert message.startswith("error: Python 3.11 or later is needed; found none.")
    assert "sudo apt install python3 python3-venv" in message
    assert "Windows" in message
    assert "macOS" in message


def test_a_python_that_is_too_old_is_named_with_its_version(checkout):
    checkout.add_python("3.9.2")

    assert "is needed; found python3 3.9.2." in checkout.make("report").stderr


def test_a_python_that_stands_on_the_path_but_does_not_run_is_passed_over(checkout):
    checkout.add_program("python3.13", "#!/bin/sh\necho 'pyenv: not found' >&2\nexit 127\n")
    checkout.add_program("uv", FAKE_UV)
    assert "found python3.13 does not run." in checkout.make("report").stderr

    checkout.add_python("3.11.2")

    made = checkout.make("report")
    assert made.returncode == 0
    assert "Python 3.11.2" in made.stderr


def test_a_python_can_be_named_and_is_then_the_only_one_tried(checkout):
    checkout.add_python("3.12.4")
    checkout.add_python("3.9.2", name="ancient")

    assert "found ancient 3.9.2." in checkout.make("report", "PYTHON=ancient").stderr


def test_a_python_without_venv_is_told_which_package_holds_it(checkout):
    checkout.add_python("3.12.4", modules=False)

    refused = checkout.make("report")

    assert refused.returncode == 2
    assert refused.stderr.splitlines()[0] == (
        "error: python3 has no venv module. Debian/Ubuntu: sudo apt install python3.12-venv"
    )
