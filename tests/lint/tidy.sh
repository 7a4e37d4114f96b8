#!/usr/bin/env bash
# clang-tidy with the checks of .clang-tidy, from the root of the tree: every warning is an error.
#   tests/lint/tidy.sh all          every source of the daemon (some 40 CPU minutes)
#   tests/lint/tidy.sh changed      the sources that the newest commit touches, at most 8
#   tests/lint/tidy.sh FILE.cpp…    these
# The trainer is left out: its headers need libtorch. What the static analyser says of a path that ends within a system
# header (Boost's coroutines) is not ours to mend and does not count.
# Prints "SKIP: reason" and ends with 77 where clang-tidy is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v clang-tidy >/dev/null; then
  echo "SKIP: clang-tidy is not installed"
  exit 77
fi
case ${1:-} in
  all) mapfile -t files < <(git ls-files 'ingest/*.cpp' 'model/*.cpp' 'storage/*.cpp' 'alerts/*.cpp' 'config/*.cpp' 'daemon/*.cpp') ;;
  changed) mapfile -t files < <(git diff --name-only --diff-filter=d HEAD~1 -- 'ingest/*.cpp' 'model/*.cpp' 'storage/*.cpp' 'alerts/*.cpp' 'config/*.cpp' 'daemon/*.cpp' 2>/dev/null | head -8) ;;
  '') sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  *) files=("$@") ;;
esac
mapfile -t files < <(printf '%s\n' "${files[@]}" | grep -v -e '^model/train/' -e '^$' || true)
if [ ${#files[@]} = 0 ]; then
  echo "clang-tidy: nothing to check"
  exit 0
fi

# A compile database without merged sources; configuring builds nothing.
cmake --preset fast -B build/lint -DBUILD_TESTING=OFF >/dev/null
printf '%s\n' "${files[@]}" |
  xargs -P "$(nproc)" -I{} sh -c '
    if said=$(clang-tidy -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option "$1" 2>/dev/null); then
      echo "clean $1"
      exit 0
    fi
    places=$(printf "%s\n" "$said" | grep -E ": (warning|error): " || true)
    if [ -n "$places" ] && ! printf "%s\n" "$places" | grep -qv "^/usr/"; then
      echo "clean $1"
    else
      printf "%s\n" "$said"
      exit 1
    fi' sh {}
echo "clang-tidy: ${#files[@]} files, no warning"
