// Tested by tests/config/toml/load_test.cpp
#include <algorithm>

#include "config/notation/ascii.hpp"
#include "config/notation/rfc3339.hpp"
#include "config/notation/url.hpp"
#include "config/schema/schema.hpp"
#include "config/schema/schema_record.hpp"
#include "config/toml/units.hpp"
#include "ingest/kafka/kafka_property_options.hpp"

namespace tapewatch::config {
namespace {

using namespace std::chrono_literals;
using ingest::FeedOptions;
using ingest::IngestOptions;
using ingest::KafkaOptions;
using ingest::KafkaStart;
using ingest::PostOptions;

/// Properties that are set by other keys or that the guarantees depend on.
void check_property(Reader& reader, const Position& at, const std::string& name, const Text&) {
  if (const auto reason = ingest::own_property(name)) {
    reader.error(at, fmt::format("the property '{}' is tapewatch's own: {}", name, *reason));
  }
}

void read_start(Reader& reader, const Place& place, KafkaOptions& into) {
  std::string text;
  if (const auto* time = std::get_if<TimeText>(&place.node.value)) {
    text = time->text;
  } else if (const auto read = reader.text(place)) {
    text = read->value;
  } else {
    return;
  }
  if (text == "latest") {
    into.start = KafkaStart::latest;
  } else if (text == "earliest") {
    into.start = KafkaStart::earliest;
  } else if (const auto time = notation::parse_rfc3339(text)) {
    into.start = KafkaStart::time;
    into.start_time = *time;
  } else {
    reader.error(place, "expected \"latest\", \"earliest\" or a time such as 2026-07-01T00:00:00Z");
  }
}

Keys<KafkaOptions> make_kafka_keys() {
  using O = KafkaOptions;
  Keys<O> keys = {
      text_key<O>("brokers", &O::brokers, "host:port, several with commas.", not_empty()),
      texts_key<O>("topics", &O::topics, "Topics to read.", not_empty()),
      text_key<O>("group", &O::group, "The consumer group; one database per group.", not_empty()),
      {"start",
       "text or time",
       "The first assignment: latest, earliest, or a time.",
       read_start,
       {},
       [](O& a, std::string_view, O& b, std::string_view) {
         return a.start == b.start && (a.start != KafkaStart::time || a.start_time == b.start_time);
       }},
      text_key<O>("dead_letter_topic", &O::dead_letter_topic, "Records that cannot be read are sent there as well."),
      text_map_key<O>("properties", &O::properties, "Anything librdkafka takes.", check_property),
      {"properties_file", "text", "The same as lines `key=value`; for secrets.",
       [](Reader& reader, const Place& place, O& into) {
         read_properties_file(reader, place, check_property, into.properties);
       }},
  };
  add_record_keys(keys);
  return keys;
}

const Keys<KafkaOptions>& kafka_keys() {
  static const Keys<KafkaOptions> keys = make_kafka_keys();
  return keys;
}

void finish_kafka(Reader& reader, const Place& place, KafkaOptions& kafka, bool) {
  require(reader, place, "name", !kafka.name.empty());
  require(reader, place, "brokers", !kafka.brokers.empty());
  require(reader, place, "topics", !kafka.topics.empty());
}

void check_header(Reader& reader, const Position& at, const std::string& name, const Text& text) {
  const auto token = [](char c) { return notation::is_ascii_alphanumeric(c) || c == '-' || c == '_'; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), token)) {
    reader.error(at, fmt::format("'{}' is not the name of an HTTP header", name));
  }
  if (text.value.find_first_of("\r\n") != std::string::npos) reader.error(at, "a header's value must be on one line");
}

void check_credential(Reader& reader, const Place& place, const Text& text) {
  const auto unfit = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  if (text.value.empty() || std::any_of(text.value.begin(), text.value.end(), unfit)) {
    reader.error(place, "must be one line of text");  // never the text itself
  }
}

const Keys<ingest::FeedAuth>& feed_auth_keys() {
  using A = ingest::FeedAuth;
  static const Keys<A> keys = {
      text_key<A>("user", &A::user, "Basic authentication (RFC 7617): the user's name, without a colon.",
                  check_credential),
      text_key<A>("password", &A::password, "Basic authentication: the password, such as { file = … }.",
                  check_credential),
      text_key<A>("bearer", &A::bearer, "Bearer authentication (RFC 6750): the token, such as { file = … }.",
                  check_credential),
  };
  return keys;
}

