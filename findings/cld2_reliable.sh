#!/usr/bin/env bash
# CLD2 takes short English headlines for Spanish because of one name, and calls the result reliable.
#   seen: "Petrobras cuts dividend" is Spanish, reliable; with three more English words it is English. Do not drop a
# headline because of CLD2's verdict alone.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libcld2-dev=0.0.0-git20150806-9 libcld2-0=0.0.0-git20150806-9
compile language cld2 <<'CPP'
#include <cstdio>
#include <cld2/public/compact_lang_det.h>
#include <iostream>
#include <string>
int main(int, char** texts) {
  while (*++texts) {
    const std::string text = *texts;
    bool reliable = false;
    const auto language = CLD2::DetectLanguage(text.data(), int(text.size()), true, &reliable);
    std::cout << CLD2::LanguageCode(language) << (reliable ? " reliable; " : " unsure; ");
  }
}
CPP
expect "language" "$("$scratch/language" "Petrobras cuts dividend" "Petrobras cuts its dividend after a loss")" "es reliable; en reliable; "
