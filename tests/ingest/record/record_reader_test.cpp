#include "ingest/record/record_reader.hpp"

#include <zlib.h>

#include "config/notation/rfc3339.hpp"
#include "ingest/record/message_pack.hpp"
#include "ingest/text/normalise.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using namespace std::string_literals;
using Names = std::vector<std::string>;

const TimePoint kNow{std::chrono::milliseconds(1'795'800'000'000)};
const std::string kJson = R"({"id":"r-1","title":"Port strike ends","published_at":"2026-11-27T14:05:06.789Z"})";

std::vector<Result<Document>> read(const std::string& bytes, const RecordShape& shape = {}) {
  return RecordReader(shape, {}).read(bytes, {{}, {}, kNow}).documents;
}

RecordShape preset(const char* name) {
  RecordShape shape;
  shape.preset = name;
  return shape;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string in = text, out(text.size() + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string utf16(const std::string& ascii) {
  std::string wide = "\xFF\xFE";
  for (const char c : ascii) wide += {c, '\0'};
  return wide;
}

TEST_CASE("one document arrives whatever it is wrapped in") {
  const std::string wrapped[] = {kJson,
                                 "\xEF\xBB\xBF" + kJson,
                                 gzip(kJson),
                                 utf16(kJson),
                                 "\0\0\0\0\7"s + kJson,
                                 kJson + "\0"s,
                                 "[" + kJson + "]",
                                 kJson + "\n",
                                 R"("{\"id\":\"r-1\",\"title\":\"Port strike ends\",\"published_at\":1795788306789}")"};
  for (const std::string& bytes : wrapped) {
    INFO(bytes);
    const auto documents = read(bytes);
    REQUIRE(documents.size() == 1);
    REQUIRE(documents[0].has_value());
    CHECK(documents[0]->id == "r-1");
    CHECK(documents[0]->title == "Port strike ends");
    CHECK(notation::format_rfc3339(documents[0]->published_at) == "2026-11-27T14:05:06.789Z");
    CHECK(documents[0]->warnings.empty());
  }
}

TEST_CASE("lists and lines are many documents, each by itself") {
  CHECK(read("[" + kJson + "," + kJson + "]").size() == 2);
  const auto lines = read(kJson + "\n\n" + "{\"title\":\n" + kJson);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].error().reason.starts_with("not JSON"));
  CHECK(lines[2]->id == "r-1");
  CHECK(read("[]").empty());
}

TEST_CASE("a JSON text sequence is many documents") {
  const auto sequence = read("\x1E" + kJson + "\n\x1E" + kJson + "\n");
  REQUIRE(sequence.size() == 2);
  CHECK(sequence[1]->id == "r-1");
}

TEST_CASE("binary formats are refused by name") {
  CHECK(read("\0\0\0\0\7\4a1^Lender"s)[0].error().reason ==
        "Avro or Protobuf with schema 7 of a registry: not in this version, send JSON");
  CHECK(read("Obj\1\2\3abc")[0].error().reason == "an Avro file: not in this version, send JSON");
  CHECK(read("\xA2\x62id\x62r1\x65title\x61\x81")[0].error().reason == "CBOR: not in this version, send JSON");
  CHECK(read("\xD4\x72\x40\x92\xA2id\xA5title\xA3r-1\xABMill closes")[0].error().reason ==
        "msgpackr's own records (set useRecords to false there): not in this version, send JSON");
  CHECK(read("PAR1\x15\4")[0].error().reason == "a Parquet file: not in this version, send JSON");
  CHECK(read("<!doctype html><html><p>404<br></html>")[0].error().reason.starts_with("an HTML page, not a record"));
  CHECK(read(gzip(kJson).substr(0, 20))[0].error().reason == "decode gzip: the data ends too early");
  CHECK(read("")[0].error().reason == "an empty value");
}

TEST_CASE("MessagePack is read like JSON") {
  const std::string map = "\x84\xA2id\xA3r-1\xA5title\xB0Port strike ends\xA8revision\x02\xACpublished_at"s;
  const auto published = [](const std::string& record) {
    const auto documents = read(record);
    REQUIRE(documents.size() == 1);
    REQUIRE(documents[0].has_value());
    CHECK(documents[0]->id == "r-1");
    CHECK(documents[0]->title == "Port strike ends");
    CHECK(documents[0]->revision == 2);
    return notation::format_rfc3339(documents[0]->published_at);
  };
  const std::string epoch = "\xCE\x69\x28\x5A\x92"s;  // 32 bits of seconds
  CHECK(published(map + epoch) == "2025-11-27T14:05:06.000Z");
  CHECK(published(gzip(map + epoch)) == "2025-11-27T14:05:06.000Z");
  CHECK(published(map + "\xB4" + "2025-11-27T14:05:06Z") == "2025-11-27T14:05:06.000Z");
  // The specification's three timestamps.
  CHECK(published(map + "\xD6\xFF\x69\x28\x5A\x92"s) == "2025-11-27T14:05:06.000Z");
  CHECK(published(map + "\xD7\xFF\xBC\x1E\xF6\x00\x69\x28\x5A\x92"s) == "2025-11-27T14:05:06.789Z");
  CHECK(published(map + "\xC7\x0C\xFF\x2F\x07\xBD\x80\0\0\0\0\x69\x28\x5A\x92"s) == "2025-11-27T14:05:06.789Z");

  CHECK(read("\x92" + map + epoch + map + epoch).size() == 2);
  CHECK(read("\xDE\0\4"s + (map + epoch).substr(1))[0]->id == "r-1");
  std::vector<FieldWarning> warnings;
  const auto json =
      json_of_message_pack("\x81\xA1x\x94\xC0\xCB\x7F\xF8\0\0\0\0\0\0\xC4\2\x01\x02\xD4\x05\xFF"s, {}, warnings);
  CHECK(json->content == R"({"x":[null,null,"AQI=","/w=="]})");  // NaN, binary data, an extension
  CHECK(warnings.empty());
}

TEST_CASE("a headline in an old charset is not taken for MessagePack") {
  RecordShape shape;
  shape.format = RecordFormat::text;
  const auto headline = read("\x88\xA4\x92\x6D\x8B\xE2\x8D\x73\x82\xAA\x91\xB9\x8E\xB8\n"s, shape);  // Shift JIS
  REQUIRE(headline.size() == 1);
  CHECK(headline[0].has_value());
}

TEST_CASE("MessagePack that cannot be read is refused with its place") {
  RecordShape shape;
  shape.format = RecordFormat::msgpack;
  const auto refused = [&](const std::string& bytes) { return read(bytes, shape)[0].error().reason; };
  CHECK(refused("\x82\xA2id\x01\xA5title") == "MessagePack: damaged at byte 12");
  CHECK(refused("\x81\x01\x02") == "MessagePack: damaged at byte 2");        // a key that is not a text
  CHECK(refused("\x81\xA2id\x01\xC0") == "MessagePack: damaged at byte 6");  // two values
  CHECK(refused("\x81\xA2id\xC1") == "MessagePack: damaged at byte 5");      // a type that there is not
  CHECK(refused(kJson) == "MessagePack: damaged at byte 2");
  CHECK(refused(std::string(40, '\x91') + '\x01') == "MessagePack: nested deeper than 32 levels");
  CHECK(refused("\xDD\xFF\xFF\xFF\xFF\x01") == "MessagePack: damaged at byte 7");  // a list longer than the data
  const auto text = read("\x82\xA2id\xA1x\xA5title\xA6Soci\xE9t"s);
  CHECK(text[0]->title == "Soci\uFFFDt");
  CHECK(text[0]->warnings.size() == 1);
}

TEST_CASE("an item of a feed needs no preset") {
  const auto documents = read(R"(<?xml version="1.0"?><rss version="2.0"><channel><item><guid>g-1</guid>
    <title>Mill closes</title><pubDate>Fri, 27 Nov 2026 14:05 GMT</pubDate></item></channel></rss>)");
  REQUIRE(documents.size() == 1);
  CHECK(documents[0]->id == "g-1");
  CHECK(documents[0]->title == "Mill closes");
  CHECK(notation::format_rfc3339(documents[0]->published_at) == "2026-11-27T14:05:00.000Z");
  CHECK(read("<item><guid>g-2</guid><title>Mill opens</title></item>").at(0)->id == "g-2");
}

TEST_CASE("NewsML-G2 and NITF are read by their presets") {
  const auto g2 = read(R"(<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="tag:w,2026:1" version="4"
    xml:lang="en-GB"><itemMeta><provider literal="plain"/><versionCreated>2026-11-27T14:05:06.789Z</versionCreated>
    <pubStatus qcode="stat:usable"/></itemMeta><contentMeta><headline>Dam &amp; bridge</headline></contentMeta>
    <contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><p>One.</p><p>Two.</p></body></html>
    </inlineXML></contentSet></newsItem>)",
                       preset("newsml-g2"));
  REQUIRE(g2.at(0).has_value());
  CHECK(g2[0]->id == "tag:w,2026:1");
  CHECK(g2[0]->title == "Dam & bridge");
  CHECK(g2[0]->language == "en");
  CHECK(g2[0]->revision == 4);
  CHECK(g2[0]->source == "plain");
  CHECK(g2[0]->action == Action::insert);
  CHECK(normalise(*g2[0], {})->body == "One.\n\nTwo.");
  const auto nitf = read(R"(<nitf><head><title>T</title><docdata management-status="usable"><doc-id id-string="k-9"
    regsrc="plain"/><date.issue norm="20261127T140506Z"/></docdata></head><body><body.head><hedline><hl1>Dam breaks</hl1>
    </hedline></body.head><body.content><block><p>One.</p></block></body.content></body></nitf>)",
                         preset("nitf"));
  REQUIRE(nitf.at(0).has_value());
  CHECK(nitf[0]->id == "k-9");
  CHECK(nitf[0]->title == "Dam breaks");
  CHECK(normalise(*nitf[0], {})->body == "One.");
  CHECK(notation::format_rfc3339(nitf[0]->published_at) == "2026-11-27T14:05:06.000Z");
}

