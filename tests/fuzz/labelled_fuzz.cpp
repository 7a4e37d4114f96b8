// A labelled TSV: refused with the file's name, or rows that each have their own line.
#include "model/evaluation/labelled_data.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    std::size_t line = 1;
    for (const auto& row : model::parse_labelled(fuzz::text(data, size), "f.tsv")) {
      fuzz::require(row.line > line, "lines rise");
      line = row.line;
      fuzz::require(row.text.find_first_of("\t\n") == std::string::npos, "a field is within its tabs");
    }
  } catch (const model::LabelledDataError& error) {
    fuzz::require(std::string_view(error.what()).starts_with("f.tsv"), "an error names its file");
  }
  return 0;
}
