#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzzers with clang and runs them, two at a time; fails on a finding and says where it is.
#   scripts/fuzz.sh                          every target for 60 s
#   scripts/fuzz.sh --seconds 600 card code  two targets for ten minutes each
#   scripts/fuzz.sh --seeds                  writes the seeds of tests/fuzz/corpus anew
#   scripts/fuzz.sh --preset asan            with the fuzzers of the tests' build: soon built, slower runs
set -euo pipefail
if [ "${1:-}" = "--help" ]; then
  sed -n '3,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
fi
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seconds=60 seeds="" preset=fuzz
targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || give_up "--seconds wants a number of seconds"
      seconds=$2
      shift
      ;;
    --preset)
      [[ ${2:-} =~ ^(fuzz|asan)$ ]] || give_up "--preset wants fuzz or asan"
      preset=$2
      shift
      ;;
    --seeds) seeds=yes ;;
    -*) give_up "unknown option $1 (--help tells what there is)" ;;
    *) targets+=("$1") ;;
  esac
  shift
done
corpus=tests/fuzz/corpus
work=build/$preset/runs
fuzzer=build/$preset/bin/tidegate-fuzz
for target in "${targets[@]}"; do
  [ -d "$corpus/$target" ] || give_up "no fuzz target is called $target: $(ls "$corpus" | tr '\n' ' ')"
done
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls "$corpus")

build "$preset" tidegate-fuzz

if [ -n "$seeds" ]; then
  begin "writing seeds"
  rm -f "$corpus"/*/seed-*
  TIDEGATE_FUZZ_SEEDS=$corpus $fuzzer
  du -sh "$corpus"
  exit 0
fi

# Inputs of earlier runs are kept in the runs folder, findings in the one beside it.
run_target() {
  local target=$1
  mkdir -p "$work/$target" "$work/findings"
  TIDEGATE_FUZZ_TARGET=$target nice -n 10 "$fuzzer" -max_total_time="$seconds" -max_len=4096 \
    -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$work/findings/$target-" \
    "$work/$target" "$corpus/$target" >"$work/$target.log" 2>&1
}

begin "fuzzing ${targets[*]}, $seconds s each"
failed=()
running=()
finish_first() {
  local target=${running[0]%%:*} pid=${running[0]##*:}
  running=("${running[@]:1}")
  if wait "$pid"; then
    printf '%-10s %s runs, %s inputs\n' "$target" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log")" \
      "$(find "$work/$target" -type f | wc -l)"
  else
    failed+=("$target")
    echo "$target: a finding"
    tail -n 40 "$work/$target.log"
  fi
}
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
for target in "${targets[@]}"; do
  run_target "$target" &
  running+=("$target:$!")
  [ ${#running[@]} -lt 2 ] || finish_first
done
while [ ${#running[@]} -gt 0 ]; do finish_first; done
[ ${#failed[@]} -eq 0 ] || give_up "findings of ${failed[*]} are in $work/findings (docs/fuzzing.md)"
step=""
say "nothing found"
