rm -rf -- .grader-report
mkdir .grader-report
"$home/bin/python" -I -m grader check --require-sandbox="$GRADER_SANDBOX" --spec="$GRADER_SPEC" \
  --format junit --output .grader-report/junit.xml \
  --format html --output .grader-report/report.html \
  --format terminal -- .
