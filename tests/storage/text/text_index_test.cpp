#include "storage/text/text_index.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a text removed from the index leaves nothing, whatever it contains") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  const std::vector<std::string> texts = {"", "plain words", "中国人民银行 Zürich", "\xff broken \xe4\xb8",
                                          "한국 हिन्दी ＡＢＣ"};
  Transaction transaction(connection);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    add_to_index(connection, static_cast<std::int64_t>(i + 1), texts[i], texts[texts.size() - 1 - i]);
  }
  const auto found = [&](const std::string& word) {
    return number(connection, "SELECT count(*) FROM document_text WHERE document_text MATCH '\"" + word + "\"'");
  };
  CHECK(found("words") == 2);
  CHECK(found("人民") == 1);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    remove_from_index(connection, static_cast<std::int64_t>(i + 1), texts[i], texts[texts.size() - 1 - i]);
  }
  connection.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab (main, document_text, row)");
  CHECK(number(connection, "SELECT count(*) FROM temp.word") == 0);
  CHECK(number(connection, "SELECT count(*) FROM document_text_docsize") == 0);
}
