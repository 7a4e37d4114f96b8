#!/usr/bin/env bash
# clang's -Wthread-safety over every source of the daemon that holds, or includes what holds, a mutex: what is GUARDED_BY a
# mutex is touched only where it is held (config/notation/mutex.hpp). Compiles nothing; every warning is an error. First
# a made-up class with one unguarded read must be refused. Prints "SKIP: reason" and ends with 77 where clang is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v clang++ >/dev/null; then
  echo "SKIP: clang++ is not installed"
  exit 77
fi
# find_in <grep arguments…>: in every source of the daemon but the annotated mutex's own.
find_in() { grep -rE "$@" ingest model storage alerts config daemon | grep -vE '^(config/notation/mutex\.hpp|model/train/)'; }

# Other mutexes are not checked.
if find_in -n 'std::(recursive_|shared_|timed_)?mutex|std::condition_variable' --include='*.cpp' --include='*.hpp'; then
  echo "thread_safety: use Mutex, MutexLock and Condition of config/notation/mutex.hpp"
  exit 1
fi
while IFS=: read -r file declared; do
  name=${declared#* } name=${name%;}
  grep -q "GUARDED_BY($name)" "$file" || { echo "thread_safety: $file: nothing is GUARDED_BY($name)" && exit 1; }
done < <(find_in -o '\bMutex [a-z_]+;' --include='*.cpp' --include='*.hpp')

cmake --preset fast -B build/lint -DBUILD_TESTING=OFF >/dev/null
database=build/lint/compile_commands.json
mapfile -t flags < <(grep -oE '"command": .* -c [^ ]*/daemon/status\.cpp"' "$database" |
  grep -oE ' (-D|-I|-isystem |-std=)[^ ]*' | sed 's/^ //; s/\\\\\\"/"/g')
[ ${#flags[@]} -gt 2 ] || { echo "thread_safety: no flags for daemon/status.cpp in $database" && exit 1; }
check=(clang++ -fsyntax-only -Wno-everything -Wthread-safety -Werror "${flags[@]}")

made_up=$(mktemp --suffix=.cpp)
trap 'rm -f "$made_up"' EXIT
for read in 'MutexLock lock(mutex_); return value_;' 'return value_;'; do
  cat >"$made_up" <<EOF
#include "config/notation/mutex.hpp"
class Counter {
 public:
  int read() { using namespace tapewatch; $read }
 private:
  tapewatch::Mutex mutex_;
  int value_ GUARDED_BY(mutex_) = 0;
};
EOF
  expected=$([[ $read == return* ]] && echo refused || echo fine)
  found=$("${check[@]}" "$made_up" 2>/dev/null && echo fine || echo refused)
  [ "$found" = "$expected" ] || { echo "thread_safety: '$read' is $found, it should be $expected" && exit 1; }
done

# Guarded members are private to their class, or to one file: only who includes their header directly can touch them.
mapfile -t guarded < <(find_in -l 'GUARDED_BY\(' --include='*.hpp')
mapfile -t files < <({
  find_in -l 'GUARDED_BY\(|MutexLock ' --include='*.cpp'
  find_in -l "#include \"($(IFS='|' && echo "${guarded[*]}"))\"" --include='*.cpp'
} | sort -u)
# The sources of an island in one unit a core, as in a release: what they include is read once and not sixty times.
units=$(mktemp -d)
trap 'rm -rf "$made_up" "$units"' EXIT
for i in "${!files[@]}"; do
  printf '#include "%s"\n' "${files[i]}" >>"$units/${files[i]%%/*}-$((i % $(nproc))).cpp"
done
printf '%s\n' "$units"/*.cpp | xargs -P "$(nproc)" -I{} "${check[@]}" {}
echo "thread_safety: $(cat "${guarded[@]}" "${files[@]}" | grep -oE '\bMutex [a-z_]+;' | wc -l) mutexes, ${#files[@]} files, no warning"
