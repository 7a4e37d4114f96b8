#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/output/output_journal.hpp"
#include "daemon/pipeline/output/output_records.hpp"
#include "ingest/kafka/error_notice.hpp"
#include "ingest/kafka/kafka_output.hpp"
#include "ingest/kafka/output_options.hpp"

namespace tapewatch {

/// An output at one moment: what GET /v1/outputs and /readyz say.
struct OutputReport {
  std::string name, documents, alerts;                  ///< and its topics; empty: none of the kind
  std::string state;                                    ///< opening | publishing | idle | failing | halted | stopped
  std::int64_t position = 0;                            ///< the last event that is published, or has no topic
  std::int64_t lag = 0;                                 ///< events behind it
  std::uint64_t published = 0, left_out = 0, lost = 0;  ///< records, records, events; since the start
  std::optional<TimePoint> last_success;                ///< the last transaction
  std::optional<TimePoint> waiting_since;  ///< since when events wait, or the brokers are asked for: nothing went
  std::string last_error;                  ///< no secret; kept until something goes again
  std::optional<TimePoint> last_error_at;
};

/// What an OutputLoop needs besides its options.
struct OutputLoopParts {
  std::unique_ptr<OutputJournal> journal;
  std::shared_ptr<spdlog::logger> log;
  /// A client other than librdkafka's, for tests.
  std::function<std::unique_ptr<ingest::KafkaOutput>(ingest::StopAsked)> open = {};
  std::string process = {};  ///< what tells this loop from others that publish under its id; empty: random
};

/// One output and its thread: publishes the events of the database, each exactly once for readers of committed records,
/// in their order in each partition.
///
/// The database is the outbox: events are rows that were committed with what they tell of. A batch of them and the
/// number of its last one are one transaction of the brokers; after any doubt (a failure, a start, a kill) the loop
/// asks the brokers for that number and goes on behind it. While they are away nothing is given up: the database keeps
/// `max_backlog` events. What is lost beyond that, and a record that its topic will not take, is told in the log, in a
/// metric, and by a record of the type `gap` in its place.
///
/// A second process under the same transactional id fences this one, which finds the other's name with the position,
/// and stops for good.
class OutputLoop {
 public:
  OutputLoop(ingest::KafkaOutputOptions options, OutputLoopParts parts, Metrics& metrics);
  ~OutputLoop();
  OutputLoop(const OutputLoop&) = delete;
  OutputLoop& operator=(const OutputLoop&) = delete;

  void start();
  /// The transaction under way ends, or is aborted, within `stop_patience` or so. Does not wait. Any thread.
  void ask_stop();
  /// Asks, and waits for it. The writer's queue is still open, so that the database hears of the position.
  void stop();
  /// There may be new events. Any thread.
  void wake();
  /// Any thread.
  OutputReport report() const;

 private:
  void work();
  void round();
  bool open();
  bool find_position();
  void publish();
  void publish_page(const std::vector<storage::OutputEvent>& page);
  void publish_gap(std::int64_t before);
  void published(const std::vector<ingest::OutputRecord>& records, std::int64_t last);
  void on_too_large(const std::vector<ingest::OutputRecord>& records, std::size_t events, const std::string& why);
  bool succeeded(const ingest::OutputResult& result);
  void failed(std::string_view kind, const std::string& why);
  void forget_client();
  void halt(const std::string& why);
  void rest();
  void keep_position_known();
  void pause();
  void look();
  void note_waiting(bool waits);
  void give_receipt(bool now);
  bool stopping() const;
  void set_state(const char* state);

  const ingest::KafkaOutputOptions options_;
  const OutputLoopParts parts_;
  Metrics& metrics_;
  const std::string process_;

  /// Owned by the thread.
  std::unique_ptr<ingest::KafkaOutput> client_;
  bool opened_ = false, known_ = false, halted_ = false;
  bool has_seen_ = false;            // the position of the brokers, and in it
  std::optional<std::string> seen_;  // who published last
  std::int64_t position_ = 0, receipt_ = 0;
  std::optional<std::int64_t> left_out_;  // the event whose record is told as left out
  std::string left_out_reason_;
  std::size_t room_;      // events of the next transaction at most
  std::size_t fine_ = 0;  // transactions since room_ was last changed
  int aborts_ = 0;        // in a row
  std::chrono::milliseconds wait_;
  std::chrono::steady_clock::time_point looked_{}, receipt_at_{}, committed_at_{};
  ingest::ErrorNotice notice_;

  mutable Mutex mutex_;
  Condition changed_;
  bool stop_ GUARDED_BY(mutex_) = false;
  bool woken_ GUARDED_BY(mutex_) = false;
  OutputReport report_ GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tapewatch
