// What the rows of NDJSON and CSV become.
#include "daemon/commands/import/import_rows.hpp"

#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;

namespace {

constexpr TimePoint kNow = TimePoint(std::chrono::milliseconds(1'795'788'000'000));

/// A file of these bytes, read with the fields of `source`.
struct Reading {
  Reading(const std::string& text, ImportFormat format, ingest::RecordSource shape = {})
      : reader((shape.name = "import", shape), ingest::DocumentLimits{}),
        file(folder.write("file", text), 1 << 20),
        rows(file, format, reader, kNow) {}

  /// "line: title" or "line: reason" of each document.
  std::vector<std::string> all() {
    std::vector<std::string> found;
    while (const auto row = rows.next()) {
      for (const auto& document : row->documents) {
        found.push_back(std::to_string(row->line) + ": " + (document ? document->title : document.error().reason));
      }
    }
    return found;
  }

  tests::ScratchFolder folder;
  ingest::SourceReader reader;
  ImportFile file;
  ImportRows rows;
};

}  // namespace

TEST_CASE("NDJSON: a bad line is one rejection; history without its own time is one too") {
  Reading reading(
      "{\"title\":\"A\",\"published_at\":\"2026-01-05\"}\n\nnot json\n{\"title\":\"B\"}\n"
      "{\"id\":\"7\",\"action\":\"deleted\"}\n[{\"title\":\"C\",\"published_at\":1767600000},{}]\n",
      ImportFormat::ndjson);
  const auto first = reading.rows.next();
  REQUIRE(first);
  CHECK(first->documents.at(0)->source == "import");
  CHECK(first->documents.at(0)->id.size() == 32);
  CHECK(first->documents.at(0)->received_at == kNow);
  const auto found = reading.all();
  REQUIRE(found.size() == 5);
  CHECK(found[0].starts_with("3: not JSON"));
  CHECK(found[1] == "4: missing; state when the document was published, as in 2026-01-05T08:00:00Z");
  CHECK(found[2] == "5: ");
  CHECK(found[3] == "6: C");
  CHECK(found[4] == "6: missing");
}

TEST_CASE("history with a time that cannot be read is refused by its place and value; the next place is tried first") {
  ingest::RecordSource shape;
  shape.fields.published_at = {{"/Date", "/Added"}};
  Reading reading("title,Date,Added\nA,after lunch,\nB,after lunch,2026-01-05\nC,after lunch,later\nD,0,\nE,,later\n",
                  ImportFormat::csv, shape);
  std::vector<std::string> found;
  while (const auto row = reading.rows.next()) {
    for (const auto& document : row->documents) {
      found.push_back(document ? document->title : document.error().pointer + " " + document.error().reason);
    }
  }
  const std::string mend = "; state when the document was published, as in 2026-01-05T08:00:00Z";
  CHECK(found == std::vector<std::string>{"/Date expected a time, found \"after lunch\"" + mend, "B",
                                          "/Date expected a time, found \"after lunch\"" + mend, "/Date missing" + mend,
                                          "/Added expected a time, found \"later\"" + mend});
}

TEST_CASE("CSV: columns by their names, cells over several lines, and what does not fit the header row") {
  Reading reading(
      "title , published_at,body,extra\n"
      "\"Mill \"\"Nord\"\", closes\",2026-01-05T08:00:00Z,\"two\nlines\",x\n"
      "\n#1 bank opens,2026-01-05T09:00:00Z\n"
      "too,many,cells,in,this\n"
      "\"never ends,2026-01-05T10:00:00Z\n"
      "Mill opens,2026-01-05T11:00:00Z,\"\",\n",
      ImportFormat::csv);
  const auto first = reading.rows.next();
  REQUIRE(first);
  CHECK(first->line == 2);
  CHECK(first->documents.at(0)->title == "Mill \"Nord\", closes");
  CHECK(first->documents.at(0)->body == "two\nlines");
  CHECK(reading.all() == std::vector<std::string>{"5: #1 bank opens", "6: 5 cells, and the header row has 4",
                                                  "7: a quoted field is not closed", "8: Mill opens"});
  CHECK(reading.rows.position() == reading.file.position());
}

TEST_CASE("CSV: columns are mapped by fields, and other charsets are read") {
  ingest::RecordSource shape;
  shape.fields.title = {{"/Headline"}};
  shape.fields.published_at = {{"/Date", "/Time"}};
  shape.fields.source = {{"/Provider"}};
  Reading reading("Date,Time,Headline,Provider\n2026-01-05,08:30,Soci\xE9t\xE9,Nord\n", ImportFormat::csv, shape);
  const auto row = reading.rows.next();
  REQUIRE(row);
  const auto& document = row->documents.at(0);
  REQUIRE(document.has_value());
  CHECK(document->title == "Soci\xC3\xA9t\xC3\xA9");
  CHECK(document->source == "Nord");
  CHECK(document->published_at == TimePoint(std::chrono::milliseconds(1'767'601'800'000)));
}

TEST_CASE("no position is given while lines behind it have been read") {
  Reading reading("title,published_at\n\"open,1\nA,2026-01-05\nB,2026-01-05\n", ImportFormat::csv);
  REQUIRE(reading.rows.next());
  CHECK_FALSE(reading.rows.position());
  CHECK(reading.all() == std::vector<std::string>{"3: A", "4: B"});
  CHECK(reading.rows.position());
}

TEST_CASE("CSV goes on behind the rows that are known, with its header row") {
  const std::string text = "title,published_at\nA,2026-01-05\nB,2026-01-05\n";
  Reading first(text, ImportFormat::csv);
  REQUIRE(first.rows.next());
  const auto known = first.rows.position();
  REQUIRE(known);
  Reading second(text, ImportFormat::csv);
  CHECK(second.rows.resume(*known));
  CHECK(second.all() == std::vector<std::string>{"3: B"});
  Reading other("title,published_at\nX,2026-01-05\nB,2026-01-05\n", ImportFormat::csv);
  CHECK_FALSE(other.rows.resume(*known));
  CHECK(other.all() == std::vector<std::string>{"2: X", "3: B"});
}

TEST_CASE("the format is that of the file's name; CSV needs a header row") {
  CHECK(format_of("a.CSV") == ImportFormat::csv);
  CHECK(format_of("b/a.csv.gz") == ImportFormat::csv);
  CHECK(format_of("a.ndjson.gz") == ImportFormat::ndjson);
  CHECK(format_of("-") == ImportFormat::ndjson);
  CHECK_THROWS_AS(Reading("\n", ImportFormat::csv), std::runtime_error);
}
