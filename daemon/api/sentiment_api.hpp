#pragma once
#include "daemon/api/reader_pool.hpp"
#include "daemon/api/request/name_check.hpp"
#include "daemon/pipeline/scoring/model_names.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// Limits of one response of /v1/sentiment.
struct SentimentLimits {
  std::size_t max_buckets = 10'000;
  std::size_t max_points = 1'000'000;   // of an answer; a point that is held takes about 250 bytes
  std::size_t max_scores = 20'000'000;  // that percentiles are found in; each takes 8 bytes
  std::size_t auto_buckets = 300;       // the most that bucket=auto gives
  std::chrono::milliseconds default_range{24 * 3600 * 1000};
  std::size_t sent_whole = 50'000;  // points; longer answers by company are sent while they are read
  /// For which a slow caller of these may hold one state of the database: what is left is then read at once.
  std::chrono::milliseconds held_state{10'000};
};

/// GET /v1/sentiment. `present`: the model that scores, `names`: the watch list and the configured sources; what is
/// stored is known too. `readers` must outlive the router.
void add_sentiment_routes(Router& router, ReaderPool& readers, ModelNames present = {}, PresentNames names = {},
                          SentimentLimits limits = {});

}  // namespace tapewatch
