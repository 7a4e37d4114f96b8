// A configuration: every text gives a configuration or errors with positions, and nothing is thrown.
#include "config/toml/load.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  if (text.find("file") != std::string_view::npos) return 0;  // values that name files would read real files
  const auto loaded = config::parse(text, {.name = "t.toml", .folder = "/nonexistent", .data_dir = "/nonexistent"});
  for (const auto& error : loaded.errors) fuzz::require(!error.message.empty(), "an error says what is wrong");
  if (loaded.ok()) fuzz::require(!loaded.config.version.empty(), "a configuration has a version");
  return 0;
}
