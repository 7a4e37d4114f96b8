#include "ingest/entity/watchlist.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

TEST_CASE("a watch list is read") {
  const auto list = parse_watchlist(
      "\xEF\xBB\xBFid,name,aliases,ticker,mic,isin,lei,tags\r\n"
      "# ours\r\n"
      "acme,\"Acme, \"\"the\"\" Corp\",Acme Corp; Acme ;,ACME,XNYS,US0000000001,12345678901234567890,own;us\r\n"
      "\r\n"
      "foo,Foo,,,,,,\r\n");
  REQUIRE(list.has_value());
  REQUIRE(list->size() == 2);
  CHECK((*list)[0] == WatchedEntity{"acme",
                                    "Acme, \"the\" Corp",
                                    {"Acme Corp", "Acme"},
                                    "ACME",
                                    "XNYS",
                                    "US0000000001",
                                    "12345678901234567890",
                                    {"own", "us"}});
  CHECK((*list)[1] == WatchedEntity{"foo", "Foo", {}, "", "", "", "", {}});
}

TEST_CASE("columns come in any order, and not all are needed") {
  const auto list = parse_watchlist("name,id\nAcme,a");
  REQUIRE(list.has_value());
  CHECK((*list)[0].id == "a");
  CHECK(parse_watchlist("id,name\n")->empty());
}

TEST_CASE("errors say which line") {
  const auto error = [](std::string_view csv) { return parse_watchlist(csv).error(); };
  CHECK(error("").line == 1);
  CHECK(error("id,name,colour\n").message ==
        "unknown column \"colour\"; known: id, name, aliases, ticker, mic, isin, lei, tags");
  CHECK(error("id,id,name\n").message == "column \"id\" appears twice");
  CHECK(error("id\n").message == "column \"name\" is missing");
  CHECK(error("id,name\na,A\nb\n") == WatchlistError{3, "1 fields, the header has 2"});
  CHECK(error("id,name\na,\"A\nB\"\n,C\n") == WatchlistError{4, "id is empty"});
  CHECK(error("id,name\na,\"A\n") == WatchlistError{2, "a quoted field is not closed"});
  CHECK(error("id,name\na,\"A\"x\n") == WatchlistError{2, "text after a closing quote"});
  CHECK(error("id,name\na,\xFF\n") == WatchlistError{2, "not UTF-8"});
  CHECK(error("id,name,isin\na,A,US1\n").message == "isin \"US1\": expected twelve capitals or digits");
}

TEST_CASE("duplicates are named with the line of the first") {
  const auto error = [](std::string_view csv) { return parse_watchlist(csv).error(); };
  CHECK(error("id,name\na,A\nA,B\n") == WatchlistError{3, "id \"a\" is already that of \"a\" (line 2)"});
  CHECK(error("id,name,aliases\na,Acme,\nb,Bee,X;ACME\n") ==
        WatchlistError{3, "name \"acme\" is already that of \"a\" (line 2)"});
  CHECK(error("id,name,ticker,mic\na,A,T,XNYS\nb,B,T,XNYS\n").line == 3);
  CHECK(parse_watchlist("id,name,ticker,mic\na,A,T,XNYS\nb,B,T,XBOM\n").has_value());
  CHECK(parse_watchlist("id,name,aliases\na,Acme,acme;ACME\n").has_value());
}

}  // namespace
}  // namespace tapewatch::ingest
