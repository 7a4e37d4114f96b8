#include "ingest/text/normalise.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "config/notation/utf8.hpp"
#include "ingest/text/html_references.hpp"
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

/// A plain title with its character references decoded once ("Orlo &amp; Co"): wires take titles from pages. Only with
/// their ';': "R&D;" aside, "AT&T" and "Q&A" are text.
std::string without_references(const std::string& title) {
  std::vector<std::string_view> references;
  for (std::size_t at = 0; (at = title.find('&', at)) != std::string::npos; ++at) {
    const auto reference = std::string_view(title).substr(at, reference_length(std::string_view(title).substr(at)));
    if (reference.ends_with(';')) references.push_back(reference);
  }
  if (references.empty()) return title;
  const auto meanings = read_references(references);
  std::string text;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < references.size(); ++i) {
    const auto at = static_cast<std::size_t>(references[i].data() - title.data());
    text.append(title, kept, at - kept) += meanings[i];
    kept = at + references[i].size();
  }
  return text.append(title, kept);
}

/// A removal has a time of its own and is held to it like any document.
void clamp_time(Document& document) {
  constexpr TimePoint kFirst{};  // earlier times are mistakes, and retention would delete them anyway
  if (document.published_at > document.received_at || document.published_at < kFirst) {
    document.published_at = document.received_at;
    document.published_clamped = true;
  }
}

}  // namespace

Result<Document> normalise(Document document, const DocumentLimits& limits, TextMarkup markup) {
  clamp_time(document);
  if (document.action == Action::remove) return document;
  const std::string title = notation::repaired_utf8(document.title), body = notation::repaired_utf8(document.body);
  document.title = single_line(markup.title == Markup::html    ? html_to_text(title)
                               : markup.title == Markup::plain ? without_references(title)
                                                               : title);
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
  return document;
}

}  // namespace tapewatch::ingest
