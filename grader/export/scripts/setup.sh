#!/usr/bin/env bash
# Runs once, when the image is built: a Python of its own for the grader, with what it needs from the package index.
# GRADER_PYTHON names an interpreter to start from, GRADER_HOME a folder to install into.
set -euo pipefail

source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${GRADER_HOME:-/opt/grader}

suitable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${GRADER_PYTHON:+"$GRADER_PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        if suitable "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    echo "no Python 3.11 or newer with venv in this image: asking the distribution's packages"
    apt-get update
    apt-get install -y --no-install-recommends python3-venv || true
    find_python >/dev/null || apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=$(find_python)
fi

"$python" -m venv "$home"
"$home/bin/python" -m pip install --disable-pip-version-check -r "$source/requirements.txt"
packages=$("$home/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
rm -rf "$packages/grader"
cp -R "$source/grader" "$packages/grader"

# Students' code runs as another user where it can: the course's files are none of its business.
chmod -R o= "$source"

# What keeps students' code in its place here, for staff to read in the build's log.
"$home/bin/python" -I -m grader doctor
