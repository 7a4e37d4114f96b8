#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/byte_span.hpp"

namespace tapewatch::model {

/// The sentences of the text that hold one of `mentions`, in order.
std::vector<ByteSpan> sentences_with(std::span<const ByteSpan> mentions, std::string_view text);

/// The text with blanks in place of the sentences that hold none of `mentions`.
std::string only_sentences_with(std::span<const ByteSpan> mentions, std::string_view text);

}  // namespace tapewatch::model
