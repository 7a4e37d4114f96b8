#pragma once

#include <string_view>

#include "model/text/byte_span.hpp"

namespace tapewatch::model {

/// The sentence or line of the text that begins at byte `at`, with its closing punctuation and without the blanks
/// around it; start == end == text.size() after the last. A sentence ends where a full stop, an exclamation or a
/// question mark, with the quotes and brackets that it closes, has a blank behind it and a capital, a digit or an
/// opening mark behind that: abbreviations before a name end one too early.
ByteSpan next_sentence(std::string_view text, std::size_t at);

/// The same for the first sentence of a text, a title, which goes on behind abbreviations that names have: "Acme Corp.
/// Files for Chapter 11".
ByteSpan first_sentence(std::string_view text, std::size_t at);

}  // namespace tapewatch::model
