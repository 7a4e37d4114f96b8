#include "daemon/api/request/json_elements.hpp"

#include <cstddef>

#include "config/notation/ascii.hpp"

namespace tapewatch {
namespace {

/// Scans JSON text and tells for each byte whether it is punctuation of the outermost container.
class Walker {
 public:
  /// Takes the next byte; true if it is directly in the outermost container, outside strings.
  bool take(char c) {
    if (in_text_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_text_ = false;
      }
      return false;
    }
    if (c == '"') in_text_ = true;
    if (c == ']' || c == '}') --depth_;
    const bool outermost = depth_ == 1 && c == ',';
    if (c == '[' || c == '{') ++depth_;
    return outermost;
  }
  bool closed() const { return depth_ == 0 && !in_text_; }

 private:
  int depth_ = 0;
  bool in_text_ = false, escaped_ = false;
};

/// The texts between the commas of one container.
std::optional<std::vector<std::string_view>> split(std::string_view text, char open, char close) {
  text = notation::trimmed(text);
  if (text.size() < 2 || text.front() != open || text.back() != close) return std::nullopt;
  std::vector<std::string_view> parts;
  Walker walker;
  std::size_t begin = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (walker.take(text[at])) {
      parts.push_back(notation::trimmed(text.substr(begin, at - begin)));
      begin = at + 1;
    }
    if (walker.closed() && at + 1 < text.size()) return std::nullopt;  // something follows the container
  }
  if (!walker.closed()) return std::nullopt;
  const std::string_view last = notation::trimmed(text.substr(begin, text.size() - 1 - begin));
  if (!parts.empty() || !last.empty()) parts.push_back(last);
  return parts;
}

}  // namespace

std::optional<std::vector<std::string_view>> split_json_array(std::string_view text) { return split(text, '[', ']'); }

std::optional<std::string_view> only_json_member(std::string_view text, std::string_view name) {
  const auto members = split(text, '{', '}');
  if (!members || members->size() != 1) return std::nullopt;
  std::string_view member = members->front();
  if (!member.starts_with('"') || member.substr(1, name.size()) != name) return std::nullopt;
  member.remove_prefix(1 + name.size());
  if (!member.starts_with('"')) return std::nullopt;
  member = notation::trimmed(member.substr(1));
  if (!member.starts_with(':')) return std::nullopt;
  return notation::trimmed(member.substr(1));
}

}  // namespace tapewatch
