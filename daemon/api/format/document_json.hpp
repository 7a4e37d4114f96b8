#pragma once
#include <string_view>

#include "config/notation/json_writer.hpp"
#include "daemon/pipeline/scoring/model_names.hpp"
#include "storage/document/document_reader.hpp"

namespace tapewatch {

/// How much of a document a response includes: lists leave out the body and the topic probabilities.
enum class Detail { list, full };

/// The last thing that happened to it: insert, revision or removal.
std::string_view change_of(const storage::StoredDocument& document);

/// A stored document as an object. `topics` names the probabilities if `model` scored the document.
void append_document(notation::JsonWriter& json, const storage::StoredDocument& document, const ModelNames& model,
                     Detail detail);

/// The fields of a score, into an object that is open: sentiment, label, probabilities, topic, topics, language,
/// truncated, entities. The same here, in POST /v1/score and on the command line.
void append_score(notation::JsonWriter& json, const storage::DocumentRow& row, const ModelNames& model, bool topics);

}  // namespace tapewatch
