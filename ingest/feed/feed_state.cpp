#include "ingest/feed/feed_state.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/url.hpp"
#include "ingest/document/content_hash.hpp"
#include "ingest/feed/parse/feed_parser.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

/// Even a feed that always answers 304 is read in full once a day: some servers never notice their own changes.
constexpr std::chrono::hours kFullReadAfter(24);
/// An adopted address that fails this often in a row is given up for the configured one.
constexpr unsigned kAdoptedFailures = 3;

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool flag_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_bool() && value->get_bool();
}

/// Content-Language lists the readers' languages: with several the language of a text stays open.
std::string only_language(std::string_view header) {
  return header.find(',') == std::string_view::npos ? std::string(header) : std::string();
}

TimePoint time_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_int64() ? TimePoint(milliseconds(value->get_int64())) : TimePoint{};
}

/// Bits as std::bitset writes them; none for anything else.
template <std::size_t Size>
std::bitset<Size> bits_at(const json::object& object, std::string_view key) {
  const std::string text = text_at(object, key);
  const bool bits = text.size() == Size && text.find_first_not_of("01") == std::string::npos;
  return bits ? std::bitset<Size>(text) : std::bitset<Size>();
}

}  // namespace

FeedState::FeedState(FeedOptions options, DocumentLimits limits, std::string_view saved)
    : options_(std::move(options)), schedule_(options_) {
  source_.name = options_.name;
  source_.language = options_.language;
  source_.limits = limits;
  load(saved);
  if (saved_.empty()) saved_ = save();  // nothing learned yet, so nothing to commit
}

TimePoint FeedState::first_poll(TimePoint now, double jitter) const {
  constexpr milliseconds kSpread(2000);  // many feeds must not start at the same instant
  const milliseconds spread = std::min(options_.interval, kSpread);
  const TimePoint soon = now + milliseconds(static_cast<std::int64_t>(jitter * static_cast<double>(spread.count())));
  const TimePoint asked_for =
      std::max(std::min(not_before_, now + std::max(options_.max_retry_after, options_.retry_gone)),
               std::min(fresh_until_, now + options_.max_hint));
  return std::max(soon, asked_for);
}

std::optional<HostHold> FeedState::held() const {
  if (held_host_.empty() || not_before_ == TimePoint{}) return std::nullopt;
  return HostHold{held_host_, not_before_};
}

FeedRequest FeedState::next_request(TimePoint now) {
  FeedRequest request;
  request.url = address();
  request.headers.emplace_back(
      "Accept",
      "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
      "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5");
  if (!options_.user_agent.empty()) request.headers.emplace_back("User-Agent", options_.user_agent);
  // The configured headers may be credentials: only the configured origin gets them.
  request.own_origin = notation::url_origin(request.url) == notation::url_origin(options_.url);
  if (request.own_origin) {
    for (const auto& [name, value] : options_.headers) request.headers.emplace_back(name, value);
  }
  asked_for_changes_ = now - validators_.since < kFullReadAfter && has_validators();
  if (!*asked_for_changes_) return request;
  if (!validators_.etag.empty()) request.headers.emplace_back("If-None-Match", validators_.etag);
  if (!validators_.last_modified.empty()) request.headers.emplace_back("If-Modified-Since", validators_.last_modified);
  return request;
}

FeedOutcome FeedState::on_response(const FeedResponse& response, TimePoint now, double jitter) {
  if (response.status == 304 || response.status == 204) {
    if (asked_for_changes_.value_or(has_validators())) return unchanged(response, now, jitter);
    const std::string answer = response.status == 304 ? "304 Not Modified" : "204 No Content";
    return fail("not_modified", answer + " to a request without validators: nothing was read that it could mean",
                retry_after(response.headers, now), now, jitter);
  }
  if (response.status < 200 || response.status > 299) return refuse(response, now, jitter);
  const bool same_bytes = !validators_.body_hash.empty() && hash_hex(response.body) == validators_.body_hash;
  return same_bytes ? unchanged(response, now, jitter) : read(response, now, jitter);
}

FeedOutcome FeedState::on_failure(std::string kind, std::string message, TimePoint now, double jitter) {
  return fail(std::move(kind), std::move(message), std::nullopt, now, jitter);
}

