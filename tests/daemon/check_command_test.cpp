#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/commands/check.hpp"
#include "daemon/commands/query.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "tapewatch_check_XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
};

}  // namespace

TEST_CASE("check reports the configuration's, the watch list's and the model's errors with their places") {
  const Folder folder;
  folder.write("watchlist.csv", "id,name\nacme,Acme\nacme,Acme Again\n");
  const auto config = folder.write("t.toml",
                                   "[daemon]\ndata_dir = '.'\n[ingest.entities]\nwatchlist = 'watchlist.csv'\n"
                                   "[model]\npath = 'nothing-here'\n[storage]\npth = 1\n");
  std::ostringstream out, err;
  CHECK(run_check({config}, out, err) == 2);
  CHECK(out.str().empty());
  CHECK(err.str().find("t.toml:8:1: unknown key 'storage.pth' (did you mean 'path'?)\n") != std::string::npos);
  CHECK(err.str().find("watchlist.csv:3:1: ") != std::string::npos);
  CHECK(err.str().find("nothing-here: ") != std::string::npos);
}

TEST_CASE("check of a file that is not there says so, exit status 2") {
  std::ostringstream out, err;
  CHECK(run_check({"/nonexistent/t.toml"}, out, err) == 2);
  CHECK(err.str() == "/nonexistent/t.toml: cannot be read: No such file or directory\n");
}

TEST_CASE("a query that cannot be is refused before anything is read") {
  const auto status = [](QueryOptions options) {
    std::ostringstream out, err;
    return run_query(options, out, err);
  };
  QueryOptions options;
  options.db = "/nonexistent/x.db";
  options.what = "documents";
  CHECK(status(options) == 1);
  options.plot = true;
  CHECK(status(options) == 2);
  options.plot = false;
  options.filters = {{"limit", "-5"}};
  CHECK(status(options) == 2);
  options.filters = {{"colour", "red"}};
  CHECK(status(options) == 2);
}
