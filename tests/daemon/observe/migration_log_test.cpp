#include "daemon/observe/migration_log.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("a migration logs its start and its end, and little between") {
  std::ostringstream out;
  const auto log = std::make_shared<spdlog::logger>("storage", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  log->set_pattern("%v");
  const auto progress = migration_log(log);
  progress({4, 1, 40'000, "documents"});
  for (std::int64_t done = 10'000; done <= 40'000; done += 10'000) progress({4, done, 40'000, "documents"});
  const std::string text = out.str();
  CHECK(text.starts_with("bringing the database to schema 4: 1 of 40000 documents\n"));
  CHECK(text.ends_with("bringing the database to schema 4: 40000 of 40000 documents\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}
