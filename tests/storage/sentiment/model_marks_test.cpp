#include "storage/sentiment/model_marks.hpp"

#include "storage/maintain/database_check.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

/// Documents of two versions of a model over some hours, and their series.
struct History : DocumentStore {
  void scored(const std::string& version, const std::string& id, std::int64_t minute,
              const std::string& source = "wire", const std::string& title = "") {
    auto row = document(source, id, at_minute(minute), title.empty() ? "title " + id : title);
    row.model_version = version;
    row.entities = {entity("acme")};
    add(row);
  }
  static SentimentQuery hours_from(std::int64_t minute, int count) {
    SentimentQuery query;
    for (int i = 0; i <= count; ++i) query.edges.push_back(at_minute(minute + 60 * i));
    return query;
  }
  /// "documents/stories:versions" of each point, series apart by "|".
  std::string shown(const SentimentQuery& query, bool raw = false) {
    const SentimentReader reader(connection);
    std::string text;
    for (const auto& series : (raw ? reader.read_raw(query) : reader.read(query)).series) {
      if (!text.empty()) text += "| ";
      for (const auto& point : series.points) {
        text += std::to_string(point.documents) + "/" + std::to_string(point.stories) + ":";
        for (const auto& model : point.models) text += (text.back() == ':' ? "" : "+") + model;
        text += " ";
      }
    }
    return text;
  }
};

}  // namespace

TEST_CASE("of one version nothing is marked") {
  History history;
  for (int hour = 0; hour < 4; ++hour) history.scored("a", std::to_string(hour), hour * 60);
  CHECK(history.shown(History::hours_from(0, 4)) == "1/1: 1/1: 1/1: 1/1: ");
  history.scored("b", "later", 600);
  CHECK(history.shown(History::hours_from(0, 4)) == "1/1: 1/1: 1/1: 1/1: ");  // none of it in the range
}

TEST_CASE("points are marked where the version changes, one that mixes versions with all of them") {
  History history;
  history.scored("a", "1", 0);
  history.scored("a", "2", 60);
  history.scored("a", "3", 120);
  history.scored("b", "4", 121);
  history.scored("b", "5", 180);
  history.scored("b", "6", 240);
  const auto query = History::hours_from(0, 5);
  for (const bool raw : {false, true}) {
    CHECK(history.shown(query, raw) == "1/1:a 1/1: 2/2:a+b 1/1:b 1/1: ");
  }
  auto of_version = query;
  of_version.model = "b";
  for (const bool raw : {false, true}) CHECK(history.shown(of_version, raw) == "1/1: 1/1: 1/1: ");
  of_version.model = "a";
  CHECK(history.shown(of_version) == "1/1: 1/1: 1/1: ");
  of_version.model = "c";
  for (const bool raw : {false, true}) CHECK(history.shown(of_version, raw).empty());
}

TEST_CASE("each series says its first version where the answer has several") {
  History history;
  history.scored("a", "1", 0, "wire");
  history.scored("a", "2", 60, "wire");
  history.scored("b", "3", 120, "herald");
  auto query = History::hours_from(0, 3);
  query.by_source = true;
  CHECK(history.shown(query) == "1/1:b | 1/1:a 1/1: ");  // herald, wire
  query.by_source = false;
  query.by_entity = true;
  CHECK(history.shown(query) == "1/1:a 1/1: 1/1:b ");
}

TEST_CASE("a revision counts under its version, in the bucket of its document, where the vote stays with the first") {
  History history;
  history.scored("a", "1", 0);
  history.scored("b", "1", 30, "wire", "another title");
  auto query = History::hours_from(0, 1);
  for (const bool raw : {false, true}) {
    CHECK(history.shown(query, raw) == "1/1:a+b ");
    query.model = "a";
    CHECK(history.shown(query, raw) == "0/1: ");
    query.model = "b";
    CHECK(history.shown(query, raw) == "1/0: ");
    query.entities = {"acme", "another"};  // several: from the rows
    CHECK(history.shown(query, raw) == "1/0: ");
    query = History::hours_from(0, 1);
  }
  for (const auto& problem : check_database(history.connection).problems) FAIL_CHECK(problem);
}

TEST_CASE("where it is not known which versions counted, all that scored in the bucket are named") {
  History history;
  history.scored("a", "1", 0);
  history.scored("a", "2", 70);
  history.scored("b", "3", 65);
  history.scored("b", "4", 130);
  history.connection.execute("UPDATE topic_sums SET model = 0 WHERE minute = " +
                             std::to_string(to_ms(at_minute(70)) / 60'000));
  auto query = History::hours_from(0, 3);
  CHECK(history.shown(query) == "1/1:a 2/2:a+b 1/1:b ");
  query.model = "b";
  CHECK(history.shown(query) == "1/1: 1/1: ");  // only what is known to be of it
}
