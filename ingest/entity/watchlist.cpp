#include "ingest/entity/watchlist.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "config/notation/utf8.hpp"
#include "ingest/entity/csv_reader.hpp"
#include "ingest/text/folded_text.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::array<std::string_view, 8> kColumns = {"id", "name", "aliases", "ticker", "mic", "isin", "lei", "tags"};

WatchlistError error_at(std::size_t line, std::string message) { return {line, std::move(message)}; }

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    if (std::string item = single_line(text.substr(0, end)); !item.empty()) items.push_back(std::move(item));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

bool is_code(std::string_view text, std::size_t length) {
  return text.size() == length &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

class Reader {
 public:
  std::optional<WatchlistError> header(const CsvRow& row) {
    for (const std::string& field : row.fields) {
      const std::string name = fold(single_line(field));
      const auto* column = std::find(kColumns.begin(), kColumns.end(), name);
      if (column == kColumns.end()) {
        return error_at(row.line,
                        "unknown column \"" + name + "\"; known: id, name, aliases, ticker, mic, isin, lei, tags");
      }
      const auto index = static_cast<std::size_t>(column - kColumns.begin());
      if (std::find(order_.begin(), order_.end(), index) != order_.end()) {
        return error_at(row.line, "column \"" + name + "\" appears twice");
      }
      order_.push_back(index);
    }
    for (const std::size_t needed : {std::size_t{0}, std::size_t{1}}) {
      if (std::find(order_.begin(), order_.end(), needed) == order_.end()) {
        return error_at(row.line, "column \"" + std::string(kColumns[needed]) + "\" is missing");
      }
    }
    return std::nullopt;
  }

  std::optional<WatchlistError> entity(const CsvRow& row) {
    if (row.fields.size() != order_.size()) {
      return error_at(row.line,
                      std::to_string(row.fields.size()) + " fields, the header has " + std::to_string(order_.size()));
    }
    std::array<std::string, kColumns.size()> values;
    for (std::size_t i = 0; i < order_.size(); ++i) values[order_[i]] = single_line(row.fields[i]);
    WatchedEntity entity{values[0], values[1], split_list(values[2]), values[3], values[4],
                         values[5], values[6], split_list(values[7])};
    if (auto error = check(entity, row.line)) return error;
    entities.push_back(std::move(entity));
    return std::nullopt;
  }

  std::vector<WatchedEntity> entities;

 private:
  std::optional<WatchlistError> check(const WatchedEntity& entity, std::size_t line) {
    if (entity.id.empty() || entity.name.empty()) {
      return error_at(line, entity.id.empty() ? "id is empty" : "name is empty");
    }
    if (!entity.mic.empty() && !is_code(entity.mic, 4)) {
      return error_at(line, "mic \"" + entity.mic + "\": expected four capitals or digits, such as XNYS");
    }
    if (!entity.isin.empty() && !is_code(entity.isin, 12)) {
      return error_at(line, "isin \"" + entity.isin + "\": expected twelve capitals or digits");
    }
    if (!entity.lei.empty() && !is_code(entity.lei, 20)) {
      return error_at(line, "lei \"" + entity.lei + "\": expected twenty capitals or digits");
    }
    if (auto error = claim("id", fold(entity.id), entity, line)) return error;
    if (!entity.ticker.empty()) {
      if (auto error = claim("ticker", entity.mic + ":" + entity.ticker, entity, line)) return error;
    }
    if (auto error = claim("name", fold(entity.name), entity, line)) return error;
    for (const std::string& alias : entity.aliases) {
      if (auto error = claim("name", fold(alias), entity, line)) return error;
    }
    return std::nullopt;
  }

  // An entity may repeat its own name among its aliases, but not use another entity's.
  std::optional<WatchlistError> claim(const std::string& kind, const std::string& key, const WatchedEntity& entity,
                                      std::size_t line) {
    const auto [found, added] = owners_.try_emplace({kind, key}, Owner{entity.id, line});
    if (added || (kind == "name" && found->second.line == line)) return std::nullopt;
    return error_at(line, kind + " \"" + key + "\" is already that of \"" + found->second.id + "\" (line " +
                              std::to_string(found->second.line) + ")");
  }

  struct Owner {
    std::string id;
    std::size_t line;
  };
  std::vector<std::size_t> order_;  // column of the file -> index into kColumns
  std::map<std::pair<std::string, std::string>, Owner> owners_;
};

}  // namespace

boost::system::result<std::vector<WatchedEntity>, WatchlistError> parse_watchlist(std::string_view csv) {
  CsvReader rows(csv);
  Reader reader;
  bool headed = false;
  while (auto row = rows.next()) {
    if (!row->error.empty()) return error_at(row->line, row->error);
    if (!std::all_of(row->fields.begin(), row->fields.end(), notation::is_utf8)) {
      return error_at(row->line, "not UTF-8");
    }
    const auto error = headed ? reader.entity(*row) : reader.header(*row);
    headed = true;
    if (error) return *error;
  }
  if (!headed) return error_at(1, "empty: expected a header line (id,name,aliases,ticker,mic,isin,lei,tags)");
  return std::move(reader.entities);
}

}  // namespace tapewatch::ingest
