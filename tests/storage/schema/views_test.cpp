#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "storage/alert/acknowledgements.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/document/backfill.hpp"
#include "storage/incident/incident_log.hpp"
#include "storage/maintain/retention.hpp"
#include "storage/mark.hpp"
#include "storage/sentiment/rollup_layout.hpp"
#include "storage/sentiment/sentiment_reader.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

// storage/schema/views.md, which the README links and the API serves, against the views themselves.

using namespace storage_test;

namespace {

struct Column {
  std::string name, type, null;
  bool operator==(const Column&) const = default;
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream row(line.substr(1));
  for (std::string cell; std::getline(row, cell, '|');) {
    const auto first = cell.find_first_not_of(" `"), last = cell.find_last_not_of(" `");
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return cells;
}

/// The tables under "## view, view", by view.
std::map<std::string, std::vector<Column>> documented() {
  std::ifstream file(std::string(TAPEWATCH_SOURCE_DIR) + "/storage/schema/views.md");
  REQUIRE(file);
  std::map<std::string, std::vector<Column>> views;
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) {
      names.clear();
      std::istringstream heading(line.substr(3));
      for (std::string name; heading >> name;) names.push_back(name.substr(0, name.find(',')));
    }
    if (!line.starts_with("| `")) continue;
    const auto cells = cells_of(line);
    REQUIRE(cells.size() == 5);
    for (const auto& name : names) views[name].push_back({cells[0], cells[1], cells[3]});
  }
  return views;
}

std::vector<std::string> strings(Connection& connection, const std::string& sql) {
  std::vector<std::string> list;
  auto read = connection.prepare(sql);
  while (read.step()) list.push_back(read.text(0));
  return list;
}

/// Rows of every kind: scored and unscored, with companies, revised, alerts open and ended, with and without evidence.
void fill(Connection& connection) {
  DocumentWriter writer(connection, {});
  auto scored = document("wire", "1", at_minute(0), "Acme falls");
  scored.entities = {entity("acme"), entity("bolt", "unscored")};
  scored.risk = Risk{"insolvency", Gravity::grave};
  scored.entities[0].risk = Risk{"dispute", Gravity::serious};
  scored.metadata = {{"form", "8-K"}};
  const auto first = store(connection, writer, scored);
  auto unscored = document("wire", "2", at_minute(70), "Umsatz", {"", "unscored"});
  unscored.entities = {entity("acme", "unscored")};
  store(connection, writer, unscored);
  store(connection, writer,
        document("herald", "3", at_minute(1500), "Bolt rises", {"mergers", "positive", 0.8f, 0.1f}));
  scored.title = "Acme falls again";
  scored.model_version = "test-2";  // its vote stays with the first version: neither is the one of the row
  store(connection, writer, scored);
  for (const bool open : {true, false}) {
    AlertRow alert;
    alert.id = open ? "open" : "over";
    alert.rule = "burst";
    alert.severity = "error";
    alert.state = open ? "firing" : "resolved";
    alert.started_at = alert.updated_at = at_minute(3);
    if (!open) {
      alert.ended_at = at_minute(9);
      alert.evidence_json = R"({"observed":14,"expected":2.5,"p_value":3.1e-7})";
    }
    alert.sequence = 1;
    Transaction transaction(connection);
    AlertWriter(connection, {}).record(alert, {}, at_minute(9));
    transaction.commit();
  }
  Transaction transaction(connection);
  raise_mark(connection, kBackfillUnknown, first.row_id);  // as if an earlier schema had stored it
  IncidentLog incidents(connection);
  incidents.note(IncidentKind::dead_lettered, {"wire", at_minute(0), at_minute(1), 2, "two records"}, at_minute(9));
  incidents.note(IncidentKind::rules_changed, {"", at_minute(2), at_minute(2), std::nullopt, ""}, at_minute(9));
  incidents.open(IncidentKind::ingestion_paused, at_minute(3), "", at_minute(9));
  Acknowledgements said(connection);
  said.add("over", {0, at_minute(10), "Ana", "", "useful", ""});
  said.add("over", {0, at_minute(11), "Ben", "seen", std::nullopt, ""});
  transaction.commit();
}

}  // namespace

TEST_CASE("exactly the columns of every view are documented, in order") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  const auto views = documented();
  std::vector<std::string> named;
  for (const auto& [view, columns] : views) {
    named.push_back(view);
    std::vector<std::string> listed;
    for (const auto& column : columns) listed.push_back(column.name);
    CAPTURE(view);
    CHECK(listed == strings(connection, "SELECT name FROM pragma_table_info('" + view + "')"));
  }
  CHECK(named ==
        strings(connection,
                "SELECT name FROM sqlite_schema WHERE type = 'view' AND name NOT LIKE 'rollup%' ORDER BY name"));
}

TEST_CASE("values have the documented type, and are null exactly where that is documented") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  fill(connection);
  for (const auto& [view, columns] : documented()) {
    for (const auto& column : columns) {
      std::set<std::string> allowed = {column.type};
      if (column.type == "number") allowed = {"integer", "real"};
      bool has_value = false, has_null = false;
      for (const auto& type : strings(connection, "SELECT DISTINCT typeof(\"" + column.name + "\") FROM " + view)) {
        CAPTURE(view, column.name, type);
        (type == "null" ? has_null : has_value) = true;
        if (type != "null") CHECK(allowed.count(type) == 1);
      }
      CAPTURE(view, column.name);
      CHECK(has_value);
      CHECK(has_null == (column.null != "never"));
    }
  }
}

