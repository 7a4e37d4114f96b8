#include "ingest/document/json_text.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <cstdint>
#include <optional>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

/// Copies JSON and replaces what Boost.JSON refuses or would falsify. Knows strings, numbers and nesting, nothing else:
/// what is not JSON afterwards is refused by the parser.
class Mender {
 public:
  Mender(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  /// nullopt: nothing to mend.
  std::optional<std::string> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        string();
      } else if (c == '[' || c == '{') {
        open();
      } else if (c == ']' || c == '}') {
        close();
      } else if (c == '-' || notation::is_digit(c) || c == 'N' || c == 'I') {
        word();
      } else {
        ++at_;
      }
    }
    if (!changed_) return std::nullopt;
    keep_until(text_.size());
    return std::move(out_);
  }

  const std::vector<FieldWarning>& warnings() const { return warnings_; }

 private:
  /// Everything up to `end` that has not been copied yet, unless it lies too deep.
  void keep_until(std::size_t end) {
    if (depth_ <= max_depth_) out_ += text_.substr(kept_, end - kept_);
    kept_ = end;
  }

  /// `length` bytes at `at` become `other`.
  void replace(std::size_t at, std::size_t length, std::string_view other, std::string_view why) {
    keep_until(at);
    if (depth_ <= max_depth_) out_ += other;
    kept_ = at + length;
    changed_ = true;
    const auto same = [&](const FieldWarning& warning) { return warning.detail == why; };
    if (std::none_of(warnings_.begin(), warnings_.end(), same)) warnings_.push_back({"", std::string(why)});
  }

  void open() {
    if (depth_ == max_depth_) replace(at_, 0, "null", "nested too deep, the value is left out");
    ++depth_;
    ++at_;
  }

  void close() {
    ++at_;
    if (depth_ == 0) return;
    if (depth_ == max_depth_ + 1) kept_ = at_;  // the bracket belongs to what is left out
    --depth_;
  }

  void string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"';) {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte < 0x20) {
        constexpr std::string_view kHex = "0123456789abcdef";
        const char escaped[] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
        replace(at_, 1, {escaped, sizeof escaped}, "a control character inside a text");
        ++at_;
      } else if (byte != '\\') {
        ++at_;
      } else if (const auto unit = unit_at(at_); !unit || *unit < 0xD800 || *unit > 0xDFFF) {
        at_ += 2;
      } else if (const auto low = unit_at(at_ + 6); *unit < 0xDC00 && low && *low >= 0xDC00 && *low <= 0xDFFF) {
        at_ += 12;
      } else {
        replace(at_, 6, "\\ufffd", "half a surrogate pair, replaced");
        at_ += 6;
      }
    }
    ++at_;
  }

  /// The value of the escape \uXXXX at `at`.
  std::optional<unsigned> unit_at(std::size_t at) const {
    if (at + 6 > text_.size() || text_[at] != '\\' || text_[at + 1] != 'u') return std::nullopt;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at + 2, text_.data() + at + 6, value, 16);
    return error == std::errc() && end == text_.data() + at + 6 ? std::optional(value) : std::nullopt;
  }

  void word() {
    std::size_t end = at_;
    while (end < text_.size() && (notation::is_ascii_alphanumeric(text_[end]) ||
                                  std::string_view("+-.").find(text_[end]) != std::string_view::npos)) {
      ++end;
    }
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "NaN" || word == "Infinity" || word == "-Infinity") {
      replace(at_, word.size(), "null", "NaN or Infinity, read as null");
    } else if (is_beyond_64_bits(word)) {
      replace(at_, word.size(), "\"" + std::string(word) + "\"", "a number beyond 64 bits, read as text");
    }
    at_ = end;
  }

  static bool is_beyond_64_bits(std::string_view word) {
    constexpr std::size_t kSafeDigits = 18;
    if (word.size() <= kSafeDigits) return false;
    const std::string_view digits = word.substr(word.front() == '-' ? 1 : 0);
    if (digits.empty() || digits.front() == '0' || !std::all_of(digits.begin(), digits.end(), notation::is_digit)) {
      return false;
    }
    const auto fails = [&](auto value) {
      return std::from_chars(word.data(), word.data() + word.size(), value).ec != std::errc();
    };
    return word.front() == '-' ? fails(std::int64_t{0}) : fails(std::uint64_t{0});
  }

  std::string_view text_;
  const std::size_t max_depth_;
  std::size_t at_ = 0, kept_ = 0, depth_ = 0;
  bool changed_ = false;
  std::string out_;
  std::vector<FieldWarning> warnings_;
};

}  // namespace

Result<boost::json::value> parse_json_text(std::string_view text, std::size_t max_depth,
                                           std::vector<FieldWarning>& warnings) {
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  const std::size_t last = text.find_last_not_of(std::string_view("\0 \t\r\n", 5));
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (text.empty()) return Rejection{"", "an empty value"};
  Mender mender(text, max_depth);
  const std::optional<std::string> mended = mender.run();
  const std::string_view whole = mended ? std::string_view(*mended) : text;
  boost::json::parse_options options;
  options.max_depth = max_depth + 1;  // deeper values are gone
  options.allow_invalid_utf8 = true;  // replaced by U+FFFD when a field is read: the news matters more than a byte
  boost::system::error_code error;
  boost::json::value value = boost::json::parse({whole.data(), whole.size()}, error, {}, options);
  if (error) return Rejection{"", "not JSON: " + error.message()};
  warnings.insert(warnings.end(), mender.warnings().begin(), mender.warnings().end());
  return value;
}

}  // namespace tapewatch::ingest
