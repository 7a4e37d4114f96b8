#include "storage/text/text_query.hpp"

#include <random>
#include <stdexcept>

#include "storage/document/document_reader.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

std::string complaint_about(std::string_view text) {
  try {
    parse_text_query(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("all words are required; OR joins its neighbours; a dash excludes; a star is a prefix") {
  const auto expression = [](std::string_view text) { return parse_text_query(text).expression(); };
  CHECK(expression("profit warning") == R"("profit" AND "warning")");
  CHECK(expression("\"Profit, warning\"") == R"("profit warning")");
  CHECK(expression("bank fraud OR bribery OR theft") == R"("bank" AND ("fraud" OR "bribery" OR "theft"))");
  CHECK(expression("a OR b c OR \"d e\"") == R"(("a" OR "b") AND ("c" OR "d e"))");
  CHECK(expression("refinanc* \"profit warn\"*") == R"("refinanc" * AND "profit warn" *)");
  CHECK(expression("bank -fraud -\"press release\"") == R"(("bank") NOT ("fraud" OR "press release"))");
  CHECK(expression("中国银行 株") == R"("中国 国银 银行" AND "株" *)");
  CHECK(expression("中国　銀行") == R"("中国" AND "銀行")");  // the space of a Japanese keyboard
  CHECK(expression("a\"b\"c") == R"("a" AND "b" AND "c")");
  const TextQuery only = parse_text_query("-fraud");
  CHECK(only.wanted.empty());
  CHECK(only.excluded == R"("fraud")");
}

TEST_CASE("everything else in a query separates words") {
  const auto expression = [](std::string_view text) { return parse_text_query(text).expression(); };
  CHECK(expression("AND NOT NEAR or \"OR\"") == R"("and" AND "not" AND "near" AND "or" AND "or")");
  CHECK(expression("title:profit") == R"("title profit")");
  CHECK(expression("profit - falls — *") == R"("profit" AND "falls")");
  CHECK(expression(std::string_view("profit\0falls", 12)) == R"("profit" AND "falls")");
  CHECK(expression("pro*fit") == R"("pro fit")");
  for (const char* nothing : {"", "  ", "***", "—", "\"\"", "-", "- -", "🚀"}) {
    CAPTURE(nothing);
    CHECK(expression(nothing).empty());
    CHECK(parse_text_query(nothing).excluded.empty());
  }
}

TEST_CASE("an invalid query is refused with the position") {
  CHECK(complaint_about("Zürich \"profit warning").starts_with("at character 8: this quotation mark"));
  CHECK(complaint_about("OR fraud").starts_with("at character 1: OR needs"));
  CHECK(complaint_about("fraud OR").starts_with("at character 7: OR needs"));
  CHECK(complaint_about("円 OR OR fraud").starts_with("at character 6: OR needs"));
  CHECK(complaint_about("fraud OR -theft").starts_with("at character 7: OR needs"));
  CHECK(complaint_about("-fraud OR theft").starts_with("at character 8: OR needs"));
  CHECK(complaint_about("— OR fraud").starts_with("at character 3: OR needs"));
  std::string many;
  for (std::size_t i = 0; i < kMaxSearchTerms; ++i) many += "word ";
  CHECK(complaint_about(many) == "no error");
  CHECK(complaint_about(many + "word").starts_with("at character 321: more than 64"));
}

TEST_CASE("names are found in text without spaces, in any width") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  int next = 0;
  for (const char* title :
       {"中国人民银行下调存款准备金率", "トヨタ自動車、純利益予想を下方修正", "ﾄﾖﾀ系部品会社が出荷停止",
        "ธนาคารกสิกรไทยกำไรลดลง", "ＮＴＴドコモ、個人情報流出で謝罪", "Toyota cuts its forecast"}) {
    ++next;
    store(connection, writer, document("wire", std::to_string(next), at_minute(next), title));
  }
  const DocumentReader reader(connection);
  const auto found = [&](const std::string& q) {
    std::string ids;
    for (const auto& item : reader.list({.q = q, .order = DocumentOrder::oldest}).items) ids += item.row.id;
    return ids;
  };
  CHECK(found("人民银行") == "1");
  CHECK(found("存款") == "1");
  CHECK(found("率") == "1");  // the last letter
  CHECK(found("银行人民") == "");
  CHECK(found("トヨタ") == "23");
  CHECK(found("ﾄﾖﾀ") == "23");
  CHECK(found("トヨタ OR toyota") == "236");
  CHECK(found("トヨタ -純利益") == "3");
  CHECK(found("กำไร") == "4");
  CHECK(found("NTT") == "5");
  CHECK(found("nttドコモ") == "5");
  CHECK(found("\"ドコモ 個人\"") == "5");
  CHECK(found("forec*") == "6");
  CHECK(found("-トヨタ -toyota") == "145");
}

TEST_CASE("no query makes FTS5 fail") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  store(connection, writer, document("wire", "1", at_minute(0), "AND OR NOT NEAR profit"));
  const DocumentReader reader(connection);
  static constexpr std::string_view kParts[] = {"\"", "*",  "-",        "(",    ")",    "^",    ":",    "{",      "}",
                                                "+",  " ",  "OR",       " OR ", "AND ", "NOT ", "NEAR", "profit", "'",
                                                ";",  "\\", "\xff\xfe", "中",   "国",   "ー",   "é",    "12",     ","};
  std::mt19937 random(7);
  int accepted = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string q;
    for (auto length = 1 + random() % 9; length > 0; --length) q += kParts[random() % std::size(kParts)];
    CAPTURE(q);
    try {
      reader.list({.q = q});
      ++accepted;
    } catch (const std::invalid_argument&) {
    }
  }
  CHECK(accepted > 500);
}
