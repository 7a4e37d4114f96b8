#include "ingest/text/normalise.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/notation/utf8.hpp"
#include "ingest/text/html_text.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

Rejection too_long(std::string_view pointer, std::size_t size, std::size_t limit) {
  return {std::string(pointer), std::to_string(size) + " bytes, at most " + std::to_string(limit)};
}

void take_title_from_body(Document& document, std::size_t max_title_bytes) {
  const std::size_t end = document.body.find('\n');
  if (end <= max_title_bytes) {
    document.title = document.body.substr(0, end);
    document.body = tidy_lines(std::string_view(document.body).substr(end));
  } else if (end == std::string::npos && document.body.size() <= max_title_bytes) {
    document.title = std::exchange(document.body, std::string());
  } else {
    document.title = notation::utf8_prefix(document.body, max_title_bytes);  // the body stays whole
  }
}

}  // namespace

Result<Document> normalise(Document document, const DocumentLimits& limits, TextMarkup markup) {
  if (document.action == Action::remove) return document;
  const std::string title = notation::repaired_utf8(document.title), body = notation::repaired_utf8(document.body);
  document.title = single_line(markup.title == Markup::html ? html_to_text(title) : title);
  document.body = tidy_lines(markup.body == Markup::html    ? html_to_text(body)
                             : markup.body == Markup::plain ? strip_real_tags(body)
                                                            : body);
  if (document.title.size() > limits.max_title_bytes) {
    return too_long("/title", document.title.size(), limits.max_title_bytes);
  }
  if (document.body.size() > limits.max_body_bytes) {
    return too_long("/body", document.body.size(), limits.max_body_bytes);
  }
  if (document.title.empty() && document.body.empty()) {
    return Rejection{"/title", "no text"};
  }
  if (document.title.empty()) take_title_from_body(document, limits.max_title_bytes);
  constexpr TimePoint kFirst{};  // earlier times are mistakes, and retention would delete them anyway
  if (document.published_at > document.received_at || document.published_at < kFirst) {
    document.published_at = document.received_at;
    document.published_clamped = true;
  }
  return document;
}

}  // namespace tapewatch::ingest
