#include <chrono>
#include <cstdio>
#include <ctime>

#include "storage/sentiment/sentiment_reader.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

// Runs only on request: test_storage "[!benchmark]". Figures go to standard output.
TEST_CASE("documents per second, in batches of 256", "[.][!benchmark]") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  constexpr int kBatch = 256, kBatches = 200;
  static const char* labels[] = {"positive", "neutral", "negative"};
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  for (int b = 0; b < kBatches; ++b) {
    Transaction transaction(connection);
    for (int i = 0; i < kBatch; ++i) {
      const int n = b * kBatch + i;
      auto row = document("source" + std::to_string(n % 12), std::to_string(n), at_minute(n / 20),
                          "Company number " + std::to_string(n) + " says that profit falls short of what was expected",
                          {"topic" + std::to_string(n % 20), labels[n % 3], 0.2f, 0.3f, 0.5f});
      row.story_key = std::to_string(n % 5 == 0 ? n - 4 : n);  // one in five is a reprint
      row.topics.assign(20, 0.05f);
      if (n % 3 == 0) row.entities = {entity("entity" + std::to_string(n % 12))};
      writer.insert(row, row.received_at);
    }
    transaction.commit();
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  const double used = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  std::printf("%d documents in %.2f s: %.0f a second, %.0f a CPU second\n", kBatch * kBatches, spent.count(),
              kBatch * kBatches / spent.count(), kBatch * kBatches / used);

  SentimentQuery query;
  for (int h = 0; h < 44; ++h) query.edges.push_back(at_minute(h * 60));
  query.by_topic = true;
  const auto asked = std::chrono::steady_clock::now();
  const auto result = SentimentReader(connection).read(query);
  const std::chrono::duration<double, std::milli> waited = std::chrono::steady_clock::now() - asked;
  std::printf("%zu hourly series over all of it: %.1f ms\n", result.series.size(), waited.count());
  CHECK(result.series.size() == 20);
}
