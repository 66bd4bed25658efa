#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy-19 on the source files that changed in the last 12 hours of commits (or all: --all).
# At most TIDEGATE_TIDY_FILES (default 8) files, so that a large change does not hold up everyone.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

limit=${TIDEGATE_TIDY_FILES:-8}
if [ "${1:-}" = "--all" ]; then
  limit=100000
  mapfile -t files < <(git ls-files '*.cc' ':!tests/*')
else
  base=$(git rev-list -1 --before='12 hours ago' HEAD)
  if [ "$base" = "$(git rev-parse HEAD)" ]; then base=$(git rev-parse --verify --quiet HEAD~1 || true); fi
  [ -n "$base" ] || base=$(git hash-object -t tree /dev/null)
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" |
    sed -n -e '/^tests\//d' -e '/\.cc$/p' | sort -u)
fi
if [ ${#files[@]} -eq 0 ]; then
  echo "no changed source files"
  exit 0
fi
if [ ${#files[@]} -gt "$limit" ]; then
  echo "${#files[@]} files changed; looking at $limit of them (scripts/tidy.sh --all looks at every one)"
  mapfile -t files < <(printf '%s\n' "${files[@]}" | shuf --random-source=<(yes "$(git rev-parse HEAD)") | head -n "$limit")
fi
cmake --preset tidy >/dev/null
cmake --build --preset tidy --target fare_engine_schema edge_ledger_schema >/dev/null
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 2 clang-tidy-19 -p build/tidy --quiet --extra-arg=-Wno-unknown-warning-option
step=""
echo "clang-tidy is content with ${#files[@]} files"
