#include "storage/schema/migration_functions.hpp"

#include <sqlite3.h>

#include <exception>
#include <new>

#include "storage/document/title_hash.hpp"
#include "storage/text/search_words.hpp"

namespace tapewatch::storage {

namespace {

constexpr const char *kSearchWords = "search_words", *kCounted = "counted", *kTitleHash = "title_hash";

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void search_words_of(sqlite3_context* context, int, sqlite3_value** values) {
  try {
    const std::string words = search_words(text_of(values[0]));
    static_cast<MigrationFunctions*>(sqlite3_user_data(context))->count_text();
    sqlite3_result_text64(context, words.data(), words.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  } catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
  }
}

void title_hash_of(sqlite3_context* context, int, sqlite3_value** values) {
  const auto hash = title_hash(text_of(values[0]));
  hash ? sqlite3_result_int64(context, *hash) : sqlite3_result_null(context);
}

void counted(sqlite3_context* context, int, sqlite3_value** values) {
  try {
    static_cast<MigrationFunctions*>(sqlite3_user_data(context))->count_row();
    sqlite3_result_value(context, values[0]);
  } catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
  }
}

}  // namespace

MigrationFunctions::MigrationFunctions(Connection& connection, Counted on_text, Counted on_row)
    : connection_(connection), on_text_(std::move(on_text)), on_row_(std::move(on_row)) {
  const auto add = [&](const char* name, int flags, auto* function) {
    const int code = sqlite3_create_function_v2(connection_.handle(), name, 1, SQLITE_UTF8 | flags, this, function,
                                                nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw make_error(connection_.handle(), code, connection_.path(), "registering a function");
  };
  add(kSearchWords, SQLITE_DETERMINISTIC, search_words_of);
  add(kTitleHash, SQLITE_DETERMINISTIC, title_hash_of);
  add(kCounted, 0, counted);
}

MigrationFunctions::~MigrationFunctions() {
  for (const char* name : {kSearchWords, kTitleHash, kCounted}) {
    sqlite3_create_function_v2(connection_.handle(), name, 1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr);
  }
}

void MigrationFunctions::count_text() {
  ++texts_;
  if (on_text_) on_text_(texts_);
}

void MigrationFunctions::count_row() {
  ++rows_;
  if (on_row_) on_row_(rows_);
}

}  // namespace tapewatch::storage