FeedOutcome FeedState::read(const FeedResponse& response, TimePoint now, double jitter) {
  FeedWarnings warnings;
  const FeedContext context{response.final_url.empty() ? options_.url : response.final_url, options_.max_items};
  auto feed = parse_feed(response.body, header_value(response.headers, "Content-Type"), context, warnings);
  if (!feed) {
    FeedOutcome outcome =
        fail(feed.error().kind, feed.error().message, retry_after(response.headers, now), now, jitter);
    outcome.warnings = warnings.take();
    return outcome;
  }
  feed->content_language = only_language(header_value(response.headers, "Content-Language"));
  const std::string_view last_modified = header_value(response.headers, "Last-Modified");
  const std::string_view carrier = feed->updated.empty() ? last_modified : std::string_view(feed->updated);
  FeedBatch batch = collect_documents(*feed, source_, seen_, carrier, response.received_at.value_or(now), warnings);

  if (batch.readable == 0 && feed->deleted.empty()) {
    FeedOutcome outcome = silent(*feed, std::move(batch), now, jitter);
    outcome.warnings = warnings.take();
    return outcome;
  }
  hints_ = FeedHints{feed->ttl, std::nullopt, feed->skip_hours, feed->skip_days};
  validators_ = Validators{};
  if (feed->complete) {
    validators_ = {std::string(header_value(response.headers, "ETag")), std::string(last_modified),
                   hash_hex(response.body), now};
  }
  FeedOutcome outcome;
  outcome.kind = FeedOutcome::Kind::read;
  outcome.items = std::move(batch.documents);
  outcome.rejected = std::move(batch.rejected);
  outcome.warnings = warnings.take();
  outcome.item_identity = identity_rule(*feed, source_.faults);
  succeed(response, now, jitter, outcome);
  return outcome;
}

/// A publisher's template that lost its items, a namespace that nobody knows, or a feed that is empty by right: nothing
/// tells them apart, so the feed does not count as heard. No validators: the next answer is read in full.
FeedOutcome FeedState::silent(const Feed& feed, FeedBatch batch, TimePoint now, double jitter) {
  FeedOutcome outcome;
  outcome.kind = FeedOutcome::Kind::silent;
  outcome.error_kind = "no_items";
  outcome.error = feed.items.empty()
                      ? feed.format + " without an item"
                      : feed.format + " of " + std::to_string(feed.items.size()) + " items, none of which has a text";
  if (seen_.size() > feed.items.size()) outcome.error += "; it listed items before";
  outcome.rejected = std::move(batch.rejected);
  outcome.item_identity = identity_rule(feed, source_.faults);
  validators_ = Validators{};
  failures_ = 0;
  not_before_ = fresh_until_ = TimePoint{};
  held_host_.clear();
  outcome.next_poll = schedule_.after_success(now, hints_, jitter);
  attach_state(outcome);
  return outcome;
}

FeedOutcome FeedState::unchanged(const FeedResponse& response, TimePoint now, double jitter) {
  FeedOutcome outcome;
  outcome.kind = FeedOutcome::Kind::unchanged;
  if (response.status == 304) take_over_validators(response);
  if (response.status == 200) {  // the same bytes, but the validators may be new
    Validators seen = validators_;
    seen.etag = header_value(response.headers, "ETag");
    seen.last_modified = header_value(response.headers, "Last-Modified");
    // A new time alone does not count: it would cause a database write at every poll.
    if (!(seen == validators_) || now - seen.since >= kFullReadAfter) seen.since = now;
    validators_ = seen;
  }
  succeed(response, now, jitter, outcome);
  return outcome;
}

/// A 304 may carry new validators for what is stored (RFC 9111, 4.3.4).
void FeedState::take_over_validators(const FeedResponse& response) {
  if (validators_.body_hash.empty()) return;  // nothing is stored
  const auto take = [&](std::string_view name, std::string& validator) {
    if (const std::string_view value = header_value(response.headers, name); !value.empty()) validator = value;
  };
  take("ETag", validators_.etag);
  take("Last-Modified", validators_.last_modified);
}

void FeedState::succeed(const FeedResponse& response, TimePoint now, double jitter, FeedOutcome& outcome) {
  failures_ = 0;
  not_before_ = TimePoint{};
  held_host_.clear();
  hints_.fresh_for = freshness(response.headers, now);
  const milliseconds hinted = schedule_.hinted_wait(hints_);
  fresh_until_ = hinted > milliseconds(0) ? now + hinted : TimePoint{};
  outcome.next_poll = schedule_.after_success(now, hints_, jitter);
  // If the configured headers carry credentials the address stays: the new one would not receive them.
  const bool may_adopt = !notation::has_credentials(options_.url) && options_.auth.empty();
  if (may_adopt && redirect_.on_success(response.permanent_redirect, now, options_.adopt_redirect_after)) {
    outcome.notice = "moved permanently to " + redirect_.adopted() + ": polled there from now on";
  }
  attach_state(outcome);
}

