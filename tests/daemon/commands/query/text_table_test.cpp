#include "daemon/commands/query/text_table.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("a text's width is what a terminal shows") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("é") == 1);
  CHECK(display_width("e\xcc\x81") == 1);
  CHECK(display_width("金融") == 4);
  CHECK(display_width("\xff") == 1);
  CHECK(cut_to_width("profit", 6) == "profit");
  CHECK(cut_to_width("profits", 6) == "profi…");
  CHECK(cut_to_width("金融新聞", 5) == "金融…");
}

TEST_CASE("columns are aligned, the last one is shortened to the terminal") {
  TextTable table({{"name"}, {"n", TextTable::Align::right}, {"title"}});
  table.add({"énergie", "5", "a long headline"});
  table.add({"x", "12", "short"});
  CHECK(table.text(0) ==
        "name      n  title\n"
        "énergie   5  a long headline\n"
        "x        12  short\n");
  CHECK(table.text(20) ==
        "name      n  title\n"
        "énergie   5  a long…\n"
        "x        12  short\n");
}
