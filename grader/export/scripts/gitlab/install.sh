home=$(mktemp -d)
python3 -I -m venv "$home"
set -f # packages are words, and no patterns of files
"$home/bin/python" -I -m pip install --quiet --disable-pip-version-check -- "$GRADER_SOURCE" $GRADER_PACKAGES
set +f
