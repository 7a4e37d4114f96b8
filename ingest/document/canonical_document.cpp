#include "ingest/document/canonical_document.hpp"

#include <algorithm>
#include <boost/json/kind.hpp>
#include <boost/json/object.hpp>
#include <initializer_list>
#include <string>

#include "ingest/document/content_hash.hpp"
#include "ingest/document/document_fields.hpp"

namespace tapewatch::ingest {
namespace {

DocumentValues values_of(const boost::json::object& object) {
  const auto field = [&](std::initializer_list<const char*> names) {
    FieldValues values;
    for (const char* name : names) {
      FieldValue& value = values.emplace_back(FieldValue{std::string("/") + name, {}});
      if (const auto* found = object.if_contains(name)) value.values.push_back(found);
    }
    return values;
  };
  return {.id = field({"id"}),
          .source = field({"source"}),
          .title = field({"title", "text"}),
          .body = field({"body"}),
          .url = field({"url"}),
          .published_at = field({"published_at"}),
          .language = field({"language"}),
          .entities = field({"entities"}),
          .revision = field({"revision"}),
          .action = field({"action"}),
          .embargo_until = field({"embargo_until"}),
          .meta = field({"meta"})};
}

}  // namespace

Result<Document> decode_document(const boost::json::value& value, std::string_view default_source,
                                 TimePoint received_at, const DocumentLimits& limits) {
  if (!value.is_object()) {
    return Rejection{"", "expected a JSON object, found " + std::string(boost::json::to_string(value.kind()))};
  }
  // Replay has no time of receipt; a date without a year still needs one that calendars know.
  constexpr TimePoint kLast{std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)};
  Result<Document> decoded =
      read_document(values_of(value.get_object()), {limits, {}, {}, {}}, std::min(received_at, kLast));
  if (!decoded) return decoded;
  if (decoded->source.empty()) decoded->source = default_source;
  if (decoded->id.empty()) decoded->id = content_identity(*decoded);
  decoded->received_at = received_at;
  if (decoded->published_from == PublishedFrom::received) decoded->published_at = received_at;
  place_in_day(*decoded, received_at);
  return decoded;
}

}  // namespace tapewatch::ingest
