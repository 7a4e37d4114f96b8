#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/connection/statement.hpp"

namespace tapewatch::tests {

/// Every row of every table as text, one per line, without `skipped` columns (wall-clock times): two runs that did the
/// same work have the same dump.
inline std::vector<std::string> dump_database(storage::Connection& connection, const std::set<std::string>& skipped) {
  std::vector<std::string> tables, lines;
  {
    auto list =
        connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL ORDER BY name");
    while (list.step()) tables.push_back(list.text(0));
  }
  for (const auto& table : tables) {
    if (table.rfind("document_text", 0) == 0 && table != "document_text") continue;  // FTS shadow tables
    std::string columns;
    {
      auto info = connection.prepare("SELECT name FROM pragma_table_info('" + table + "')");
      while (info.step()) {
        if (skipped.contains(info.text(0)) || skipped.contains(table + "." + info.text(0))) continue;
        columns += (columns.empty() ? "quote(\"" : "||'|'||quote(\"") + info.text(0) + "\")";
      }
    }
    if (columns.empty()) continue;
    auto rows = connection.prepare("SELECT " + columns + " FROM \"" + table + "\" ORDER BY 1");
    while (rows.step()) lines.push_back(table + ": " + rows.text(0));
  }
  return lines;
}

}  // namespace tapewatch::tests
