read -ra packages <<< "$GRADER_PACKAGES"
home=$RUNNER_TEMP/grader
python3 -I -m venv "$home"
"$home/bin/python" -I -m pip install --quiet --disable-pip-version-check -- \
  "${GRADER_SOURCE:-$GRADER_HERE/../../..}" "${packages[@]}"
