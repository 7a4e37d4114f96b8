// Tested by tests/ingest/feed/parse/feed_charset_test.cpp
#include "ingest/text/charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::size_t kDeclarationWindow = 1024;  // an XML declaration comes first in a file
constexpr std::size_t kDetectorWindow = 64 * 1024;

struct Utf8Census {
  std::size_t multi_byte = 0;  // characters of two bytes or more
  std::size_t broken = 0;      // ill-formed parts, each one U+FFFD
};

Utf8Census census(std::string_view bytes) {
  Utf8Census result;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto point = notation::decode_utf8(bytes, at);
    result.broken += point.well_formed ? 0 : 1;
    result.multi_byte += point.well_formed && point.length > 1 ? 1 : 0;
    at += point.length;
  }
  return result;
}

/// On the web a label means what the WHATWG encoding standard says: the superset that publishers really use.
std::string web_label(std::string_view claim) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kMeant = {{
      {"iso-8859-1", "windows-1252"}, {"iso8859-1", "windows-1252"},
      {"latin1", "windows-1252"},     {"latin-1", "windows-1252"},
      {"us-ascii", "windows-1252"},   {"ascii", "windows-1252"},
      {"ansi", "windows-1252"},       {"iso-8859-9", "windows-1254"},
      {"iso-8859-11", "windows-874"}, {"tis-620", "windows-874"},
      {"gb2312", "gb18030"},          {"gbk", "gb18030"},
      {"x-gbk", "gb18030"},           {"shift_jis", "windows-31j"},
      {"shift-jis", "windows-31j"},   {"x-sjis", "windows-31j"},
      {"sjis", "windows-31j"},        {"ks_c_5601-1987", "windows-949"},
      {"euc-kr", "windows-949"},      {"utf8", "utf-8"},
  }};
  std::string name = notation::ascii_lower(claim);
  for (const auto& [label, meant] : kMeant) {
    if (name == label) return std::string(meant);
  }
  return name;
}

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

/// The bytes as UTF-8, or nullopt when ICU does not know the charset or, if `strict`, a byte does not fit it.
std::optional<std::string> convert(std::string_view bytes, const std::string& charset, bool strict) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, CloseConverter> from(ucnv_open(charset.c_str(), &status));
  if (U_FAILURE(status) || !from) return std::nullopt;
  const std::unique_ptr<UConverter, CloseConverter> to(ucnv_open("UTF-8", &status));
  if (U_FAILURE(status) || !to) return std::nullopt;
  if (strict) ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4);
  std::array<char, 16 * 1024> chunk;
  std::array<UChar, 4096> pivot;
  UChar* pivot_source = pivot.data();
  UChar* pivot_target = pivot.data();
  const char* source = bytes.data();
  const char* end = source + bytes.size();
  bool reset = true;
  do {
    status = U_ZERO_ERROR;
    char* target = chunk.data();
    ucnv_convertEx(to.get(), from.get(), &target, chunk.data() + chunk.size(), &source, end, pivot.data(),
                   &pivot_source, &pivot_target, pivot.data() + pivot.size(), reset, true, &status);
    reset = false;
    out.append(chunk.data(), static_cast<std::size_t>(target - chunk.data()));
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  if (U_FAILURE(status)) return std::nullopt;
  return out;
}

struct CloseDetector {
  void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
};

std::string detect(std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, CloseDetector> detector(ucsdet_open(&status));
  if (U_FAILURE(status)) return "windows-1252";
  // The detector ignores tags, or every feed would look English.
  ucsdet_enableInputFilter(detector.get(), true);
  const std::string_view sample = bytes.substr(0, kDetectorWindow);
  ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()), &status);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &status);
  if (U_FAILURE(status) || match == nullptr) return "windows-1252";
  constexpr std::int32_t kConvincing = 30;  // of 100; below it ICU guesses between similar charsets
  if (ucsdet_getConfidence(match, &status) < kConvincing) return "windows-1252";
  const char* name = ucsdet_getName(match, &status);
  return U_FAILURE(status) || name == nullptr ? "windows-1252" : web_label(name);
}

