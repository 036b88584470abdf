#!/usr/bin/env bash
# The build script of the exercise (Edit exercise, Customize build script).
set -e
bash ./run_tests.sh
