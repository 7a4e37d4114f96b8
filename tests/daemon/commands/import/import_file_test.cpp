// The lines of a file to import, plain or gzip, and going on where an earlier run has stopped.
#include "daemon/commands/import/import_file.hpp"

#include <stdexcept>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;

namespace {

std::vector<std::string> lines_of(ImportFile& file) {
  std::vector<std::string> lines;
  for (std::string line; file.next(line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("lines are the same plain and as gzip, with a byte order mark, CR LF, and no end at the last") {
  const tests::ScratchFolder folder;
  const std::string text =
      "\xEF\xBB\xBF"
      "one\r\n\ntwo\nthree";
  for (const auto& path : {folder.write("a.ndjson", text), folder.write("a.ndjson.gz", script_test::gzip(text))}) {
    ImportFile file(path, 100);
    CHECK(lines_of(file) == std::vector<std::string>{"one", "", "two", "three"});
    CHECK(file.position().lines == 4);
    CHECK(file.bytes_read() == file.bytes());
  }
}

TEST_CASE("a run goes on behind the lines that it knows, and only behind those") {
  const tests::ScratchFolder folder;
  ImportFile first(folder.write("a", "one\ntwo\nthree\n"), 100);
  std::string line;
  REQUIRE(first.next(line));
  REQUIRE(first.next(line));
  const ImportPosition known = first.position();

  ImportFile grown(folder.write("b", "one\ntwo\nthree\nfour\n"), 100);
  REQUIRE(grown.skip_to(known));
  CHECK(lines_of(grown) == std::vector<std::string>{"three", "four"});

  for (const char* other : {"one\n2\nthree\n", "one\n"}) {
    ImportFile file(folder.write("c", other), 100);
    CHECK_FALSE(file.skip_to(known));
    CHECK(file.position() == ImportPosition{});
    CHECK(lines_of(file).front() == "one");
  }
}

TEST_CASE("a file is known by its name and beginning") {
  const tests::ScratchFolder folder;
  std::filesystem::create_directory(folder.path / "other");
  const std::string identity = ImportFile(folder.write("a", "one\n"), 100).identity();
  CHECK(ImportFile(folder.write("other/a", "one\n"), 100).identity() == identity);
  CHECK(ImportFile(folder.write("b", "one\n"), 100).identity() != identity);
  CHECK(ImportFile(folder.write("a", "two\n"), 100).identity() != identity);
  CHECK(ImportFile("-", 100).identity().empty());
}

TEST_CASE("what cannot be read is told with its place") {
  const tests::ScratchFolder folder;
  const auto fails = [](const std::string& path, const std::string& with) {
    try {
      ImportFile file(path, 100);
      lines_of(file);
    } catch (const std::runtime_error& error) {
      CAPTURE(error.what());
      return std::string(error.what()).ends_with(with);
    }
    return false;
  };
  CHECK(fails(folder.at("missing"), "missing: cannot be read"));
  CHECK(fails(folder.path.string(), ": is a folder"));
  CHECK(fails(folder.write("utf16", std::string("\xFF\xFEo\0n\0", 6)), "iconv -f UTF-16 -t UTF-8"));
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i * 7919) + "\n";
  std::string cut = script_test::gzip(text);
  cut.resize(cut.size() / 2);
  CHECK(fails(folder.write("cut.gz", cut), ": cannot be read: the gzip data is cut off"));
}

TEST_CASE("a line over the limit is cut, and the next one is whole") {
  const tests::ScratchFolder folder;
  ImportFile file(folder.write("a", std::string(500, 'x') + "\nshort\n"), 100);
  std::string line;
  REQUIRE(file.next(line));
  CHECK(file.too_long());
  CHECK(line.size() == 100);
  REQUIRE(file.next(line));
  CHECK_FALSE(file.too_long());
  CHECK(line == "short");
}
