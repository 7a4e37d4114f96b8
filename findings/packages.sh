# Sourced by the scripts beside it. Bash. What is fetched goes into a temporary folder that is removed at the end; nothing
# is installed on the system.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# skip WHAT: a version that is not available ends the script with 77.
skip() {
  echo "SKIP: not available here: $*"
  exit 77
}

# with_packages NAME=VERSION…: unpacks exactly these Debian packages, and points compiler, linker and loader at them.
with_packages() {
  mkdir -p "$scratch/debs" "$scratch/root"
  (cd "$scratch/debs" && apt-get -q download "$@" >"$scratch/apt.log" 2>&1) || skip "$* (try apt-get update)"
  local package
  for package in "$scratch"/debs/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done
  local libraries=$scratch/root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu)
  export CPATH=$scratch/root/usr/include LIBRARY_PATH=$libraries LD_LIBRARY_PATH=$libraries
  export PATH=$scratch/root/usr/bin:$PATH
}

# with_python NAME==VERSION…: exactly these packages of PyPI for python3, nothing else that they ask for.
with_python() {
  python3 -m pip --version >"$scratch/pip.log" 2>&1 || skip "python3 with pip"
  timeout 600 python3 -m pip -q --disable-pip-version-check install --no-compile --no-deps --only-binary :all: \
    --target "$scratch/python" "$@" >"$scratch/pip.log" 2>&1 || skip "$* of PyPI"
  export PYTHONPATH=$scratch/python
}

# with_node NAME@VERSION…: these npm packages, and what they ask for, for node.
with_node() {
  command -v npm >/dev/null || skip "npm"
  timeout 600 npm install --prefix "$scratch/node" --ignore-scripts --no-audit --no-fund "$@" >"$scratch/npm.log" 2>&1 ||
    skip "$* of npm"
  export NODE_PATH=$scratch/node/node_modules
}

# build_go NAME MODULE@VERSION…: the Go program on standard input, as $scratch/NAME.
build_go() {
  local name=$1
  shift
  command -v go >/dev/null || skip "go"
  mkdir "$scratch/$name.go"
  cat >"$scratch/$name.go/main.go"
  if ! (cd "$scratch/$name.go" && export GOPATH=$scratch/go GOFLAGS=-modcacherw && go mod init finding && go get "$@") \
    >"$scratch/go.log" 2>&1; then
    skip "$* of Go"
  fi
  (cd "$scratch/$name.go" && GOPATH=$scratch/go GOFLAGS=-modcacherw go build -o "$scratch/$name" .)
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
