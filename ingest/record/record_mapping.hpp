#pragma once
#include <boost/json/value.hpp>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document/document_fields.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/record/field_path_options.hpp"
#include "ingest/record/record_header.hpp"
#include "ingest/record/record_options.hpp"

namespace tapewatch::ingest {

/// What stands beside a record's value.
struct RecordContext {
  std::string_view key;  ///< of a Kafka record, or empty
  std::span<const RecordHeader> headers;
  TimePoint now;                  ///< for dates without a year
  std::string_view charset = {};  ///< what an envelope declares of the value, or empty
  bool any_case = false;          ///< the headers are HTTP's: the case of their names does not count
};

/// Reads documents out of JSON values by a shape: its places, items and decoding. Const and shared by threads.
class RecordMapping {
 public:
  /// Throws std::invalid_argument naming a preset that does not exist or a place that cannot be read.
  RecordMapping(const RecordShape& shape, DocumentReading reading);

  /// The documents of one value in their order: one, or with `items` as many as there are, perhaps none. `value` is
  /// changed by `decode`. Rejections and warnings name the places as configured.
  std::vector<Result<Document>> documents(boost::json::value& value, const RecordContext& context) const;

  /// The removal that a record without a value means, where a place of `id` or `source` is in its key or headers.
  Result<Document> tombstone(const RecordContext& context) const;

  bool has_items() const { return !items_.empty(); }
  /// Whether `items` lead into the value as it is, which may be a list.
  bool has_items(const boost::json::value& value) const;

 private:
  struct Decoding {
    FieldPath place;
    std::vector<std::string> steps;
  };
  struct Scope;

  /// nullopt where no place of `items` is in the value.
  std::optional<std::vector<const boost::json::value*>> items_of(const boost::json::value& value) const;
  void decode(boost::json::value& value, std::vector<FieldWarning>& warnings) const;
  Result<Document> document(const Scope& scope) const;
  FieldValues values_of(const std::vector<FieldPath>& places, const Scope& scope,
                        std::deque<boost::json::value>& made) const;

  DocumentReading reading_;
  std::vector<std::vector<FieldPath>> fields_;  // in the order of kRecordFieldMembers
  std::vector<FieldPath> items_;
  std::vector<Decoding> decodings_;
  bool lists_;  // csv and tsv: a value is a list
};

}  // namespace tapewatch::ingest
