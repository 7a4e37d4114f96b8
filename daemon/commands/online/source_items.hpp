#pragma once

#include "daemon/commands/online/online_item.hpp"
#include "daemon/pipeline/intake/feed_fetch.hpp"
#include "ingest/kafka/kafka_options.hpp"
#include "ingest/kafka/kafka_probe.hpp"
#include "ingest/kafka/output_options.hpp"

namespace tapewatch {

/// Whether brokers let a Kafka source read its topics, and when the certificate of the first broker ends. Blocks for
/// the time-out and a little; any thread.
OnlineItem kafka_item(const ingest::KafkaOptions& source, const OnlineOptions& options);

/// What a look at the brokers means.
OnlineItem judge_brokers(const ingest::KafkaOptions& source, const ingest::KafkaProbe& probe);

/// The same for an output: whether brokers show it its topics, and its position's group.
OnlineItem output_item(const ingest::KafkaOutputOptions& output, const OnlineOptions& options);

/// One fetch of a feed without conditions, by the daemon's client and parser: status, items, warnings, certificate.
/// Blocks for the time-out; any thread.
OnlineItem feed_item(const ingest::FeedOptions& feed, const ingest::DocumentLimits& limits, const FeedAccess& access,
                     const OnlineOptions& options);

}  // namespace tapewatch
