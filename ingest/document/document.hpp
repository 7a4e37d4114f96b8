#pragma once
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ingest/document/action_options.hpp"
#include "ingest/document/metadata.hpp"

namespace tapewatch::ingest {

/// Wall time to the millisecond, UTC.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// The clock that published_at was taken from, best first: the source's, the Kafka record's, our own.
enum class PublishedFrom { source, record, received };

/// A field that could not be read, or was put right: the document is kept without it. `pointer` is the field's place as
/// configured, "" for the record as a whole.
struct FieldWarning {
  std::string pointer;
  std::string detail;

  friend bool operator==(const FieldWarning&, const FieldWarning&) = default;
};

/// One news item as every source delivers it. Its identity is (source, id): the same pair again is the same document.
struct Document {
  std::string source;
  std::string id;
  std::string title;  // one line of plain, valid UTF-8 after normalise()
  std::string body;   // plain, valid UTF-8 after normalise(); may be empty
  std::string url;
  std::string language;  // BCP-47 primary tag in lower case ("en"); "" when the source does not state it
  TimePoint published_at{};
  TimePoint received_at{};
  PublishedFrom published_from = PublishedFrom::received;
  bool published_clamped = false;        // published_at was in the future or before 1970: replaced by received_at
  std::vector<std::string> entities;     // as the source names them: ids, tickers, ISINs, names
  Metadata metadata;                     // what the publisher says beside the text
  std::optional<std::int64_t> revision;  // the source's own number, from 0
  Action action = Action::none;
  std::string unknown_action;                // the source's word where nobody knows what it means
  std::optional<TimePoint> embargo_until;    // not to be seen before
  bool published_day = false;                // published_at names a day, its first moment until place_in_day()
  std::optional<FieldWarning> without_time;  // the place of published_at, and why no time could be read there
  std::vector<FieldWarning> warnings;        // of reading it; not stored

  friend bool operator==(const Document&, const Document&) = default;
};

/// A date without a time of day says no more than that the document appeared on that day: published_at becomes
/// `arrival`, if it lies within the day, which ends when it has ended everywhere.
void place_in_day(Document& document, TimePoint arrival);

/// Why a record is not a document. `pointer` is the JSON Pointer of the field at fault, "" for the record as a whole.
struct Rejection {
  std::string pointer;
  std::string reason;

  friend bool operator==(const Rejection&, const Rejection&) = default;
};

/// Why a document without a time of its own is refused where documents are the only clock: of history and of replay.
Rejection without_own_time(const Document& document);

/// Taking the value of a failed Result is a broken invariant, not a way to handle rejections.
[[noreturn]] inline void throw_exception_from_error(const Rejection& rejection, const boost::source_location&) {
  throw std::logic_error("value of a rejected document taken: " + rejection.pointer + " " + rejection.reason);
}

template <class T>
using Result = boost::system::result<T, Rejection>;

/// The text that is scored and that entity offsets refer to: title, newline, body; only the title if there is no body.
std::string scoring_text(const Document& document);

}  // namespace tapewatch::ingest
