python=$RUNNER_TEMP/grader/bin/python
out=$(mktemp -d "$RUNNER_TEMP/grade.XXXXXX")
# While this word has not been said again, nothing that is printed is a command to the runner.
word=$("$python" -I -c 'import secrets; print(secrets.token_hex(32))')
code=0
echo "::stop-commands::$word"
"$python" -I -m grader check --require-sandbox="$GRADER_SANDBOX" ${GRADER_SPEC:+"--spec=$GRADER_SPEC"} \
  --format github --output "$out/annotations" \
  --format markdown --output "$out/summary.md" \
  --format junit --output "$out/junit.xml" \
  --format classroom --output "$out/classroom" \
  --format terminal -- "$GRADER_SUBMISSION" || code=$?
echo
echo "::$word::"
if [ -s "$out/junit.xml" ]; then
  cat "$out/annotations"
  cat "$out/summary.md" >>"$GITHUB_STEP_SUMMARY"
  cat "$out/classroom" >>"$GITHUB_OUTPUT"
  echo "junit=$out/junit.xml" >>"$GITHUB_OUTPUT"
else
  echo "::error title=No report::The submission or the spec cannot be used; the log of this step says why."
fi
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