/// UTF-16 and UTF-32 by mark or by the zero bytes around the first character; empty for byte-wise charsets.
std::string wide_charset(std::string_view bytes) {
  const auto starts = [&](std::string_view mark) { return bytes.substr(0, mark.size()) == mark; };
  using std::string_view_literals::operator""sv;
  if (starts("\xFF\xFE\x00\x00"sv) || starts("<\0\0\0"sv)) return "utf-32le";
  if (starts("\x00\x00\xFE\xFF"sv) || starts("\0\0\0<"sv)) return "utf-32be";
  if (starts("\xFF\xFE"sv) || starts("<\0"sv) || starts("{\0"sv)) return "utf-16le";
  if (starts("\xFE\xFF"sv) || starts("\0<"sv) || starts("\0{"sv)) return "utf-16be";
  return {};
}

/// The encoding named in `<?xml … encoding="…"?>`; empty when there is none.
std::string declared_charset(std::string_view bytes) {
  std::string_view head = bytes.substr(0, kDeclarationWindow);
  const std::size_t start = head.find("<?xml");
  if (start == std::string_view::npos) return {};
  head = head.substr(start, head.find("?>", start) - start);
  const std::size_t key = head.find("encoding");
  if (key == std::string_view::npos) return {};
  const std::size_t open = head.find_first_of("\"'", key);
  if (open == std::string_view::npos) return {};
  const std::size_t close = head.find(head[open], open + 1);
  return close == std::string_view::npos ? std::string() : std::string(head.substr(open + 1, close - open - 1));
}

void warn_if_overridden(std::string_view where, std::string_view claim, std::string_view used, FeedWarnings& warnings) {
  if (claim.empty() || web_label(claim) == used) return;
  const bool both_utf16 = web_label(claim) == "utf-16" && used.substr(0, 6) == "utf-16";
  if (both_utf16) return;
  warnings.add("charset",
               std::string(where) + " says " + notation::ascii_lower(claim) + ", read as " + std::string(used));
}

DecodedText without_mark(std::string text, std::string charset) {
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3);
  return {std::move(text), std::move(charset)};
}

/// For bytes that are neither wide nor valid UTF-8: the claims, then the detector, then the last resort.
DecodedText decode_legacy(std::string_view bytes, const std::string& declared, std::string_view http_charset) {
  for (const std::string& claim : {declared, std::string(http_charset)}) {
    const std::string label = web_label(claim);
    // The bytes have already refuted a claim of UTF-8 or UTF-16.
    if (label.empty() || label.rfind("utf-", 0) == 0) continue;
    if (auto text = convert(bytes, label, true)) return without_mark(std::move(*text), label);
  }
  const std::string guess = detect(bytes);
  if (guess.rfind("utf-", 0) != 0) {
    if (auto text = convert(bytes, guess, true)) return without_mark(std::move(*text), guess);
  }
  if (auto text = convert(bytes, "windows-1252", false)) return without_mark(std::move(*text), "windows-1252");
  return without_mark(notation::repaired_utf8(bytes), "utf-8");
}

}  // namespace

DecodedText decode_text(std::string_view bytes, std::string_view http_charset, FeedWarnings& warnings) {
  if (const std::string wide = wide_charset(bytes); !wide.empty()) {
    if (auto text = convert(bytes, wide, false)) {
      warn_if_overridden("HTTP", http_charset, wide, warnings);
      return without_mark(std::move(*text), wide);
    }
  }
  const std::string declared = declared_charset(bytes);
  const Utf8Census found = census(bytes);
  const bool has_escape =
      bytes.find('\x1B') != std::string_view::npos;  // ISO-2022: seven bits, so it would pass for UTF-8
  DecodedText result;
  if (found.broken == 0 && (found.multi_byte > 0 || !has_escape)) {
    result = without_mark(std::string(bytes), "utf-8");
    if (found.multi_byte == 0) return result;  // plain ASCII agrees with every claim
  } else if (found.broken > 0 && found.broken * 10 <= found.multi_byte) {
    result = without_mark(notation::repaired_utf8(bytes), "utf-8");
    warnings.add("charset", "broken UTF-8 replaced", found.broken);
  } else {
    result = decode_legacy(bytes, declared, http_charset);
  }
  warn_if_overridden("HTTP", http_charset, result.charset, warnings);
  warn_if_overridden("the XML declaration", declared, result.charset, warnings);
  return result;
}

std::string content_type_charset(std::string_view content_type) {
  const std::string text = notation::ascii_lower(content_type);
  const std::size_t key = text.find("charset=");
  if (key == std::string_view::npos) return {};
  std::string value = text.substr(key + 8);
  value.erase(std::min(value.size(), value.find(';')));
  std::erase_if(value, [](char c) { return c == '"' || c == '\'' || c == ' ' || c == '\t'; });
  return value;
}

}  // namespace tapewatch::ingest
