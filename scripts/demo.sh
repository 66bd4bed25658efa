#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A simulated station you can watch: installs what is needed, builds, and lets passengers tap at the
# shipped daemons.  scripts/demo.sh [--aisles N] [--passengers M] [--seed S] …
set -euo pipefail
if [ "${1:-}" = "--help" ]; then
  cat <<'HELP'
scripts/demo.sh [OPTIONS OF tidegate-sim station]

Installs Debian packages (root or sudo), builds the release, and runs a simulated station: real
tidegate-gate and tidegate-reader daemons, real libnfc, simulated PN532 readers, cards and barriers.

  scripts/demo.sh                                    2 aisles, 24 passengers
  scripts/demo.sh --aisles 4 --passengers 500 --seed 1
  scripts/demo.sh --dir /tmp/station                 keep the box's files and look at them afterwards
HELP
  exit 0
fi
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages
build release tidegate tidegate-gate tidegate-reader tidegate-sim
begin "running a simulated station"
if [ $# -eq 0 ]; then set -- --aisles 2 --passengers 24 --seed 1; fi
build/release/bin/tidegate-sim station "$@"
step=""