const Keys<FeedOptions>& feed_keys() {
  using O = FeedOptions;
  static const Keys<O> keys = {
      text_key<O>("name", &O::name, "What this source is called, in metrics and as its documents' source.",
                  plain_name()),
      text_key<O>("url", &O::url, "RSS, Atom or JSON Feed, over https or http.", http_url()),
      text_key<O>("proxy", &O::proxy, "Fetched through this proxy; \"\": directly. Absent: daemon.proxy.", proxy_url()),
      duration_key<O>("interval", &O::interval, "Shortest wait between two polls.", 1s, 24h),
      duration_key<O>("timeout", &O::timeout, "Time for one fetch, including redirects.", 100ms, 10min),
      duration_key<O>("connect_timeout", &O::connect_timeout, "Time for one connection.", 100ms, 10min),
      size_key<O>("max_bytes", &O::max_bytes, "Largest response, before and after decompression.", 1024, 1ULL << 30),
      whole_key<O>("max_items", &O::max_items, "Items taken from one response.", 1, 100'000),
      whole_key<O>("max_redirects", &O::max_redirects, "Redirects followed in one fetch.", 0, 20),
      text_key<O>("user_agent", &O::user_agent, "Instead of daemon.user_agent and daemon.contact.", user_agent_text()),
      text_map_key<O>("headers", &O::headers, "Sent to the feed's own origin only.", check_header),
      table_key<O>("auth", &O::auth, feed_auth_keys),
      text_key<O>("ca_file", &O::ca_file, "PEM bundle that replaces the system's authorities.", not_empty()),
      text_key<O>("language", &O::language, "For feeds that state no language, or the wrong one."),
      duration_key<O>("max_hint", &O::max_hint, "Longest wait that a publisher's max-age may ask for.", 0s, 24h * 7),
      duration_key<O>("max_skip", &O::max_skip, "Longest wait that skipHours and skipDays may ask for.", 0s, 24h * 7),
      duration_key<O>("max_backoff", &O::max_backoff, "Longest wait after failures; polling never ends.", 1s, 24h * 7),
      duration_key<O>("max_retry_after", &O::max_retry_after, "Longest wait that a Retry-After may ask for.", 0s,
                      24h * 7),
      duration_key<O>("retry_gone", &O::retry_gone, "After a 410: wait before the address is asked again.", 1h,
                      24h * 365),
      duration_key<O>("host_spacing", &O::host_spacing, "Between two requests to one host.", 0s, 1h),
      duration_key<O>("adopt_redirect_after", &O::adopt_redirect_after,
                      "A permanent redirect that has held this long becomes the address.", 0s, 24h * 365),
  };
  return keys;
}

void finish_feed(Reader& reader, const Place& place, FeedOptions& feed, bool) {
  require(reader, place, "name", !feed.name.empty());
  require(reader, place, "url", !feed.url.empty());
  const auto& auth = feed.auth;
  const bool basic = !auth.user.empty() || !auth.password.empty();
  if (basic && (auth.user.empty() || auth.user.find(':') != std::string::npos)) {
    reader.error(place_of(place, "auth"), "auth: basic authentication needs a user without a colon in its name");
  }
  if (basic && !auth.bearer.empty()) reader.error(place_of(place, "auth"), "auth: either user and password, or bearer");
  if (!auth.empty() && notation::has_credentials(feed.url)) {
    reader.error(place_of(place, "auth"), "auth: the url has credentials already");
  }
}

const Keys<ingest::EntityOptions>& entity_keys() {
  using O = ingest::EntityOptions;
  static const Keys<O> keys = {
      text_key<O>("watchlist", &O::watchlist, "CSV: id,name,aliases(;),ticker,mic,isin,lei,tags.", not_empty()),
  };
  return keys;
}

const Keys<ingest::DocumentLimits>& limit_keys() {
  using O = ingest::DocumentLimits;
  static const Keys<O> keys = {
      size_key<O>("max_title_bytes", &O::max_title_bytes, "A longer headline is refused.", 64, 1 << 20),
      size_key<O>("max_body_bytes", &O::max_body_bytes, "A longer body is refused.", 64, 1 << 28),
  };
  return keys;
}

}  // namespace

const Keys<IngestOptions>& ingest_keys() {
  static const Keys<IngestOptions> keys = {
      tables_key<IngestOptions, decltype(&IngestOptions::kafka), KafkaOptions>("kafka", &IngestOptions::kafka,
                                                                               kafka_keys, finish_kafka),
      tables_key<IngestOptions, decltype(&IngestOptions::feeds), FeedOptions>("feed", &IngestOptions::feeds, feed_keys,
                                                                              finish_feed),
      tables_key<IngestOptions, decltype(&IngestOptions::posts), PostOptions>("post", &IngestOptions::posts, post_keys,
                                                                              finish_post),
      table_key<IngestOptions>("entities", &IngestOptions::entities, entity_keys),
      table_key<IngestOptions>("limits", &IngestOptions::limits, limit_keys),
  };
  return keys;
}

}  // namespace tapewatch::config
