#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace tapewatch::storage {

/// The probability of negative that a document (`d`) voted with, in SQL. document.vote_negative holds it only where a
/// revision has replaced the document's own; NULL where it voted without a score.
inline constexpr std::string_view kVoteNegative =
    "CASE WHEN d.vote_sentiment IS NOT NULL THEN coalesce(d.vote_negative, d.negative) END";

/// Documents and the companies that they name as a version of the model has scored them, whenever it did: in the place
/// of the tables `document` and `document_entity` in a query (SQL, in parentheses), with those of their columns that
/// readers of scores need. A row that the version has not scored keeps its scores, and says under which it counts:
/// `model` is that of the present text's, `vote_model` that of the vote's, never NULL.
///
/// `also`: a version whose votes are taken as they came; 0: none.
std::string documents_under(std::int64_t model, std::int64_t also = 0);
/// A company of a rescored document that has not been scored itself counts nowhere; its vote stays what it was.
std::string mentions_under(std::int64_t model, std::int64_t also = 0);

}  // namespace tapewatch::storage
