// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/xml_feed.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "config/notation/ascii.hpp"
#include "ingest/feed/parse/feed_xml.hpp"

namespace tapewatch::ingest {
namespace {

constexpr unsigned kParseFlags = (pugi::parse_default | pugi::parse_ws_pcdata) & ~pugi::parse_doctype;

/// Moves past `<?…?>`, `<!…>` and comments to the first element's '<'; npos when there is none.
std::size_t first_element(std::string_view text, bool& html_doctype) {
  std::size_t at = 0;
  while (at < text.size()) {
    at = text.find_first_not_of(" \t\r\n", at);
    if (at == std::string_view::npos || text[at] != '<') return std::string_view::npos;
    std::string_view closing;
    if (text.compare(at, 4, "<!--") == 0) {
      closing = "-->";
    } else if (text.compare(at, 2, "<?") == 0) {
      closing = "?>";
    } else if (text.compare(at, 2, "<!") == 0) {
      const std::size_t end = text.find('>', at);
      const std::string doctype =
          notation::ascii_lower(text.substr(at, end == std::string_view::npos ? end : end - at));
      html_doctype |= doctype.rfind("<!doctype html", 0) == 0;
      const std::size_t subset = doctype.find('[');
      closing = subset == std::string_view::npos ? ">" : "]>";
    } else {
      return at;
    }
    const std::size_t end = text.find(closing, at);
    if (end == std::string_view::npos) return std::string_view::npos;
    at = end + closing.size();
  }
  return std::string_view::npos;
}

std::size_t name_end(std::string_view text, std::size_t at) {
  return std::min(text.size(), text.find_first_of(" \t\r\n/>", at));
}

/// A '<' that does not begin markup ("profit < loss") becomes a reference.
std::string escape_stray_brackets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool markup = std::isalpha(static_cast<unsigned char>(next)) || next == '/' || next == '!' || next == '?' ||
                        next == '_' || static_cast<unsigned char>(next) >= 0x80;
    if (text[i] == '<' && !markup) {
      out += "&lt;";
    } else {
      out += text[i];
    }
  }
  return out;
}

/// For broken markup: reads the head as far as possible, then each item separately; broken items are left out.
class Salvage {
 public:
  Salvage(std::string_view text, XmlFeed& feed) : text_(text), feed_(feed) {}

  void run(FeedWarnings& warnings) {
    const std::string_view name = find_items();
    const std::string head(text_.substr(0, first_item_));
    feed_.document.load_buffer(head.data(), head.size(), kParseFlags, pugi::encoding_utf8);
    pugi::xml_node root = feed_.document.document_element();
    if (!root || name.empty()) return;
    std::size_t kept = 0, lost = 0;
    for (std::size_t at = first_item_; at < text_.size();) {
      const std::size_t next = next_item(at + 1, name);
      (append(text_.substr(at, next - at), name, root) ? kept : lost) += 1;
      at = next;
    }
    warnings.add("xml", "broken item left out", lost);
    if (kept > 0) warnings.add("xml", "broken markup, items read one by one");
  }

 private:
  std::string_view find_items() {
    for (const std::string_view name : {"item", "entry"}) {
      first_item_ = next_item(0, name);
      if (first_item_ < text_.size()) return name;
    }
    return {};
  }

  std::size_t next_item(std::size_t at, std::string_view name) const {
    const std::string opening = "<" + std::string(name);
    while ((at = text_.find(opening, at)) != std::string_view::npos) {
      const std::size_t end = at + opening.size();
      if (end < text_.size() && std::string_view(" \t\r\n>").find(text_[end]) != std::string_view::npos) return at;
      at = end;
    }
    return text_.size();
  }

  static bool append(std::string_view block, std::string_view name, pugi::xml_node root) {
    const std::string closing = "</" + std::string(name) + ">";
    const std::size_t end = block.find(closing);
    if (end == std::string_view::npos) return false;  // cut off
    const std::string item = escape_stray_brackets(block.substr(0, end + closing.size()));
    pugi::xml_document document;
    if (!document.load_buffer(item.data(), item.size(), kParseFlags, pugi::encoding_utf8)) return false;
    root.append_copy(document.document_element());
    return true;
  }

  std::string_view text_;
  XmlFeed& feed_;
  std::size_t first_item_ = 0;
};

}  // namespace

std::string_view root_name(std::string_view text) {
  bool html_doctype = false;
  const std::size_t at = first_element(text, html_doctype);
  if (html_doctype) return "html";
  if (at == std::string_view::npos) return {};
  const std::string_view name = text.substr(at + 1, name_end(text, at + 1) - at - 1);
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

void load_xml_feed(std::string_view text, XmlFeed& feed, FeedWarnings& warnings) {
  const pugi::xml_parse_result parsed =
      feed.document.load_buffer(text.data(), text.size(), kParseFlags, pugi::encoding_utf8);
  if (parsed) return;
  feed.complete = false;
  warnings.add("xml", std::string(parsed.description()) + " at byte " + std::to_string(parsed.offset));
  Salvage(text, feed).run(warnings);
}

}  // namespace tapewatch::ingest
