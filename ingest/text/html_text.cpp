// Tested by tests/ingest/text/text_test.cpp
#include "ingest/text/html_text.hpp"

#include <algorithm>
#include <vector>

#include "config/notation/ascii.hpp"
#include "ingest/text/html_references.hpp"
#include "ingest/text/html_tag.hpp"

namespace tapewatch::ingest {
namespace {

bool breaks_line(std::string_view tag) {
  static constexpr std::string_view kBlocks[] = {
      "address",    "article", "aside",  "blockquote", "br",    "dd",  "div", "dl", "dt",
      "figcaption", "figure",  "footer", "form",       "h1",    "h2",  "h3",  "h4", "h5",
      "h6",         "header",  "hr",     "li",         "main",  "nav", "ol",  "p",  "pre",
      "section",    "table",   "tbody",  "thead",      "title", "tr",  "ul"};
  return std::find(std::begin(kBlocks), std::end(kBlocks), tag) != std::end(kBlocks);
}

// The position after the tag that opens at html[at] == '<'; quoted attribute values may hold '>'. A quote that is never
// closed has no effect.
std::size_t tag_end(std::string_view html, std::size_t at) {
  char quote = 0;
  for (std::size_t i = at + 1; i < html.size(); ++i) {
    const char c = html[i];
    if (quote != 0) {
      quote = c == quote ? char{0} : quote;
    } else if (c == '"' || c == '\'') {
      quote = html[i - 1] == '=' || html[i - 1] == ' ' ? c : char{0};
    } else if (c == '>') {
      return i + 1;
    }
  }
  const std::size_t plain = html.find('>', at);
  return plain == std::string_view::npos ? plain : plain + 1;
}

bool starts_with_nocase(std::string_view text, std::string_view name) {
  return notation::equal_in_any_case(text.substr(0, name.size()), name);
}

// After `</name>` of the element whose content starts at `at`, or the end where it is never closed.
std::size_t after_raw_element(std::string_view html, std::size_t at, std::string_view name) {
  for (std::size_t open = html.find("</", at); open != std::string_view::npos; open = html.find("</", open + 2)) {
    if (starts_with_nocase(html.substr(open + 2), name)) {
      const std::size_t end = html.find('>', open);
      return end == std::string_view::npos ? html.size() : end + 1;
    }
  }
  return html.size();
}

bool is_html_element(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "a",       "abbr",   "address", "article", "aside",  "b",       "blockquote", "body",   "br",    "button",
      "center",  "cite",   "code",    "dd",      "del",    "div",     "dl",         "dt",     "em",    "figcaption",
      "figure",  "font",   "footer",  "form",    "h1",     "h2",      "h3",         "h4",     "h5",    "h6",
      "head",    "header", "hr",      "html",    "i",      "iframe",  "img",        "input",  "ins",   "label",
      "li",      "link",   "main",    "mark",    "meta",   "nav",     "noscript",   "object", "ol",    "p",
      "picture", "pre",    "q",       "s",       "script", "section", "small",      "source", "span",  "strike",
      "strong",  "style",  "sub",     "sup",     "svg",    "table",   "tbody",      "td",     "tfoot", "th",
      "thead",   "title",  "tr",      "tt",      "u",      "ul",      "video"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// Reads an unmistakable HTML tag from its '<'. Reads a bounded number of bytes, so that many bad ones cost
// little.
class RealTag {
 public:
  explicit RealTag(std::string_view text) : text_(text.substr(0, kLongest)) {}

  bool read() {
    const bool closes = take('/');
    std::string name;
    while (at_ < text_.size() && (notation::is_ascii_alphanumeric(text_[at_]))) {
      name += notation::ascii_lower(text_[at_++]);
    }
    if (!is_html_element(name)) return false;
    while (true) {
      const bool spaced = skip_space();
      if (take('>')) return true;
      if (take('/')) return take('>');
      if (closes || !spaced || !attribute()) return false;
    }
  }

 private:
  static constexpr std::size_t kLongest = 1024;

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool skip_space() {
    const std::size_t from = at_;
    while (at_ < text_.size() && (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r'))) ++at_;
    return at_ > from;
  }
  // name="value", name='value' or name=value; attributes without a value only if they are common.
  bool attribute() {
    const std::size_t from = at_;
    const auto part_of_name = [](char c) {
      return notation::is_ascii_alphanumeric(c) || c == '-' || c == '_' || c == ':';
    };
    while (at_ < text_.size() && part_of_name(text_[at_])) ++at_;
    const std::string_view name = text_.substr(from, at_ - from);
    if (name.empty()) return false;
    if (!take('=')) {
      static constexpr std::string_view kAlone[] = {"async", "defer", "disabled", "hidden", "allowfullscreen"};
      return std::find(std::begin(kAlone), std::end(kAlone), name) != std::end(kAlone);
    }
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    const bool quoted = quote == '"' || quote == '\'';
    const std::size_t end = quoted ? text_.find(quote, at_ + 1) : text_.find_first_of(" \t\r\n>", at_);
    if (end == std::string_view::npos || end == at_) return false;
    at_ = quoted ? end + 1 : end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 1;
};

bool has_real_tag(std::string_view text) {
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    if (RealTag(text.substr(at)).read()) return true;
  }
  return false;
}

class Converter {
 public:
  explicit Converter(std::string_view html, bool real_tags_only = false)
      : html_(html), real_tags_only_(real_tags_only), tags_(html) {
    text_.reserve(html.size());
  }

  std::string run() {
    while (at_ < html_.size()) {
      const std::size_t special = std::min(html_.find_first_of("<&", at_), html_.size());
      text_.append(html_, at_, special - at_);
      at_ = special;
      if (at_ < html_.size()) html_[at_] == '&' ? reference() : markup();
    }
    return references_.empty() ? std::move(text_) : with_references();
  }

 private:
  // All read at once at the end.
  void reference() {
    references_.push_back(html_.substr(at_, reference_length(html_.substr(at_))));
    places_.push_back(text_.size());
    at_ += references_.back().size();
  }

  std::string with_references() const {
    const auto characters = read_references(references_);
    std::string whole;
    whole.reserve(html_.size());
    std::size_t copied = 0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      whole.append(text_, copied, places_[i] - copied).append(characters[i]);
      copied = places_[i];
    }
    return whole.append(text_, copied);
  }

  void markup() {
    const std::string_view rest = html_.substr(at_);
    if (rest.starts_with("<!--")) {
      const std::size_t end = html_.find("-->", at_ + 4);
      at_ = end == std::string_view::npos ? html_.size() : end + 3;
      return;
    }
    if (rest.starts_with("<![CDATA[")) {  // its content is plain text
      const std::size_t end = std::min(html_.find("]]>", at_), html_.size());
      text_.append(html_, at_ + 9, end - at_ - 9);
      at_ = std::min(end + 3, html_.size());
      return;
    }
    if (real_tags_only_ && !RealTag(rest).read()) {
      text_ += html_[at_++];
      return;
    }
    const bool closes = rest.size() > 1 && rest[1] == '/';
    const std::size_t name_at = closes ? 2 : 1;
    const char mark = rest.size() > 1 ? rest[1] : '\0', next = rest.size() > 2 ? rest[2] : '\0';
    const bool declares =
        mark == '?' || (mark == '!' && (notation::is_ascii_letter(next) || next == '-' || next == '['));
    if (!declares && !real_tags_only_ && !tags_.is_tag(at_)) {
      text_ += html_[at_++];
      return;
    }
    tag(rest, name_at, closes);
  }

  void tag(std::string_view rest, std::size_t name_at, bool closes) {
    // Once no '>' is left, no later '<' can open a tag: remembered, so that '<a<a<a…' does not take quadratic time.
    const std::size_t end = no_more_tags_ ? std::string_view::npos : tag_end(html_, at_);
    if (end == std::string_view::npos) {
      no_more_tags_ = true;
      text_ += html_[at_++];
      return;
    }
    std::string name;
    for (std::size_t i = name_at; i < rest.size() && (notation::is_ascii_alphanumeric(rest[i])); ++i) {
      name += notation::ascii_lower(rest[i]);
    }
    at_ = end;
    if (!closes && (name == "script" || name == "style")) {
      at_ = after_raw_element(html_, end, name);
    } else if (breaks_line(name)) {
      text_ += '\n';
    } else if (name == "td" || name == "th" || name == "img") {
      text_ += ' ';
    }
  }

  std::string_view html_;
  const bool real_tags_only_;
  TagFinder tags_;
  std::size_t at_ = 0;
  bool no_more_tags_ = false;
  std::string text_;  // without the references, which belong at places_
  std::vector<std::string_view> references_;
  std::vector<std::size_t> places_;
};

}  // namespace

std::string html_to_text(std::string_view html) {
  return html.find_first_of("<&") == std::string_view::npos ? std::string(html) : Converter(html).run();
}

std::string strip_real_tags(std::string_view text) {
  return has_real_tag(text) ? Converter(text, true).run() : std::string(text);
}

}  // namespace tapewatch::ingest
