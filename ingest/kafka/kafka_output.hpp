#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// One record on its way to a topic of an output.
struct OutputRecord {
  std::string topic, key, value;
  std::int64_t event = 0;  // its header tapewatch-event
  std::string_view type;   // its header tapewatch-type: document, alert or gap

  friend bool operator==(const OutputRecord&, const OutputRecord&) = default;
};

/// How far an output is, as the brokers keep it: committed in the transaction of the records up to there.
struct CommittedEvent {
  std::int64_t event = 0;
  std::int64_t written_at = 0;  // milliseconds: when the event was written, which tells it from others of its number
  std::string by;               // the process that published it

  /// As the metadata of an offset; nullopt for a text of another kind.
  std::string metadata() const;
  static std::optional<CommittedEvent> parse(std::int64_t offset, std::string_view metadata);
  friend bool operator==(const CommittedEvent&, const CommittedEvent&) = default;
};

struct OutputResult {
  enum class Kind {
    done,
    again,      // for now: no broker answers, or a topic is missing; the same call again
    aborted,    // nothing of the transaction is in the topic, or the brokers know: ask for the position again
    too_large,  // aborted, because a topic does not take a record of it, or a batch of several
    lost        // the client is of no use any more: open another one
  };
  Kind kind = Kind::done;
  std::string why = {};  // no secret
};

/// Publishes in transactions. Each call blocks for some `step`s of its options, longer while a broker is frozen, and
/// ends soon once `stop` says so. One thread.
class KafkaOutput {
 public:
  virtual ~KafkaOutput() = default;

  /// Fences other clients of the same transactional id, aborts what they left open, and finds the topics.
  virtual OutputResult open() = 0;
  /// How far the brokers have it; nothing where they do not know.
  virtual OutputResult committed(std::optional<CommittedEvent>& found) = 0;
  /// The records and `last`, in one transaction. Without records: the position alone.
  virtual OutputResult publish(const std::vector<OutputRecord>& records, const CommittedEvent& last) = 0;
  /// While there is nothing to publish: takes what connections say, so that it does not pile up.
  virtual void idle() = 0;
};

using StopAsked = std::function<bool()>;

}  // namespace tapewatch::ingest
