#include "model/logit_cache.hpp"

#include <array>
#include <thread>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Key = std::vector<std::int32_t>;
using Logits = std::array<float, 3>;

Key key_of(int number, std::size_t length = 20) {
  Key key(length, 7);
  key.back() = number;
  return key;
}

Logits logits_of(int number) { return {static_cast<float>(number), 0.5F, -1}; }

/// Whether the entry is there; what is there must be its own.
bool knows(LogitCache& cache, int number, std::size_t length = 20) {
  Logits found{};
  if (!cache.find(key_of(number, length), found)) return false;
  REQUIRE(found == logits_of(number));
  return true;
}

TEST_CASE("the cache gives back what was stored under the same key") {
  LogitCache cache(1 << 16);
  CHECK_FALSE(knows(cache, 1));
  cache.store(key_of(1), logits_of(1));
  CHECK(knows(cache, 1));
  CHECK_FALSE(knows(cache, 2));
  CHECK_FALSE(knows(cache, 1, 21));
  cache.store(Key{}, logits_of(3));
  Logits found{};
  CHECK(cache.find(Key{}, found));
  CHECK(found == logits_of(3));
  std::array<float, 4> more{};
  CHECK_FALSE(cache.find(key_of(1), more));
  const auto [hits, misses] = cache.take_counts();
  CHECK(hits == 2);
  CHECK(misses == 4);
  CHECK(cache.take_counts().misses == 0);
}

TEST_CASE("the cache stays within its memory and forgets the oldest") {
  LogitCache cache(1 << 14);
  int kept = 0;
  for (int i = 0; i < 5'000; ++i) {
    cache.store(key_of(i, 1 + static_cast<std::size_t>(i) % 40), logits_of(i));
    REQUIRE(knows(cache, i, 1 + static_cast<std::size_t>(i) % 40));
  }
  for (int i = 0; i < 5'000; ++i) kept += knows(cache, i, 1 + static_cast<std::size_t>(i) % 40);
  CHECK(kept > 20);
  CHECK(kept < 200);
  CHECK_FALSE(knows(cache, 0, 1));
  cache.store(key_of(1, 3'000), logits_of(1));  // too long
  CHECK_FALSE(knows(cache, 1, 3'000));
}

TEST_CASE("a cache without memory keeps nothing") {
  for (const std::size_t bytes : {0, 1, 1'000}) {
    LogitCache cache(bytes);
    cache.store(key_of(1), logits_of(1));
    CHECK_FALSE(knows(cache, 1));
  }
}

TEST_CASE("threads share a cache") {
  LogitCache cache(1 << 14);
  std::array<int, 4> wrong{};
  {
    std::vector<std::jthread> threads;
    for (int& mine : wrong) {
      threads.emplace_back([&cache, &mine] {
        for (int i = 0; i < 20'000; ++i) {
          const int number = i % 300;
          Logits found{};
          if (cache.find(key_of(number), found)) {
            mine += found != logits_of(number);
          } else {
            cache.store(key_of(number), logits_of(number));
          }
        }
      });
    }
  }
  CHECK(wrong == std::array<int, 4>{});
}

}  // namespace
}  // namespace tapewatch::model