FeedOutcome FeedState::refuse(const FeedResponse& response, TimePoint now, double jitter) {
  const auto retry = retry_after(response.headers, now);
  if (response.status == 410 && redirect_.adopted().empty()) {
    FeedOutcome outcome;
    outcome.kind = FeedOutcome::Kind::gone;
    outcome.error_kind = "gone";
    outcome.error = "410 Gone: the publisher has ended this feed; it is asked again after " +
                    notation::format_duration(options_.retry_gone);
    outcome.next_poll = schedule_.after_gone(now, jitter);
    ++failures_;
    not_before_ = outcome.next_poll;  // also over a restart
    held_host_.clear();
    attach_state(outcome);
    return outcome;
  }
  if (response.status == 410) failures_ = kAdoptedFailures;  // the adopted address is gone, not the feed
  const bool too_much = response.status == 429 || response.status == 503;
  const std::string host = notation::url_host(response.final_url.empty() ? address() : response.final_url);
  if (retry) held_host_ = too_much ? host : std::string();
  FeedOutcome outcome = fail("http_status", "status " + std::to_string(response.status), retry, now, jitter);
  // The host, not the path, is what is busy. Without a time it is left alone for one interval: this feed's own wait
  // grows with each failure, and a single broken path must not take its neighbours along.
  if (too_much) outcome.hold = HostHold{host, retry ? outcome.next_poll : now + options_.interval};
  return outcome;
}

FeedOutcome FeedState::fail(std::string kind, std::string message, std::optional<milliseconds> retry, TimePoint now,
                            double jitter) {
  FeedOutcome outcome;
  outcome.error_kind = std::move(kind);
  outcome.error = std::move(message);
  ++failures_;
  outcome.next_poll = schedule_.after_failure(now, failures_, retry, jitter);
  if (retry) not_before_ = outcome.next_poll;
  if (!redirect_.adopted().empty() && failures_ >= kAdoptedFailures) {
    outcome.notice = redirect_.adopted() + " no longer answers: back to the configured address";
    redirect_.forget();
  }
  attach_state(outcome);
  return outcome;
}

void FeedState::attach_state(FeedOutcome& outcome) {
  std::string now_saved = save();
  if (now_saved == saved_) return;
  saved_ = now_saved;
  outcome.state = std::move(now_saved);
}

std::string FeedState::save() const {
  json::object state;
  state["format"] = 1;
  state["url"] = options_.url;
  if (!validators_.body_hash.empty()) {
    state["etag"] = validators_.etag;
    state["last_modified"] = validators_.last_modified;
    state["body_hash"] = validators_.body_hash;
    state["read_at"] = validators_.since.time_since_epoch().count();
  }
  if (json::object redirect = redirect_.to_json(); !redirect.empty()) state["redirect"] = std::move(redirect);
  if (not_before_ != TimePoint{}) state["not_before"] = not_before_.time_since_epoch().count();
  if (!held_host_.empty()) state["held_host"] = held_host_;
  if (fresh_until_ != TimePoint{}) state["fresh_until"] = fresh_until_.time_since_epoch().count();
  if (hints_.ttl) state["ttl"] = hints_.ttl->count();
  if (hints_.skip_hours.any()) state["skip_hours"] = hints_.skip_hours.to_string();
  if (hints_.skip_days.any()) state["skip_days"] = hints_.skip_days.to_string();
  if (source_.faults.shared) state["distrust_ids"] = true;
  if (source_.faults.unstable) state["unstable_ids"] = true;
  state["seen"] = seen_.to_json();
  return notation::to_json(json::value(std::move(state)));
}

void FeedState::load(std::string_view saved) {
  boost::system::error_code error;
  const json::value value = json::parse(saved, error);
  const json::object* state = error ? nullptr : value.if_object();
  if (state == nullptr || !state->contains("format") || state->at("format") != 1) return;
  saved_ = saved;
  if (const json::value* seen = state->if_contains("seen")) seen_.load(*seen);
  source_.faults = {flag_at(*state, "distrust_ids"), flag_at(*state, "unstable_ids")};
  if (text_at(*state, "url") != options_.url) return;  // reconfigured: the saved rest belongs to another address
  validators_ = {text_at(*state, "etag"), text_at(*state, "last_modified"), text_at(*state, "body_hash"),
                 time_at(*state, "read_at")};
  load_times(*state);
  const json::value* redirect = state->if_contains("redirect");
  if (redirect && redirect->is_object()) redirect_.load(redirect->get_object());
}

void FeedState::load_times(const json::object& saved) {
  not_before_ = time_at(saved, "not_before");
  held_host_ = text_at(saved, "held_host");
  fresh_until_ = time_at(saved, "fresh_until");
  if (const TimePoint ttl = time_at(saved, "ttl"); ttl != TimePoint{}) hints_.ttl = ttl.time_since_epoch();
  hints_.skip_hours = bits_at<24>(saved, "skip_hours");
  hints_.skip_days = bits_at<7>(saved, "skip_days");
}

}  // namespace tapewatch::ingest
