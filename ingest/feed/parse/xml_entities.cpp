// Tested by tests/ingest/feed/parse/xml_entities_test.cpp
#include "ingest/feed/parse/xml_entities.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "ingest/text/html_references.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::size_t kMostEntities = 1024, kLongestValue = 64 * 1024, kMostGrowth = 1024 * 1024;
constexpr int kDeepest = 16;

using Entities = std::map<std::string, std::string, std::less<>>;

bool is_name_character(char c) {
  return notation::is_ascii_alphanumeric(c) || c == '_' || c == '-' || c == '.' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Reads `<!DOCTYPE name … [ declarations ]>`.
class Subset {
 public:
  explicit Subset(std::string_view text) : text_(text) {}

  /// Where the document goes on after the DOCTYPE; 0 when it has none with declarations.
  std::size_t read(Entities& entities) {
    at_ = notation::ascii_lower(text_.substr(0, kWindow)).find("<!doctype");
    if (at_ == std::string_view::npos || !is_prologue(text_.substr(0, at_))) return 0;
    const std::size_t open = text_.find_first_of("[>", at_);
    if (open == std::string_view::npos || text_[open] == '>') return 0;
    at_ = open + 1;
    while (at_ < text_.size() && text_[at_] != ']') {
      if (!declaration(entities)) return 0;
    }
    const std::size_t end = text_.find('>', at_);
    return end == std::string_view::npos ? 0 : end + 1;
  }

 private:
  static constexpr std::size_t kWindow = 16 * 1024;  // a DOCTYPE comes before the first element

  /// Nothing but `<?…?>`, comments and blanks.
  static bool is_prologue(std::string_view head) {
    for (std::size_t at = 0; (at = head.find('<', at)) != std::string_view::npos; ++at) {
      if (at + 1 < head.size() && head[at + 1] != '?' && head[at + 1] != '!') return false;
    }
    return true;
  }

  std::string_view rest() const { return text_.substr(at_); }
  bool skip_past(std::string_view mark) {
    const std::size_t found = text_.find(mark, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + mark.size();
    return found != std::string_view::npos;
  }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(notation::kWhiteSpace, at_), text_.size()); }

  bool declaration(Entities& entities) {
    if (rest().starts_with("<!--")) return skip_past("-->");
    if (rest().starts_with("<?")) return skip_past("?>");
    if (rest().starts_with("<!ENTITY")) {
      at_ += 8;
      return entity(entities);
    }
    if (rest().starts_with("<!")) return skip_declaration();
    ++at_;  // blanks, parameter entities
    return true;
  }

  /// To the '>' outside quotes.
  bool skip_declaration() {
    for (char quote = 0; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != 0) {
        quote = c == quote ? char{0} : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        ++at_;
        return true;
      }
    }
    return false;
  }

  bool entity(Entities& entities) {
    skip_blanks();
    const std::size_t name_at = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    const std::string_view name = text_.substr(name_at, at_ - name_at);
    skip_blanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (!name.empty() && (quote == '"' || quote == '\'')) {  // else a parameter entity or an external one
      const std::size_t end = text_.find(quote, at_ + 1);
      if (end == std::string_view::npos) return false;
      const std::string_view value = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      if (value.size() <= kLongestValue && entities.size() < kMostEntities) {
        entities.emplace(name, with_characters(value));  // the first declaration counts
      }
    }
    return skip_declaration();
  }

  /// Numeric references of a declaration stand for their characters at once (XML 1.0, 4.4.5).
  static std::string with_characters(std::string_view value) {
    std::string out;
    while (!value.empty()) {
      const std::size_t amp = std::min(value.find('&'), value.size());
      out += value.substr(0, amp);
      value.remove_prefix(amp);
      const std::size_t length = reference_length(value);
      if (length == 0) continue;
      const std::string_view reference = value.substr(0, length);
      out += reference.starts_with("&#") && reference.ends_with(';') ? read_references({reference}).front()
                                                                     : std::string(reference);
      value.remove_prefix(length);
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Expansion {
 public:
  Expansion(const Entities& entities, std::size_t most) : entities_(entities), most_(most) {}

  void append(std::string_view text, int depth) {
    while (!text.empty()) {
      const std::size_t special = std::min(text.find_first_of("&<"), text.size());
      out_ += text.substr(0, special);
      text.remove_prefix(special);
      if (text.starts_with("<![CDATA[")) {
        const std::size_t end = std::min(text.find("]]>"), text.size());
        out_ += text.substr(0, end);
        text.remove_prefix(end);
        continue;
      }
      std::size_t length = 1;
      const std::string* value = text.starts_with('&') ? entity_at(text, length) : nullptr;
      if (value != nullptr && (depth >= kDeepest || out_.size() + value->size() > most_)) {
        cut_ = true;
        value = nullptr;
      }
      if (value != nullptr) {
        append(*value, depth + 1);
      } else {
        out_ += text.substr(0, std::min(length, text.size()));
      }
      text.remove_prefix(std::min(length, text.size()));
    }
  }

  std::string take() { return std::move(out_); }
  bool cut() const { return cut_; }

 private:
  const std::string* entity_at(std::string_view text, std::size_t& length) const {
    std::size_t end = 1;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (end == 1 || end >= text.size() || text[end] != ';') return nullptr;
    const auto found = entities_.find(text.substr(1, end - 1));
    if (found == entities_.end()) return nullptr;
    length = end + 1;
    return &found->second;
  }

  const Entities& entities_;
  const std::size_t most_;
  std::string out_;
  bool cut_ = false;
};

}  // namespace

void expand_internal_entities(std::string& text, FeedWarnings& warnings) {
  Entities entities;
  const std::size_t body = Subset(text).read(entities);
  for (const std::string_view own : {"amp", "lt", "gt", "quot", "apos"}) {
    if (const auto found = entities.find(own); found != entities.end()) entities.erase(found);
  }
  if (entities.empty()) return;
  Expansion expansion(entities, text.size() + kMostGrowth);
  expansion.append(std::string_view(text).substr(body), 0);
  if (expansion.cut()) warnings.add("xml", "entities of the DTD that grow too large stay as they are");
  text.erase(body);
  text += expansion.take();
}

}  // namespace tapewatch::ingest
