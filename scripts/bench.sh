#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures a release build and writes docs/measured.md: no figure there is typed by hand.
#   scripts/bench.sh              everything, about half an hour; the machine should do nothing else
#   scripts/bench.sh fare ledger  only these sections, the others of the page stay (tap, fare, ledger, footprint)
#   scripts/bench.sh --quick      a moment of each, printed only (the suite does the same in its own build)
set -euo pipefail
if [ "${1:-}" = "--help" ]; then
  sed -n '3,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
fi
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# A section of the page each, in this order: the folder in tests/bench and its heading.
benchmarks=("tap:The life of a tap" "fare:Fare decisions" "ledger:The ledger" "footprint:Footprint of a box")
quick=()
wanted=()
for argument in "$@"; do
  case $argument in
    --quick) quick=(--quick) ;;
    tap | fare | ledger | footprint) wanted+=("$argument") ;;
    *) give_up "unknown argument $argument (--help tells what there is)" ;;
  esac
done
[ ${#wanted[@]} -gt 0 ] || wanted=("${benchmarks[@]%%:*}")
build release "${wanted[@]/#/tidegate-bench-}"

begin_of_page() {
  local processor disk
  processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
  disk=$(findmnt -nrvo SOURCE,FSTYPE -T build || echo unknown)
  cat <<END
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Measured

Written by \`scripts/bench.sh\`; each figure stands beside a limit taken in the same run.

- Machine: ${processor:-unknown processor}, $(nproc) processors, $(free -g | awk '/^Mem:/ {print $2}') GiB,
  Linux $(uname -r); build folder on $disk
- Compiler: $(g++ -dumpfullversion), preset \`release\`
END
}

begin_of_section() {  # begin_of_section HEADING PROGRAM
  local dirty
  dirty=$(git diff --quiet HEAD -- . ':!docs/measured.md' || echo ", with changes that are not committed")
  # shellcheck disable=SC2016  # the backquotes are Markdown's
  printf '\n## %s\n\n`%s` of commit %s, load average at its start %s\n\n' "$1" "$2" \
    "$(git rev-parse --short=12 HEAD)$dirty, $(date +%F)" "$(cut -d' ' -f1-3 /proc/loadavg)"
}

# What the page says under a heading today.
kept_section() {
  awk -v heading="## $1" '/^## / { inside = $0 == heading } inside && !begun { print ""; begun = 1 }
    inside { lines = lines $0 "\n" } END { sub(/\n+$/, "\n", lines); printf "%s", lines }' docs/measured.md
}

page=build/measured.md
begin_of_page >$page
for benchmark in "${benchmarks[@]}"; do
  name=${benchmark%%:*} heading=${benchmark#*:}
  if [[ " ${wanted[*]} " != *" $name "* ]]; then
    kept_section "$heading" >>$page
    continue
  fi
  program=build/release/bin/tidegate-bench-$name
  begin "measuring: $heading"
  begin_of_section "$heading" "$program" >>$page
  "$program" "${quick[@]}" | tee -a $page
done
step=""
if [ ${#quick[@]} -eq 0 ]; then
  mv $page docs/measured.md
  say "docs/measured.md is written"
fi
