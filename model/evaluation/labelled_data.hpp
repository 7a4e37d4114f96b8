#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model {

/// An unreadable labelled file: the message names the file, the line, what was expected and what was found.
class LabelledDataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One row. What the file has no column for is empty.
struct LabelledText {
  std::string label, text, source, entity, topic, event, gravity;
  bool says_risk = false;  // the file has the columns event and gravity, which are empty where nothing happens
  std::size_t line = 0;
};

/// Reads tab-separated UTF-8 with a header line that names `text` and `label`, or `event` and `gravity`, or all of
/// them, optionally `source`, `entity` and `topic`, in any order. Fields are taken literally (no quoting). Empty lines
/// are skipped.
std::vector<LabelledText> parse_labelled(std::string_view tsv, std::string_view origin);
std::vector<LabelledText> read_labelled(const std::string& path);

}  // namespace tapewatch::model