TEST_CASE("the views of documents name risk events and how grave they are") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  fill(connection);
  CHECK(strings(connection, "SELECT coalesce(event || ' ' || gravity, '-') FROM document_view ORDER BY id") ==
        std::vector<std::string>{"insolvency grave", "-", "-"});
  CHECK(strings(connection,
                "SELECT entity || ' ' || coalesce(event || ' ' || gravity, '-') FROM document_entity_view ORDER BY "
                "document, entity") == std::vector<std::string>{"acme dispute serious", "bolt -", "acme -"});
}

TEST_CASE("the view of alerts shows the last acknowledgement, with the last verdict") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  fill(connection);
  auto view = connection.prepare(
      "SELECT acknowledged_at, acknowledged_by, acknowledgement_comment, verdict FROM alert_view WHERE id = 'over'");
  REQUIRE(view.step());
  CHECK(view.text(0) == "2026-03-02T09:11:00.000Z");
  CHECK(view.text(1) == "Ben");
  CHECK(view.text(2) == "seen");
  CHECK(view.text(3) == "useful");
}

TEST_CASE("the views of sentiment hold the sums that their roll-ups are described by") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  fill(connection);
  const auto total = [&](const std::string& column, std::string_view from) {
    auto read = connection.prepare("SELECT sum(" + column + ") FROM " + std::string(from));
    REQUIRE(read.step());
    return read.real(0);
  };
  const auto views = documented();
  for (const auto& view : kRollupViews) {
    CAPTURE(view.name);
    const auto& columns = views.at(std::string(view.name));
    CHECK((columns[2].name == "entity") == view.table.by_entity());
    for (const auto& column : kDocumentColumns) {
      const double scale = column.of == Summand::sentiment ? 1e6 : column.of == Summand::square ? 1e9 : 1;
      const std::string name(column.name);
      CHECK(total(name, view.name) == Approx(total(name, view.table.name) / scale));
    }
    for (std::size_t grain = 0; grain < kGrainCount; ++grain) {
      for (const auto& column : {kVoteColumns[0], kVoteColumns[1], kVoteColumns[2], kVoteColumns[3]}) {
        const auto stored = vote_column(column, grain);
        const auto shown = kGrains[grain].name == "topic_source" ? std::string(column.name) : stored;
        const double scale = column.of == Summand::sentiment ? 1e6 : 1;
        CHECK(total(shown, view.name) == Approx(total(stored, view.table.name) / scale));
      }
    }
    const auto wide = std::to_string(view.minutes * kMinuteMs);
    CHECK(number(connection, "SELECT count(*) FROM " + std::string(view.name) + " WHERE t_ms % " + wide + " <> 0") ==
          0);
    CHECK(number(connection, "SELECT count(*) FROM " + std::string(view.name)) > 1);
  }
}

TEST_CASE("rows of sentiment say how long their interval is, also where minutes have been folded") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  fill(connection);
  const auto grains = [&](const std::string& view) {
    return strings(connection, "SELECT DISTINCT grain_minutes FROM " + view + " ORDER BY 1");
  };
  CHECK(grains("sentiment_minute") == std::vector<std::string>{"1"});
  StorageOptions options;
  options.retention.minutes = hours(1);
  {
    Transaction transaction(connection);
    Retention(connection, options).sweep(at_minute(180), 1'000);
    transaction.commit();
  }
  for (const std::string kind : {"sentiment", "sentiment_entity"}) {
    const bool both = kind == "sentiment";  // one of its documents is newer than an hour before
    CHECK(grains(kind + "_minute") == (both ? std::vector<std::string>{"1", "15"} : std::vector<std::string>{"15"}));
    CHECK(grains(kind + "_hour") == std::vector<std::string>{"60"});
    CHECK(grains(kind + "_day") == std::vector<std::string>{"1440"});
  }
  CHECK(strings(connection, "SELECT t || ' ' || grain_minutes FROM sentiment_minute WHERE source = 'herald'") ==
        std::vector<std::string>{"2026-03-03T10:00:00.000Z 1"});
}

TEST_CASE("the means of the views are those of the interface, by their names") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  DocumentWriter writer(connection, {});
  int n = 0;
  for (const float positive : {0.9f, 0.2f, 0.6f}) {  // the first two are one story
    auto row = document("wire", std::to_string(n), at_minute(n), "Title " + std::to_string(n / 2),
                        {"earnings", "positive", positive, 0.9f - positive, 0.1f});
    row.entities = {entity("acme", "negative", -0.1 * (n * n + 1))};
    store(connection, writer, row);
    ++n;
  }
  SentimentQuery query;
  query.edges = {at_minute(0), at_minute(60)};
  query.by_topic = query.by_source = true;
  for (const std::string view : {"sentiment_hour", "sentiment_entity_hour"}) {
    query.by_entity = view == "sentiment_entity_hour";
    const auto point = SentimentReader(connection).read(query).series.at(0).points.at(0);
    REQUIRE(*point.document_mean != Approx(*point.story_mean));
    CHECK(*point.mean == Approx(*point.story_mean));
    auto row = connection.prepare("SELECT document_mean, story_mean, mean, story_sum / scored_stories FROM " + view);
    REQUIRE(row.step());
    CHECK(row.real(0) == Approx(*point.document_mean));
    CHECK(row.real(1) == Approx(*point.story_mean));
    CHECK(row.real(2) == Approx(*point.document_mean));
    CHECK(row.real(3) == Approx(*point.story_mean));
  }
}
