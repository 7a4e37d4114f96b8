# What run.sh and test.sh share; source it from the root of the tree. Bash.

started=$SECONDS

# Prints a step with the time since the start, so that a watcher sees what happens and how long it takes.
say() { printf '\n== [%d:%02d] %s\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)) "$*"; }
fail() {
  printf '\n%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# The names in a package list, without comments and line breaks.
packages_in() { sed 's/#.*//' "$@" | tr -s ' \t\n' '\n' | sed '/^$/d'; }

# The given packages that are not installed. Asks only dpkg: no network, a tenth of a second.
missing_of() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort -u || true)
  printf '%s\n' "$@" | sort -u | comm -23 - <(printf '%s\n' "$installed")
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -E "$@"
  else
    fail "packages are missing and can only be installed by root or with sudo. As root: apt-get install --no-install-recommends ${missing[*]}"
  fi
}

apt_updated=no

# Installs the given packages that are missing; fails if that is impossible.
install_packages() {
  local missing
  command -v dpkg-query >/dev/null || fail "this is not Debian; packages needed (Debian 12's names): $*"
  mapfile -t missing < <(missing_of "$@")
  [ ${#missing[@]} = 0 ] && return 0
  if [[ " ${missing[*]} " == *" libboost1.81-dev "* ]]; then
    local in_the_way
    mapfile -t in_the_way < <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 'libboost*-dev' 2>/dev/null |
      sed -n 's/^installed \(libboost-dev\|libboost1\.[0-9]*-dev\)$/\1/p')
    if [ ${#in_the_way[@]} != 0 ]; then
      fail "libboost1.81-dev is needed and conflicts with ${in_the_way[*]} (both install the Boost headers).
Remove the older one first, or build in a container: apt-get remove ${in_the_way[*]}"
    fi
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  local apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  export DEBIAN_FRONTEND=noninteractive
  if [ $apt_updated = no ]; then
    as_root "${apt[@]}" update </dev/null || return 1
    apt_updated=yes
  fi
  as_root "${apt[@]}" --no-remove --no-install-recommends install "${missing[@]}" </dev/null
}

warn_about_system() {
  local id='' version=''
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  fi
  [ "$id $version" = "debian 12" ] || echo "note: made for Debian 12; this is ${id:-an unknown system} $version"
}
