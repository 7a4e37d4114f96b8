#!/usr/bin/env bash
# Every C++ file is formatted by clang-format 14 with .clang-format. Prints "SKIP: reason" and ends with 77 if there
# is no clang-format 14: other versions break lines elsewhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if ! command -v clang-format >/dev/null || [[ $(clang-format --version) != *" 14."* ]]; then
  echo "SKIP: clang-format 14 is not installed"
  exit 77
fi
# In a folder without git's data (an unpacked archive) every file counts.
list() { git ls-files -z '*.cpp' '*.hpp' 2>/dev/null || find . -path ./build -prune -o \( -name '*.[ch]pp' -print0 \); }
list | xargs -0 -P "$(nproc)" -n 64 clang-format --dry-run -Werror
echo "clang-format: $(list | tr -cd '\0' | wc -c) files"
