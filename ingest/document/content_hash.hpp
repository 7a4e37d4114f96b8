#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// 32 hex digits: XXH3's 128 bits over the bytes, in its canonical order, so the same on every machine.
std::string hash_hex(std::string_view bytes);

}  // namespace tapewatch::ingest
