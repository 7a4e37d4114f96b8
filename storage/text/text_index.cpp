#include "storage/text/text_index.hpp"

#include "storage/text/search_words.hpp"

namespace tapewatch::storage {

namespace {
void run(Connection& connection, std::string_view sql, std::int64_t document, std::string_view title,
         std::string_view body) {
  const std::string title_words = search_words(title), body_words = search_words(body);
  connection.prepare(sql).bind_all(document, title_words, body_words).run();
}
}  // namespace

void add_to_index(Connection& connection, std::int64_t document, std::string_view title, std::string_view body) {
  run(connection, "INSERT INTO document_text (rowid, title, body) VALUES (?, ?, ?)", document, title, body);
}

void remove_from_index(Connection& connection, std::int64_t document, std::string_view title, std::string_view body) {
  run(connection, "INSERT INTO document_text (document_text, rowid, title, body) VALUES ('delete', ?, ?, ?)", document,
      title, body);
}

}  // namespace tapewatch::storage