TEST_CASE("lines of a table are read by the numbers of their columns") {
  RecordShape shape;
  shape.format = RecordFormat::csv;
  shape.fields = {.id = FieldPlaces{"/0"},
                  .title = FieldPlaces{"/3"},
                  .published_at = FieldPlaces{"/1"},
                  .entities = FieldPlaces{"/2"}};
  const auto documents = read("k-1,2026-11-27T14:05:06Z,KSMR,\"Bank, cut\"\nk-2,,ORLO,Second\n", shape);
  REQUIRE(documents.size() == 2);
  CHECK(documents[0]->id == "k-1");
  CHECK(documents[0]->title == "Bank, cut");
  CHECK(documents[0]->entities == Names{"KSMR"});
  CHECK(documents[1]->title == "Second");
  shape.fields.title = FieldPlaces{"/0"};
  shape.fields.id = FieldPlaces{"/1"};
  shape.fields.published_at.reset();
  const auto tagged = read("#Tesla falls,k-3\n#1 bank opens,k-4\n", shape);
  REQUIRE(tagged.size() == 2);
  CHECK(tagged[0]->title == "#Tesla falls");
  CHECK(tagged[1]->id == "k-4");
  std::string gkg = "20261127140500-1\t20261127140500\t1\tg.example\thttps://g.example/3" + std::string(9, '\t') +
                    "orlo holdings" + std::string(13, '\t') + "<PAGE_TITLE>Orlo &amp; Co</PAGE_TITLE>";
  const auto rows = read(gkg, preset("gdelt-gkg"));
  REQUIRE(rows.at(0).has_value());
  CHECK(rows[0]->title == "Orlo & Co");
  CHECK(rows[0]->url == "https://g.example/3");
}

