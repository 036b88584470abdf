"""The custom validator of one test case: copies what was handed in, has it graded, leaves validation_results.json.

It runs in Submitty's folder of work, under any Python 3, with `-I`: so nothing that was handed in is imported.
"""

import json
import os
import shutil
import subprocess
import tempfile

MADE_BY_SUBMITTY = ("STDOUT", "STDERR", "execute_logfile", ".submit.timestamp", ".user_assignment_access")
"""How the files begin that Submitty lays beside what was handed in."""


def main() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    with open("custom_validator_input.json", encoding="utf-8") as file:
        settings = json.load(file)
    work = tempfile.mkdtemp()
    try:
        submission = os.path.join(work, "submission")
        shutil.copytree(settings["testcase_prefix"] or ".", submission, symlinks=True, ignore=_made_by_submitty)
        grade = [os.path.join(here, "proofgrade", "grade"), submission, os.path.abspath("validation_results.json")]
        subprocess.call(["bash", *grade, "--question", settings["question"]], stdout=subprocess.DEVNULL)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _made_by_submitty(folder: "str", names: "list[str]") -> "list[str]":
    return [name for name in names if name.startswith(MADE_BY_SUBMITTY)]


if __name__ == "__main__":
    main()
