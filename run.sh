#!/usr/bin/env bash
# From a fresh checkout to the running demo: installs what is missing, builds a release, runs `tapewatch demo`.
# Options are passed to the demo: ./run.sh --for 90s --listen 127.0.0.1:9000. A second run installs and builds nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. daemon/packaging/setup.sh

build=build/release
warn_about_system
mapfile -t packages < <(packages_in daemon/packaging/packages.txt)
install_packages "${packages[@]}" || fail "the packages could not be installed; see apt's messages above"
if [ ! -f $build/build.ninja ]; then
  say "configuring $build"
  cmake --preset release -DBUILD_TESTING=OFF
fi
say "building (nothing to do when nothing changed)"
ninja -C $build tapewatch
say "tapewatch demo $*"
exec $build/tapewatch demo "$@"
