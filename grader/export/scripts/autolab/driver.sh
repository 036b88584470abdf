#!/usr/bin/env bash
# driver.sh HANDIN: prints the report; its last line is the JSON that Autolab reads. Students see all that is printed, so
# what the grader says to staff is left out, and nothing is printed but by this script.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(mktemp -d)
bash "$here/grade" "$1" "$out/results" >/dev/null 2>&1
cat "$out/results"
rm -rf -- "$out"
