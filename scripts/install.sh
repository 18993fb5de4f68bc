#!/bin/sh
# Makes the virtual environment and installs the package into it with the pinned versions.
# Usage: install.sh PYTHON VENV WHAT [STAMP]; run from the top of the checkout.
set -u
python=$1 venv=$2 what=$3 stamp=${4:-.installed}

fail() {
    echo "chainrule: $*" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    fail "there is no '$python' here. Install Python 3.11 or newer, or name one: make run PYTHON=/path/to/python3.11"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" -V 2>&1) is too old: Python 3.11 or newer is needed. Name another: make run PYTHON=python3.11"

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    # Debian ships Python without ensurepip; virtualenv and uv carry their own.
    "$python" -m venv "$venv" >/dev/null 2>&1 ||
        "$python" -m virtualenv -q "$venv" >/dev/null 2>&1 ||
        uv venv -q --seed --clear --python "$python" "$venv" >/dev/null 2>&1 ||
        fail "'$python -m venv' does not work here. On Debian and Ubuntu: apt install python3-venv (or install uv)."
fi

echo "Installing into $venv (the first time takes a minute or more: PyTorch is large) ..."
log="$venv/install.log"
# shellcheck disable=SC2086 # PIP_ARGS holds several words on purpose
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check ${PIP_ARGS:-} \
    -c constraints.txt -e "$what" >"$log" 2>&1 ||
    fail "the installation failed: $(grep -i '^error' "$log" | tail -n 1) (all of it: $log)"
touch "$venv/$stamp"
