#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures a release build and writes docs/measured.md: no figure there is typed by hand.
#   scripts/bench.sh            everything, a few minutes; the machine should do nothing else
#   scripts/bench.sh --quick    a few runs of each, printed only: keeps the benchmarks alive
set -euo pipefail
if [ "${1:-}" = "--help" ]; then
  sed -n '3,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
fi
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

quick=""
case ${1:-} in
  "") ;;
  --quick) quick=yes ;;
  *) give_up "unknown option $1 (--help tells what there is)" ;;
esac

build release tidegate-bench-fare
bin=build/release/bin

if [ -n "$quick" ]; then
  begin "running each benchmark a little"
  "$bin/tidegate-bench-fare" --quick
  step=""
  exit 0
fi

begin "measuring fare decisions"
fare=$("$bin/tidegate-bench-fare")
printf '%s\n' "$fare"

begin "writing docs/measured.md"
processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
dirty=$(git diff --quiet HEAD -- . ':!docs/measured.md' || echo ", with changes that are not committed")
{
  cat <<END
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Measured

Written by \`scripts/bench.sh\`; each figure stands beside a limit taken in the same run.

- Machine: ${processor:-unknown processor}, $(nproc) processors, $(free -g | awk '/^Mem:/ {print $2}') GiB,
  Linux $(uname -r), load average at the end $(cut -d' ' -f1-3 /proc/loadavg)
- Commit: $(git rev-parse --short=12 HEAD)$dirty, $(date +%F)
- Compiler: $(g++ -dumpfullversion), preset \`release\`

## Fare decisions

\`build/release/bin/tidegate-bench-fare\`: every call is timed by itself, so each figure holds the cost of an
empty call too. A region's book has 17 metro systems with 2,500 stations and 2,000 bus lines. *Cold* means
that 64 MiB of other memory were written since the last decision.
END
  printf '%s\n' "$fare"
} >docs/measured.md
step=""
say "docs/measured.md is written"
