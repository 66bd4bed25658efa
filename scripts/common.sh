# SPDX-License-Identifier: Apache-2.0
# What both commands need: say what is happening, install Debian's packages, build a preset.
# Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
started=$SECONDS
step=""

say() { printf '\n[%2d:%02d] %s\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)) "$*"; }
begin() { step=$1; say "$1"; }
give_up() {
  printf '\ntidegate: %s\n' "$*" >&2
  exit 1
}
trap 'code=$?; if [ $code -ne 0 ] && [ -n "$step" ]; then printf "\ntidegate: failed while: %s\n" "$step" >&2; fi' EXIT

packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/.ci/packages.txt"; }

# Installs what is missing of .ci/packages.txt; asks for root only then.
install_packages() {
  begin "checking Debian packages"
  local missing=() name
  while read -r name; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done < <(packages)
  if [ ${#missing[@]} -eq 0 ]; then
    echo "all there"
    return
  fi
  [ -r /etc/debian_version ] || give_up "this is not a Debian system; install by hand: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || give_up "root or sudo is needed to install: ${missing[*]}"
    as_root=(sudo)
  fi
  echo "installing: ${missing[*]}"
  "${as_root[@]}" apt-get -qq update || give_up "apt-get update failed; is a Debian mirror configured?"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
    "${missing[@]}" >/dev/null || give_up "apt-get could not install: ${missing[*]}"
}

# build PRESET [targets…]
build() {
  local preset=$1
  shift
  begin "building $preset"
  local report
  report=$(cmake --preset "$preset" 2>&1) || {
    printf '%s\n' "$report" >&2
    give_up "cmake could not configure the preset $preset"
  }
  if [ $# -eq 0 ]; then
    cmake --build --preset "$preset"
  else
    cmake --build --preset "$preset" --target "$@"
  fi
}
