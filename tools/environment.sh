#!/bin/sh
# Makes and updates the project's own Python environment, .venv. The Makefile calls it.
#
#   tools/environment.sh stamp    print the file that says .venv is complete and up to date
#   tools/environment.sh create   make .venv, or bring an older one up to date
#   tools/environment.sh lock     resolve pyproject.toml again; rewrite the locks and environment.yml
#
# PYTHON=… names the Python to build on, UV=… the uv to build with; UPGRADE=1 lets `lock`
# move to newer versions. Nothing is installed outside the project's folder.
set -eu
cd "$(dirname "$0")/.."

# Settings of the user's shell that would pull other packages in.
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX UV_SYSTEM_PYTHON UV_PROJECT_ENVIRONMENT

oldest=3.11
say() { echo "environment: $*" >&2; }
fail() { echo "error: $*" >&2; exit 2; }

# A sum of everything the environment depends on: a touched file rebuilds nothing, a changed
# one does. The folder counts too, because a copied .venv still runs the original's code.
stamp() {
    if [ -x .venv/bin/python ]; then
        { pwd -P; cat requirements.lock requirements-bootstrap.lock pyproject.toml; } | cksum |
            { read -r sum size; echo ".venv/.complete-$sum-$size"; }
    else
        echo .venv/.missing
    fi
}

# Prints the version of a Python that runs, nothing for one that does not: a pyenv shim can
# stand on the PATH and still fail.
version_of() { "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null || :; }

# Is version $1 (as 3.12.1) at least $oldest?
new_enough() {
    [ -n "$1" ] || return 1
    minor=${1#*.}
    [ "${1%%.*}" -gt "${oldest%.*}" ] ||
        { [ "${1%%.*}" -eq "${oldest%.*}" ] && [ "${minor%%.*}" -ge "${oldest#*.}" ]; }
}

find_python() {
    tried=
    for python in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        path=$(command -v "$python") || continue
        # With .venv activated, python3 is the one that is about to be replaced.
        case "$path" in "$PWD"/.venv/*) continue ;; esac
        version=$(version_of "$python")
        if new_enough "$version"; then return; fi
        tried="$tried${tried:+, }$python ${version:-does not run}"
    done
    fail "Python $oldest or later is needed; found ${tried:-none}." \
        "Debian/Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python;" \
        "Windows: work in WSL, or with conda (see environment.yml)." \
        "One that stands elsewhere: make PYTHON=/path/to/python3"
}

find_uv() {
    uv=${UV:-uv}
    if "$uv" --version >/dev/null 2>&1; then return; fi
    [ -z "${UV:-}" ] || fail "UV=$UV does not run"
    uv=.venv-uv/bin/uv
    wanted=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements-bootstrap.lock)
    case "$("$uv" --version 2>/dev/null)" in "uv $wanted"*) return ;; esac

    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python has no venv module. Debian/Ubuntu: sudo apt install python${version%.*}-venv"
    say "fetching uv $wanted, which installs the packages, into .venv-uv"
    rm -rf .venv-uv
    "$python" -m venv .venv-uv
    echo '*' >.venv-uv/.gitignore
    PIP_USER=0 .venv-uv/bin/python -m pip install --quiet --quiet --disable-pip-version-check \
        --require-hashes --only-binary :all: -r requirements-bootstrap.lock ||
        fail "uv could not be fetched (see above). Is there a network, and a package index?"
}

# uv does not read pip's settings: hand it the package index and the certificates that the
# user, or an institute's network, has told pip to use.
share_pip_settings() {
    for pip_python in "$python" .venv-uv/bin/python; do
        settings=$("$pip_python" -m pip config list 2>/dev/null) && break
    done
    index=$(pip_setting index-url)
    certificates=$(pip_setting cert)
    if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        export UV_DEFAULT_INDEX="$index"
    fi
    if [ -n "$certificates" ] && [ -z "${SSL_CERT_FILE:-}" ]; then
        export SSL_CERT_FILE="$certificates"
    fi
}
# The environment's value comes first in pip's list, as it does in pip.
pip_setting() {
    echo "$settings" | sed -nE "s/^(:env:|global|install)\.$1='(.*)'\$/\2/p" | head -n 1
}

create() {
    find_python
    find_uv
    share_pip_settings
    # Keep a .venv that works and update it; begin again from one left half-made, one whose
    # Python is gone, or one made in another folder.
    if [ -e .venv/.incomplete ] || ! new_enough "$(version_of .venv/bin/python)" ||
        ! grep -qsF "$(pwd -P)/.venv" .venv/bin/activate; then
        say "making .venv with Python $version ($path)"
        rm -rf .venv
        "$uv" venv --quiet --python "$path" --no-python-downloads .venv
    fi
    touch .venv/.incomplete
    rm -f .venv/.complete-*
    say "installing the $(grep -c '^[a-z0-9]' requirements.lock) packages of requirements.lock (first time: a minute or two)"
    "$uv" pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode \
        requirements.lock ||
        fail "the packages could not be installed (see above). Behind a proxy with its own certificates, try UV_SYSTEM_CERTS=1"
    say "installing the project itself, editable"
    "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
    rm .venv/.incomplete
    touch "$(stamp)"
    say "ready"
}

resolve() {
    "$uv" pip compile --quiet --python "$python" --universal --python-version "$oldest" \
        --fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links \
        --no-annotate --no-header ${UPGRADE:+--upgrade} "$@" >/dev/null
}

lock() {
    find_python
    find_uv
    share_pip_settings
    say "resolving pyproject.toml into requirements.lock"
    resolve --group dev pyproject.toml -o requirements.lock
    say "resolving uv into requirements-bootstrap.lock"
    echo uv | resolve - -o requirements-bootstrap.lock
    say "writing environment.yml"
    "$python" tools/conda_environment.py
}

case "${1:-}" in
stamp | create | lock) "$1" ;;
*) fail "usage: tools/environment.sh stamp|create|lock" ;;
esac
