#include "daemon/link_key.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
namespace fs = std::filesystem;

TEST_CASE("the key of links is made once, for its owner alone, and stays") {
  const storage_test::TempFolder folder;
  const std::string data_dir = fs::path(folder.file()).parent_path().string();
  const std::string key = link_key(data_dir);
  CHECK(key.size() == 32);
  CHECK(link_key(data_dir) == key);
  struct stat status {};
  REQUIRE(::stat((data_dir + "/link.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(data_dir)) {
    files += entry.path().string().find("link.key") != std::string::npos;
  }
  CHECK(files == 1);

  fs::remove(data_dir + "/link.key");
  CHECK(link_key(data_dir) != key);
}

TEST_CASE("a key that others can read, or that is damaged, is refused with the remedy") {
  const storage_test::TempFolder folder;
  const std::string data_dir = fs::path(folder.file()).parent_path().string();
  const std::string path = data_dir + "/link.key";
  link_key(data_dir);
  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read);
  CHECK_THROWS_WITH(link_key(data_dir), Catch::Matchers::Contains("chmod 600"));
  fs::remove(path);
  std::ofstream(path) << "deadbeef\n";
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  CHECK_THROWS_WITH(link_key(data_dir), Catch::Matchers::Contains("delete it"));
  CHECK_THROWS_WITH(link_key(data_dir + "/not-there"), Catch::Matchers::Contains("cannot be written"));
}
