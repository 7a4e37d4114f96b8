#include "daemon/preconditions.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;
namespace fs = std::filesystem;

namespace {

struct Folder : tests::ScratchFolder {
  Folder() { fs::permissions(path, fs::perms(0755)); }  // others may enter it
  std::string file(const std::string& name) const { return write(name, "x"); }
};

/// The rights of the user nobody for a while, if the test runs as root.
struct Nobody {
  const uid_t before = geteuid();
  const bool is_set = before == 0 && seteuid(65534) == 0;
  ~Nobody() {
    if (is_set && seteuid(before) != 0) abort();
  }
};

bool says(const std::optional<std::string>& problem, std::string_view part) {
  UNSCOPED_INFO(problem.value_or("no problem"));
  return problem && problem->find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a data_dir is a writable folder, or can be created; checking creates nothing") {
  const Folder folder;
  CHECK_FALSE(data_dir_problem(folder.path.string()));
  CHECK_FALSE(data_dir_problem(folder.path.string() + "/"));
  CHECK_FALSE(data_dir_problem(folder.at("a/b/c")));
  CHECK_FALSE(fs::exists(folder.at("a")));
  const std::string file = folder.file("file");
  CHECK(says(data_dir_problem(file), "file' is not a folder"));
  CHECK(says(data_dir_problem(file + "/below/it"), "below/it' cannot be created: '" + file + "' is not a folder"));
  fs::create_symlink(folder.at("nowhere"), folder.at("link"));
  CHECK(says(data_dir_problem(folder.at("link")), "link' does not exist"));
  CHECK_THROWS_WITH(prepare_data_dir(file), Catch::Contains("daemon.data_dir: ") && Catch::Contains("is not a folder"));
  prepare_data_dir(folder.at("a/b/c"));
  CHECK(fs::is_directory(folder.at("a/b/c")));
}

TEST_CASE("a data_dir is checked with the permissions of the effective user") {
  const Folder folder;
  fs::permissions(folder.path, fs::perms(0555));
  {
    const Nobody nobody;
    if (geteuid() == 0) {
      WARN("skipped: this root cannot become another user");
      return;
    }
    const std::string user = "is not writable by user " + std::to_string(geteuid());
    CHECK(says(data_dir_problem(folder.path.string()), user));
    CHECK(says(data_dir_problem(folder.at("sub")), "sub' cannot be created: "));
    CHECK(says(data_dir_problem(folder.at("sub")), user));
    CHECK(says(database_problem(folder.at("t.db"), "/"), user));
  }
  fs::permissions(folder.path, fs::perms(0755));
}

TEST_CASE("the database is a file in an existing folder") {
  const Folder folder;
  const std::string data_dir = folder.at("data");  // made on first use
  CHECK_FALSE(database_problem(data_dir + "/t.db", data_dir));
  CHECK_FALSE(database_problem(data_dir + "/t.db", data_dir + "/"));
  CHECK(says(database_problem(data_dir + "/sub/t.db", data_dir), "data/sub' does not exist"));
  CHECK(says(database_problem(folder.file("file") + "/t.db", data_dir), "file' is not a folder"));
  CHECK(says(database_problem(folder.path.string(), "/"), "' is not a file"));
  CHECK_FALSE(database_problem(folder.file("old.db"), data_dir));
}
