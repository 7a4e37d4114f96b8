// Tested by tests/ingest/entity/entity_finder_test.cpp
#include "ingest/text/folded_text.hpp"

#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <stdexcept>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

const icu::Normalizer2& folding() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* instance = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status)) {
    throw std::runtime_error(std::string("ICU has no NFKC case folding data: ") + u_errorName(status));
  }
  return *instance;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

FoldedText fold_ascii(std::string_view text) {
  FoldedText folded{std::string(text), std::vector<std::uint32_t>(text.size() + 1)};
  for (std::size_t i = 0; i <= text.size(); ++i) folded.origin[i] = static_cast<std::uint32_t>(i);
  for (char& c : folded.text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return folded;
}

FoldedText fold_unicode(std::string_view text) {
  FoldedText folded;
  folded.text.reserve(text.size());
  folded.origin.reserve(text.size() + 1);
  icu::StringByteSink<std::string> sink(&folded.text);
  icu::Edits edits;
  UErrorCode status = U_ZERO_ERROR;
  folding().normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, &edits,
                          status);
  if (U_FAILURE(status)) throw std::runtime_error(std::string("folding a text failed: ") + u_errorName(status));
  // Changed text maps to the start of its source piece; unchanged text maps byte by byte.
  for (auto piece = edits.getFineIterator(); piece.next(status);) {
    const auto source = static_cast<std::uint32_t>(piece.sourceIndex());
    for (std::int32_t i = 0; i < piece.newLength(); ++i) {
      folded.origin.push_back(piece.hasChange() ? source : source + static_cast<std::uint32_t>(i));
    }
  }
  folded.origin.push_back(static_cast<std::uint32_t>(text.size()));
  return folded;
}

// The plain form of typographic quotes and dashes; 0 for everything else.
char plain_form(UChar32 c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x02BC:
      return '\'';
    case 0x201C:
    case 0x201D:
      return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
      return '-';
    default:
      return 0;
  }
}

bool is_space_or_control(UChar32 c) {
  if (c < 0x80) return c >= 0 && !notation::is_ascii_graphic(static_cast<char>(c));
  return u_isUWhiteSpace(c) || u_iscntrl(c);
}

// In place: nothing grows, so reading stays ahead of writing.
void simplify(FoldedText& folded) {
  std::size_t out = 0;
  const auto size = static_cast<std::int32_t>(folded.text.size());
  bool space = false;
  for (std::int32_t at = 0; at < size;) {
    const std::int32_t start = at;
    UChar32 c = 0;
    U8_NEXT(folded.text.data(), at, size, c);
    const bool is_space = is_space_or_control(c);
    const char plain = is_space ? ' ' : plain_form(c);
    if (is_space && space) continue;
    space = is_space;
    if (plain != 0) {
      folded.origin[out] = folded.origin[static_cast<std::size_t>(start)];
      folded.text[out++] = plain;
      continue;
    }
    for (std::int32_t i = start; i < at; ++i, ++out) {
      folded.origin[out] = folded.origin[static_cast<std::size_t>(i)];
      folded.text[out] = folded.text[static_cast<std::size_t>(i)];
    }
  }
  folded.origin[out] = folded.origin.back();
  folded.text.resize(out);
  folded.origin.resize(out + 1);
}

}  // namespace

FoldedText fold_text(std::string_view text) {
  FoldedText folded = is_ascii(text) ? fold_ascii(text) : fold_unicode(text);
  simplify(folded);
  return folded;
}

std::string fold(std::string_view text) { return fold_text(text).text; }

}  // namespace tapewatch::ingest
