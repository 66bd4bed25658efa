#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Passes the tests: format, the whole suite, the suite again under the address and undefined-behaviour
# sanitizers, threaded tests under the thread sanitizer, clang-tidy on changed files, a minute of fuzzing.
#   scripts/test.sh          everything (35 to 75 minutes from nothing on 2 cores)
#   scripts/test.sh --quick  format and the plain suite only
set -euo pipefail
if [ "${1:-}" = "--help" ]; then
  sed -n '3,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
fi
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages

begin "checking the format"
mapfile -t sources < <(git ls-files '*.h' '*.cc')
clang-format-19 --dry-run --Werror "${sources[@]}"
echo "${#sources[@]} files are formatted"

jobs=$(($(nproc) + 1))  # many wait for a line or a timer
run_suite() {  # run_suite PRESET
  begin "testing $1"
  ctest --preset "$1" -j "$jobs" --no-tests=error
}

build dev
run_suite dev
if [ "${1:-}" = "--quick" ]; then
  step=""
  say "passed (quick)"
  exit 0
fi

begin "clang-tidy on changed files"
scripts/tidy.sh

# What is freed waits in 16 MiB instead of 256: tests that fork would copy the page tables of all of it each time.
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:quarantine_size_mb=16 UBSAN_OPTIONS=print_stacktrace=1
build asan
run_suite asan

export TSAN_OPTIONS=halt_on_error=1
# Only what has threads: label `threads` in tests/CMakeLists.txt, without those that preload a library.
build tsan tidegate tidegate-gate tidegate-reader tidegate-sim \
  base_test edge_gate_test edge_reader_test simulators_test e2e_test
run_suite tsan

begin "fuzzing for a minute"
scripts/fuzz.sh --preset asan --seconds 8

step=""
say "everything passed"
