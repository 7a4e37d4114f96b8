# Sourced by the scripts beside it. Bash.
#
# with_packages NAME=VERSION…: unpacks exactly these Debian packages into a temporary folder that goes away at the end,
# and points compiler, linker and loader at them. Nothing is installed on the system. If a version is not available the
# script ends with 77.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

with_packages() {
  mkdir -p "$scratch/debs" "$scratch/root"
  if ! (cd "$scratch/debs" && apt-get -q download "$@" >"$scratch/apt.log" 2>&1); then
    echo "SKIP: not available here: $* (try apt-get update)"
    exit 77
  fi
  local package
  for package in "$scratch"/debs/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done
  local libraries=$scratch/root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu)
  export CPATH=$scratch/root/usr/include LIBRARY_PATH=$libraries LD_LIBRARY_PATH=$libraries
  export PATH=$scratch/root/usr/bin:$PATH
}

# compile NAME LIBRARY…: the program on standard input, as $scratch/NAME.
compile() {
  local name=$1
  shift
  cat >"$scratch/$name.cpp"
  g++ -std=c++20 -O1 -w -o "$scratch/$name" "$scratch/$name.cpp" "${@/#/-l}"
}

# expect WHAT FOUND WANTED
expect() {
  if [ "$2" = "$3" ]; then
    printf 'as found: %s: %s\n' "$1" "$2"
  else
    printf 'CHANGED: %s: %s, was %s\n' "$1" "$2" "$3"
    exit 1
  fi
}
