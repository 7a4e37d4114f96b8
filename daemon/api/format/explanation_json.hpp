#pragma once
#include <string_view>

#include "config/notation/json_writer.hpp"
#include "daemon/pipeline/scoring/model_names.hpp"
#include "model/explanation.hpp"

namespace tapewatch {

/// An explanation's fields, into an object that is open: `explained` (model, label and its probability), `tokens` (the
/// words of `text` with their weights, offsets in bytes) and, with rules, `rules` (what each adds to its class's
/// logit).
void append_explanation(notation::JsonWriter& json, std::string_view text, const model::Explanation& explanation,
                        const ModelNames& names, const model::Prior& prior);

/// The words with the largest weights, for people: "plunge +0.41, rejects +0.12".
std::string telling_words(std::string_view text, const model::Explanation& explanation, std::size_t count);

}  // namespace tapewatch
