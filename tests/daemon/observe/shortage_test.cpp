#include "daemon/observe/shortage.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <new>
#include <sstream>
#include <system_error>

#include "storage/connection/error.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("a missing resource is distinguished from every other failure") {
  CHECK(missing_resource(std::make_error_code(std::errc::too_many_files_open)) == Resource::descriptors);
  CHECK(missing_resource(std::make_error_code(std::errc::too_many_files_open_in_system)) == Resource::descriptors);
  CHECK(missing_resource(std::make_error_code(std::errc::not_enough_memory)) == Resource::memory);
  CHECK_FALSE(missing_resource(std::make_error_code(std::errc::connection_aborted)));
  CHECK(missing_resource(std::bad_alloc()) == Resource::memory);
  CHECK(missing_resource(std::system_error(EAGAIN, std::generic_category())) == Resource::threads);
  CHECK(missing_resource(std::system_error(EMFILE, std::system_category())) == Resource::descriptors);
  const boost::system::error_code no_thread(EAGAIN, boost::system::system_category());
  CHECK(missing_resource(boost::system::system_error(no_thread, "thread")) == Resource::threads);
  using storage::StorageError;
  CHECK(missing_resource(StorageError(StorageError::Kind::memory, "t.db: out of memory")) == Resource::memory);
  CHECK_FALSE(missing_resource(StorageError(StorageError::Kind::busy, "t.db: locked")));
  CHECK_FALSE(missing_resource(std::runtime_error("other")));
  CHECK(explained(std::bad_alloc()).find("ulimit -v") != std::string::npos);
  CHECK(explained(std::runtime_error("other")) == "other");
}

TEST_CASE("a shortage is logged once a minute and shown for a minute after the last time") {
  std::ostringstream lines;
  Shortages shortages(
      std::make_shared<spdlog::logger>("system", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines)));
  const auto said = [&] {
    const std::string text = lines.str();
    return std::count(text.begin(), text.end(), '\n');
  };
  const Shortages::Clock::time_point start{1000h};
  CHECK(shortages.present(start).empty());
  for (auto after = 0s; after < 60s; ++after) shortages.report(Resource::descriptors, "accepting", start + after);
  CHECK(said() == 1);
  shortages.report(Resource::memory, "scoring", start + 59s);
  CHECK(said() == 2);
  shortages.report(Resource::descriptors, "accepting", start + 60s);
  CHECK(said() == 3);
  CHECK(lines.str().find("(60 times since the last report)") != std::string::npos);
  const auto present = shortages.present(start + 61s);
  REQUIRE(present.size() == 2);
  CHECK(present[0].name == "descriptors");
  CHECK(present[1].name == "memory");
  CHECK(shortages.present(start + 119s).size() == 1);
  CHECK(shortages.present(start + 120s).empty());
}
