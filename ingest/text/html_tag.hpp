#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// Tells the tags of one HTML fragment from other text in angle brackets: "<KSMR.O>" and "<est. $1.35>" are none. Reads
/// a bounded number of bytes a tag.
class TagFinder {
 public:
  explicit TagFinder(std::string_view html) : html_(html) {}

  /// Whether the '<' at `at` opens a tag: of an element of HTML, SVG or MathML with attributes that it could have; of
  /// another if it is closed somewhere, has a quoted attribute, or is named as custom elements are ("my-card", "o:p").
  bool is_tag(std::size_t at);

 private:
  bool is_closed_later(std::string_view name);

  std::string_view html_;
  bool searched_ = false;
  std::set<std::string, std::less<>> closed_;  // names with a closing tag, in lower case
};

}  // namespace tapewatch::ingest
