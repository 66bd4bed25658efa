#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy-19 on the source files that changed last (or all: --all; or those named).
# At most TIDEGATE_TIDY_FILES (default 24), the newest first: the same commit is always judged by the
# same files, and a large change does not hold up everyone. Before a release: --all.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

limit=${TIDEGATE_TIDY_FILES:-24}
if [ "${1:-}" = "--all" ]; then
  mapfile -t files < <(git ls-files '*.cc' ':!tests/*')
elif [ $# -gt 0 ]; then
  files=("$@")
else
  # From the newest commit back; a file that is gone or named before is left out. awk reads to the end:
  # a closed pipe would fail git.
  mapfile -t files < <({ git diff --name-only HEAD; git log --format= --name-only; } |
    awk -v limit="$limit" '/\.cc$/ && !/^tests\// && !seen[$0]++ && left < limit {
      if ((getline line < $0) >= 0) { print; left++ }
      close($0)
    }')
fi
if [ ${#files[@]} -eq 0 ]; then
  echo "no source files"
  exit 0
fi
echo "looking at ${#files[@]} files (scripts/tidy.sh --all looks at every one)"
cmake --preset tidy >/dev/null
cmake --build --preset tidy --target fare_engine_schema edge_ledger_schema nfc_tables_schema >/dev/null
# -Wno-error: warnings are the compiler's own to judge, and clang has others than g++.
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 2 clang-tidy-19 -p build/tidy --quiet \
  --extra-arg=-Wno-error --extra-arg=-Wno-unknown-warning-option
step=""
echo "clang-tidy is content with ${#files[@]} files"
