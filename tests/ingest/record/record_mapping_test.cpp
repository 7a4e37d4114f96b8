#include "ingest/record/record_mapping.hpp"

#include <zlib.h>

#include <boost/json/parse.hpp>

#include "ingest/record/decode_step.hpp"
#include "ingest/record/preset_options.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using Names = std::vector<std::string>;

const TimePoint kNow{std::chrono::milliseconds(1'795'800'000'000)};

std::vector<Result<Document>> map(const RecordShape& shape, const char* json, RecordContext context = {{}, {}, kNow}) {
  boost::json::value value = boost::json::parse(json);
  return RecordMapping(shape, {}).documents(value, context);
}

TEST_CASE("the first place that can be read has the field, and of entities all places count") {
  RecordShape shape;
  shape.fields.title = FieldPlaces{"/short", "$.heads[*].text"};
  shape.fields.published_at = FieldPlaces{"/odd", "/at"};
  shape.fields.entities = FieldPlaces{"/isin", "$.companies[*].ticker"};
  const auto documents = map(shape, R"({"short":"","heads":[{"text":"One"},{"text":"Two"}],"odd":"soon",
    "at":1795788306,"isin":"US48267K1017","companies":[{"ticker":"KSMR"},{"ticker":"ORLO"}]})");
  REQUIRE(documents.size() == 1);
  CHECK(documents[0]->title == "One\nTwo");
  CHECK(documents[0]->published_at.time_since_epoch().count() == 1'795'788'306'000);
  CHECK(documents[0]->entities == Names{"US48267K1017", "KSMR", "ORLO"});
  CHECK(documents[0]->warnings == std::vector<FieldWarning>{{"/odd", "expected a time, found \"soon\""}});
}

TEST_CASE("a date and a time in two places are one time") {
  RecordShape shape;
  shape.fields.published_at = FieldPlaces{"/date", "/time"};
  const auto documents = map(shape, R"({"title":"x","date":"2026-11-27","time":"14:05:06.789"})");
  CHECK(documents[0]->published_at.time_since_epoch().count() == 1'795'788'306'789);
  CHECK_FALSE(documents[0]->published_day);
}

TEST_CASE("headers, the key and what is around an item are places too") {
  RecordShape shape;
  shape.items = {"$.data[*]"};
  shape.fields.id = FieldPlaces{"@key:/id"};
  shape.fields.source = FieldPlaces{"@header:publisher"};
  shape.fields.language = FieldPlaces{"@record:/lang"};
  shape.fields.url = FieldPlaces{"@key"};
  const std::vector<RecordHeader> headers = {{"publisher", std::nullopt}, {"publisher", "PR"}};
  const auto documents = map(shape, R"({"lang":"de","data":[{"title":"x"}]})", {R"({"id":43})", headers, kNow});
  REQUIRE(documents.size() == 1);
  CHECK(documents[0]->id == "43");
  CHECK(documents[0]->source == "PR");
  CHECK(documents[0]->language == "de");
  CHECK(documents[0]->url == R"({"id":43})");
}

TEST_CASE("items make many documents of one record, none of an empty list, and a missing list is told") {
  RecordShape shape;
  shape.items = {"$.data[*]"};
  CHECK(map(shape, R"({"data":[{"title":"x"},{"title":"y"},3]})").size() == 3);
  CHECK(map(shape, R"({"data":[{"title":"x"},{"title":"y"},3]})")[2].error().reason ==
        "expected a JSON object, found int64");
  CHECK(map(shape, R"({"data":[]})").empty());
  CHECK(map(shape, R"({"title":"x"})").at(0).error() == Rejection{"$.data[*]", "no items there"});
  shape.items.emplace_back("$");
  CHECK(map(shape, R"({"title":"x"})").at(0)->title == "x");
}

TEST_CASE("a value is decoded before it is read") {
  RecordShape shape;
  shape.decode = {{"/payload/after", "json"}, {"/b", "base64 json"}, {"/c", "base64"}, {"/d", "json"}};
  shape.fields.title = FieldPlaces{"/payload/after/t"};
  shape.fields.body = FieldPlaces{"/b/t"};
  shape.fields.url = FieldPlaces{"/c"};
  const auto documents = map(shape, R"({"payload":{"after":"{\"t\":\"one\"}"},"b":"eyJ0IjoidHdvIn0","c":"aHR0cHM6Ly94",
    "d":"not json"})");
  CHECK(documents[0]->title == "one");
  CHECK(documents[0]->body == "two");
  CHECK(documents[0]->url == "https://x");
  REQUIRE(documents[0]->warnings.size() == 1);
  CHECK(documents[0]->warnings[0].pointer == "/d");
}

TEST_CASE("gzip is bounded, and damage is told") {
  std::string bomb(1 << 20, '\0');
  uLongf size = compressBound(static_cast<uLong>(bomb.size()));
  std::string packed(size, '\0');
  REQUIRE(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bomb.data()),
                   static_cast<uLong>(bomb.size())) == Z_OK);
  packed.resize(size);
  CHECK(inflated(packed, 1 << 20)->content == bomb);
  CHECK(inflated(packed, (1 << 20) - 1).error().reason == "decode gzip: more than 1048575 bytes when inflated");
  CHECK(inflated(packed.substr(0, size / 2), 1 << 20).error().reason == "decode gzip: the data ends too early");
  CHECK(inflated("no gzip", 100).error().reason == "decode gzip: damaged data");
}

TEST_CASE("a preset fills in what a source does not say itself") {
  RecordShape shape;
  shape.preset = "alpaca";
  shape.fields.url = FieldPlaces{};
  shape.fields.source = FieldPlaces{"/author"};
  const RecordShape whole = with_preset(shape);
  CHECK(whole.fields.title == FieldPlaces{"/headline"});
  CHECK(whole.fields.body == FieldPlaces{"/content", "/summary"});
  CHECK(whole.fields.url == FieldPlaces{});
  CHECK(whole.fields.source == FieldPlaces{"/author"});
  CHECK(whole.fields.language == FieldPlaces{});
  CHECK(with_preset({}).fields.title == FieldPlaces{"/title", "/text"});
  shape.preset = "alpacca";
  CHECK_THROWS_WITH(RecordMapping(shape, {}), Catch::Contains("preset = \"alpacca\""));
}

TEST_CASE("every place of every preset can be read") {
  for (const Preset& preset : kPresets) {
    INFO(preset.name);
    RecordShape shape;
    shape.preset = preset.name;
    CHECK_NOTHROW(RecordMapping(shape, {}));
    CHECK_FALSE(with_preset(shape).fields.title.value_or(FieldPlaces{}).empty());
    for (const PresetLine& line : preset.lines) {
      INFO(line.field);
      const bool field = std::any_of(std::begin(kRecordFieldMembers), std::end(kRecordFieldMembers),
                                     [&](const RecordFieldMember& member) { return line.field == member.name; });
      CHECK((field || line.field == "items" || line.field.starts_with("decode /")));
    }
  }
}

}  // namespace
}  // namespace tapewatch::ingest