TEST_CASE("a vendor's frame is read by its preset") {
  const auto alpaca = read(R"([{"T":"n","id":1,"headline":"One","content":"","summary":"Short","symbols":["ORLO"],
    "created_at":"2026-11-27T14:05:06.789123456Z","updated_at":"2026-11-27T14:05:07Z"},
    {"T":"n","id":2,"headline":"Two"}])",
                           preset("alpaca"));
  REQUIRE(alpaca.size() == 2);
  CHECK(alpaca[0]->id == "1");
  CHECK(alpaca[0]->body == "Short");
  CHECK(alpaca[0]->revision == 1'795'788'307'000);
  CHECK(alpaca[1]->title == "Two");
  const auto news = read(R"({"status":"ok","articles":[{"source":{"id":null,"name":"PR"},"title":"One",
    "url":"https://x/1","publishedAt":"2026-11-27T14:05:06Z"}]})",
                         preset("newsapi"));
  REQUIRE(news.size() == 1);
  CHECK(news[0]->id == "https://x/1");
  CHECK(news[0]->source == "PR");
  const auto removed = read(R"({"payload":{"before":{"id":43},"after":null,"op":"d"}})", preset("debezium"));
  CHECK(removed.at(0)->id == "43");
  CHECK(removed.at(0)->action == Action::remove);
}

TEST_CASE("a record of too many documents is refused, not cut") {
  std::string many = "[";
  for (int i = 0; i < 10'001; ++i) many += "{},";
  many.back() = ']';
  CHECK(read(many).at(0).error().reason == "more than 10000 documents in one record");
}

}  // namespace
}  // namespace tapewatch::ingest
