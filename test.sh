#!/usr/bin/env bash
# Every test, from a fresh checkout: installs what is missing, builds, runs.
#   ./test.sh          the fast suite, the trainer's tests, and the end-to-end tests against a real broker, a real TLS
#                      server and a real browser; tests that cannot run here are listed as skipped at the end
#   ./test.sh --fast   only the fast suite
#   ./test.sh --asan   the fast suite under AddressSanitizer and UBSan
#   ./test.sh --fuzz   the fuzz targets, 5 seconds each
#   ./test.sh --tsan   the fast suite under ThreadSanitizer
#   ./test.sh --lint   format, dialect, layers, and clang-tidy over every source (40 CPU minutes); without --lint
#                      clang-tidy checks only what the newest commit changed
# Downloads are kept in ${TAPEWATCH_TEST_CACHE:-~/.cache/tapewatch-tests}.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. daemon/packaging/setup.sh

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }
mode=all
case ${1:-} in
  '') ;;
  --fast | --asan | --tsan | --lint | --fuzz) mode=${1#--} ;;
  --help | -h) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
esac

export TAPEWATCH_TEST_CACHE=${TAPEWATCH_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tapewatch-tests}
mkdir -p "$TAPEWATCH_TEST_CACHE"
jobs=$((3 * $(nproc)))  # slots for ctest: a test that keeps a core busy takes three, one that mostly waits takes one
failures=()
logs=()

# run_tests <build folder> <what> <ctest arguments…>: keeps the log for the list of skipped tests.
run_tests() {
  local build=$1 what=$2
  shift 2
  say "testing: $what"
  if ! ctest --test-dir "$build" --output-on-failure --no-tests=error "$@" </dev/null; then failures+=("$what"); fi
  local log=$build/Testing/Temporary/LastTest.log
  cp "$log" "$build/last-${what//[^a-z0-9]/-}.log"
  logs+=("$build/last-${what//[^a-z0-9]/-}.log")
}

build_with() { # <preset> <targets…>
  local preset=$1
  shift
  say "building build/$preset${*:+: $*}"
  cmake --preset "$preset" -DBUILD_TESTING=ON
  ninja -C "build/$preset" "$@"
}

# The code that reads bytes from outside, each part for 5 seconds under libFuzzer.
fuzz() {
  if [ -z "$(missing_of clang libclang-rt-14-dev)" ]; then
    build_with fuzz
    run_tests build/fuzz "fuzz targets" -L fuzz -j "$(nproc)"
  else
    mkdir -p build
    printf 'SKIP: the fuzz targets: clang and libclang-rt-14-dev are not installed\n' | tee build/fuzz-skipped.log
    logs+=(build/fuzz-skipped.log)
  fi
}

# The published weights that the encoder is compared with. Without them those comparisons are reported as skipped.
fetch_reference() {
  [ -z "${TAPEWATCH_REFERENCE_MODEL:-}" ] || return 0
  local folder=$TAPEWATCH_TEST_CACHE/reference-model
  say "fetching the published model that ours is compared with"
  if sh tests/model/fetch_reference.sh "$folder" </dev/null; then export TAPEWATCH_REFERENCE_MODEL=$folder; fi
}

# Installs the packages one by one if the whole list fails: tests that need a missing package are skipped.
install_available() {
  local package
  for package in "$@"; do
    install_packages "$package" || echo "note: the package $package is not available; tests that need it are skipped"
  done
}

# Prints every reason for a skipped test once more, at the end.
report() {
  local skipped
  if [ "$mode" = asan ] || [ "$mode" = tsan ]; then
    printf 'SKIP: tests tagged [measure]: they take minutes under a sanitizer\n' >"build/measure-$mode.log"
    logs+=("build/measure-$mode.log")
  fi
  skipped=$(cat "${logs[@]}" 2>/dev/null | grep -aoE '\bSKIP(PED)?: .*' | sort -u || true)
  if [ -n "$skipped" ]; then
    printf '\n!!!! NOT EVERYTHING WAS TESTED. Skipped, and why:\n'
    printf '%s\n' "$skipped" | sed 's/^/!!!!   /'
  fi
  if [ ${#failures[@]} != 0 ]; then
    printf '\n'
    printf 'FAILED: %s\n' "${failures[@]}"
    exit 1
  fi
  say "passed: $mode"
}

warn_about_system
mapfile -t needed < <(packages_in daemon/packaging/packages.txt; echo catch2)
install_packages "${needed[@]}" || fail "the packages could not be installed; see apt's messages above"
case $mode in
  fast)
    build_with release
    run_tests build/release "fast suite" -L fast -j "$jobs"
    ;;
  asan)
    build_with dev
    run_tests build/dev "fast suite with ASan and UBSan" -L fast -j "$jobs"
    ;;
  tsan)
    build_with tsan
    export TSAN_OPTIONS="suppressions=$PWD/tests/support/tsan.supp ${TSAN_OPTIONS:-}"
    run_tests build/tsan "fast suite with TSan" -L fast -j "$jobs"
    ;;
  fuzz)
    install_packages clang libclang-rt-14-dev || install_available clang libclang-rt-14-dev
    fuzz
    ;;
  lint)
    mapfile -t wanted < <(packages_in daemon/packaging/packages-test.txt | grep -E '^(clang|python3$)')
    install_packages "${wanted[@]}" || install_available "${wanted[@]}"
    say "configuring build/release"
    cmake --preset release -DBUILD_TESTING=ON
    run_tests build/release "static checks" -L lint -E tidy_changed -j "$jobs"
    say "clang-tidy over every source"
    tests/lint/tidy.sh all || failures+=("clang-tidy")
    ;;
  all)
    mapfile -t wanted < <(packages_in daemon/packaging/packages-test.txt)
    command -v npm >/dev/null || wanted+=(npm)  # packages of Node from other sources include it
    install_packages "${wanted[@]}" || install_available "${wanted[@]}"
    fetch_reference
    build_with release
    if [ -z "$(missing_of libtorch-dev)" ]; then
      build_with train test_train test_prune tapewatch-train
      run_tests build/train "trainer" -L train
    else
      printf 'SKIP: the trainer: libtorch-dev is not installed\n' | tee build/release/last-trainer.log
      logs+=(build/release/last-trainer.log)
    fi
    fuzz
    # Side by side; what measures, and what uses every core by itself, runs alone (RUN_SERIAL).
    run_tests build/release "fast suite, lint and end to end" -L 'fast|lint|e2e' -j "$jobs"
    ;;
esac
report
