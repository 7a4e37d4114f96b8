#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/feed/feed_cache.hpp"
#include "ingest/feed/feed_options.hpp"
#include "ingest/feed/feed_redirect.hpp"
#include "ingest/feed/feed_schedule.hpp"
#include "ingest/feed/host_spacing.hpp"
#include "ingest/feed/parse/feed_documents.hpp"
#include "ingest/feed/seen_items.hpp"

namespace tapewatch::ingest {

struct FeedRequest {
  std::string url;
  FeedHeaders headers;
  bool own_origin = true;  ///< the configured one, which alone gets credentials; not that of an adopted address
};

struct FeedResponse {
  unsigned status = 0;
  FeedHeaders headers;
  std::string body;                ///< decompressed
  std::string final_url;           ///< where it came from, after redirects
  std::string permanent_redirect;  ///< end of an unbroken chain of 301/308, or empty
  /// When it arrived, by the clock that receipt times follow; nothing: the `now` of polling.
  std::optional<TimePoint> received_at;
};

/// The outcome of one poll.
struct FeedOutcome {
  enum class Kind {
    read,       ///< a feed; its new items are in `items`, possibly none
    unchanged,  ///< 304, or the same bytes as last time
    failed,     ///< not a feed this time; `error` says why
    silent,     ///< a feed without an item that can be read: polled on as usual, but nothing was heard
    gone,       ///< 410: asked again after retry_gone
  };
  Kind kind = Kind::failed;
  std::vector<Document> items;  ///< new or changed, oldest first
  std::vector<FeedRejection> rejected;
  std::vector<FeedWarning> warnings;
  std::string item_identity;  ///< what tells the items apart (identity_rule); empty when nothing was read
  TimePoint next_poll{};
  std::optional<HostHold> hold;      ///< the host asked for fewer requests: it concerns all its feeds
  std::optional<std::string> state;  ///< to commit with or after the last item; absent when nothing changed
  std::string error_kind;            ///< a fixed word for metrics: http_status, html, xml, json, format, empty, …
  std::string error;                 ///< one sentence
  std::string notice;                ///< for one line in the log: an adopted address
};

/// One feed's state: what to request next, and what a response means. No sockets, no clock, one thread at a time.
///
/// Guarantee: validators (ETag, Last-Modified) are part of `FeedOutcome::state` of the response they came with, so that
/// they are never durable before its items are. A response that could not be read completely leaves none.
class FeedState {
 public:
  /// `saved`: the state as committed last, "" when there is none; an unreadable state counts as none.
  FeedState(FeedOptions options, DocumentLimits limits, std::string_view saved);

  /// When to poll first: soon, or when what the publisher asked for before the start has passed: a Retry-After, or the
  /// time for which its last answer is fresh.
  TimePoint first_poll(TimePoint now, double jitter) const;
  FeedRequest next_request(TimePoint now);
  /// Where next_request() leads.
  const std::string& address() const { return redirect_.address(options_.url); }
  /// A host's hold from before the start.
  std::optional<HostHold> held() const;
  /// `jitter` in [0,1).
  FeedOutcome on_response(const FeedResponse& response, TimePoint now, double jitter);
  /// No response: resolve, connect, TLS, time-out, too large. `kind`: a fixed word.
  FeedOutcome on_failure(std::string kind, std::string message, TimePoint now, double jitter);

  unsigned failures() const { return failures_; }

 private:
  struct Validators {
    std::string etag, last_modified, body_hash;
    TimePoint since{};  // when the body was read last

    bool operator==(const Validators&) const = default;
  };

  bool has_validators() const { return !validators_.etag.empty() || !validators_.last_modified.empty(); }

  void load(std::string_view saved);
  void load_times(const boost::json::object& saved);
  std::string save() const;
  FeedOutcome read(const FeedResponse& response, TimePoint now, double jitter);
  FeedOutcome silent(const Feed& feed, FeedBatch batch, TimePoint now, double jitter);
  FeedOutcome unchanged(const FeedResponse& response, TimePoint now, double jitter);
  void take_over_validators(const FeedResponse& response);
  FeedOutcome refuse(const FeedResponse& response, TimePoint now, double jitter);
  FeedOutcome fail(std::string kind, std::string message, std::optional<std::chrono::milliseconds> retry, TimePoint now,
                   double jitter);
  void succeed(const FeedResponse& response, TimePoint now, double jitter, FeedOutcome& outcome);
  void attach_state(FeedOutcome& outcome);

  const FeedOptions options_;
  const FeedSchedule schedule_;
  FeedSource source_;
  SeenItems seen_;
  FeedRedirect redirect_;
  Validators validators_;
  FeedHints hints_;                        // from the last feed that was read: a 304 has no ttl
  TimePoint fresh_until_{};                // where hints lengthen the wait
  TimePoint not_before_{};                 // Retry-After, or the rest after a 410
  std::string held_host_;                  // whose Retry-After it was
  std::optional<bool> asked_for_changes_;  // the last request had validators
  unsigned failures_ = 0;
  std::string saved_;  // the last state handed out
};

}  // namespace tapewatch::ingest
