// Tested by tests/daemon/api/post_source_api_test.cpp
#include "daemon/pipeline/intake/post_source.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "config/tokens.hpp"
#include "daemon/pipeline/intake/shared_payload.hpp"
#include "ingest/text/charset.hpp"
#include "ingest/text/normalise.hpp"

namespace tapewatch {

PostSource::PostSource(ingest::PostOptions options, const ingest::DocumentLimits& limits, const Parts& parts)
    : options_(std::move(options)),
      limits_(limits),
      token_hash_(options_.token.empty() ? "" : config::token_hash(options_.token)),
      decoder_(options_, limits),
      clock_(parts.clock),
      metrics_(parts.metrics),
      log_(parts.log),
      intake_(parts.queue, parts.slot, options_.name),
      health_(options_.name, "post", "running") {
  metrics_.source_succeeded(options_.name, {});
}

bool PostSource::admits(std::string_view token) const {
  if (token_hash_.empty()) return true;
  // Of the same length whatever was sent, so that the time taken reveals nothing.
  const std::string given = config::token_hash(token);
  return CRYPTO_memcmp(given.data(), token_hash_.data(), std::min(given.size(), token_hash_.size())) == 0;
}

std::vector<PostSource::Item> PostSource::read(std::string_view body, std::span<const ingest::RecordHeader> headers,
                                               std::string_view request) {
  const TimePoint now = clock_.now();
  const std::vector<ingest::RecordHeader> kept = decoder_.headers(headers);
  std::string charset;
  for (const auto& header : kept) {
    if (header.name == "content-type") charset = ingest::content_type_charset(header.value.value_or(""));
  }
  auto documents = decoder_.decode(body, kept, charset, now);
  std::vector<Item> items;
  items.reserve(documents.size());
  SharedPayload payload(body, options_.max_dead_letter_bytes);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    auto document = std::move(documents[i]);
    if (document) document = ingest::normalise(std::move(*document), limits_);
    Item& item = items.emplace_back();
    if (document) {
      item.source = document->source;
      item.id = document->id;
      item.warnings = document->warnings;
      note_warnings(item.warnings);
      item.content = content_of(std::move(*document));
      continue;
    }
    item.rejection = document.error();
    DeadLetter letter{item.rejection.pointer, item.rejection.reason, {}, {}, std::nullopt, kept, std::nullopt};
    letter.position = fmt::format("{}@{}#{}", options_.path, request, i);
    payload.put_into(letter);
    item.content = std::move(letter);
  }
  const MutexLock lock(mutex_);
  told_ = false;
  return items;
}

/// Each kind of warning is logged once; the health counts them.
void PostSource::note_warnings(const std::vector<ingest::FieldWarning>& warnings) {
  if (warnings.empty()) return;
  metrics_.count_parse_warnings(options_.name, warnings.size());
  const MutexLock lock(mutex_);
  for (const ingest::FieldWarning& warning : warnings) {
    if (warnings_.add(warning)) log_->warn("{}: {}", options_.name, ParseWarnings::line(warning));
  }
  health_.update([lines = warnings_.lines()](SourceReport& report) { report.warnings = lines; });
}

void PostSource::refused(std::string_view kind, const std::string& why) {
  metrics_.count_source_error(options_.name, kind);
  health_.update([&, at = wall_now()](SourceReport& report) {
    ++report.errors;
    report.last_error = why;
    report.last_error_at = report.last_attempt = at;
  });
  const MutexLock lock(mutex_);
  if (!std::exchange(told_, true)) log_->warn("{}: {}", options_.name, why);
}

void PostSource::committed(const Commit& commit) {
  const TimePoint now = wall_now();
  if (commit.stored) metrics_.source_succeeded(options_.name, now);
  health_.update([&](SourceReport& report) {
    report.last_attempt = now;
    if (commit.stored) report.last_success = now;
    ++(commit.stored ? report.documents : report.dead_letters);
  });
}

}  // namespace tapewatch
