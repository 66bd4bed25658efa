#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures a release build and writes docs/measured.md: no figure there is typed by hand.
#   scripts/bench.sh            everything, about 15 minutes; the machine should do nothing else
#   scripts/bench.sh --quick    a moment of each, printed only (the suite does the same in its own build)
set -euo pipefail
if [ "${1:-}" = "--help" ]; then
  sed -n '3,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
fi
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

quick=()
case ${1:-} in
  "") ;;
  --quick) quick=(--quick) ;;
  *) give_up "unknown option $1 (--help tells what there is)" ;;
esac

# A section of the page each, in this order: the folder in tests/bench and its heading.
benchmarks=("tap:The life of a tap" "fare:Fare decisions" "ledger:The ledger" "footprint:Footprint of a box")
targets=()
for benchmark in "${benchmarks[@]}"; do
  name=${benchmark%%:*}
  [ ! -d "tests/bench/$name" ] || targets+=("tidegate-bench-$name")
done
build release "${targets[@]}"

machine() {
  local processor disk dirty
  processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
  disk=$(findmnt -nrvo SOURCE,FSTYPE -T build || echo unknown)
  dirty=$(git diff --quiet HEAD -- . ':!docs/measured.md' || echo ", with changes that are not committed")
  cat <<END
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Measured

Written by \`scripts/bench.sh\`; each figure stands beside a limit taken in the same run.

- Machine: ${processor:-unknown processor}, $(nproc) processors, $(free -g | awk '/^Mem:/ {print $2}') GiB,
  Linux $(uname -r); build folder on $disk; load average at the start $(cut -d' ' -f1-3 /proc/loadavg)
- Commit: $(git rev-parse --short=12 HEAD)$dirty, $(date +%F)
- Compiler: $(g++ -dumpfullversion), preset \`release\`
END
}

page=build/measured.md
machine >$page
for benchmark in "${benchmarks[@]}"; do
  program=build/release/bin/tidegate-bench-${benchmark%%:*}
  [ -d "tests/bench/${benchmark%%:*}" ] || continue
  begin "measuring: ${benchmark#*:}"
  # shellcheck disable=SC2016  # the backquotes are Markdown's
  printf '\n## %s\n\n`%s`\n\n' "${benchmark#*:}" "$program" >>$page
  "$program" "${quick[@]}" | tee -a $page
done
step=""
if [ ${#quick[@]} -eq 0 ]; then
  mv $page docs/measured.md
  say "docs/measured.md is written"
fi
