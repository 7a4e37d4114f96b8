// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/entity_values.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "ingest/document/field_text.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

constexpr int kEntityNesting = 4;
constexpr std::size_t kMostEntities = 4096;  // of one record: more than any limit keeps

constexpr std::array<std::string_view, 12> kIdentifiers = {"isin", "lei",    "figi", "cusip", "sedol", "permid",
                                                           "ric",  "symbol", "id",   "name",  "#text", "value"};

/// "ORLO,KSMR" and ",US48267K1017,": every part is one word of at most the length of an LEI and its prefix.
bool is_list_of_codes(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  if (text.find(',') == std::string_view::npos) return false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view part = notation::stripped(text.substr(0, end));
    if (part.size() > kLongest || part.find(' ') != std::string_view::npos) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

class Collector {
 public:
  std::vector<std::string> take() { return std::move(found_); }

  void add(const json::value& value, int nesting) {
    if (is_absent(value) || found_.size() >= kMostEntities) return;
    if (value.is_string()) return add_text(*text_of(value));
    if (value.is_number()) {
      if (auto number = text_of(value)) found_.push_back(std::move(*number));
      return;
    }
    if (nesting == 0) return;
    if (const auto* list = value.if_array()) {
      for (const json::value& element : *list) add(element, nesting - 1);
    } else if (const auto* object = value.if_object()) {
      add_object(*object, nesting);
    }
  }

 private:
  void add_text(const std::string& text) {
    if (!is_list_of_codes(text)) return add_one(text);
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      add_one(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void add_one(std::string_view text) {
    text = notation::stripped(text);
    if (!text.empty()) found_.emplace_back(text);
  }

  void add_object(const json::object& object, int nesting) {
    const std::size_t before = found_.size();
    add_ticker(object);
    for (const std::string_view name : kIdentifiers) {
      if (const json::value* member = object.if_contains(name)) add(*member, nesting - 1);
    }
    for (const std::string_view name : {"symbols", "identifiers", "tickers"}) {
      if (const json::value* member = object.if_contains(name)) add(*member, nesting - 1);
    }
    if (found_.size() > before) return;
    for (const auto& member : object) {
      if (!member.value().is_number() && !member.value().is_object()) continue;
      add_one({member.key().data(), member.key().size()});
    }
  }

  void add_ticker(const json::object& object) {
    const auto text = [&](std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names) {
        const json::value* member = object.if_contains(name);
        if (member != nullptr && member->is_string() && !is_absent(*member)) return *text_of(*member);
      }
      return std::string();
    };
    const std::string ticker = text({"ticker", "symbol", "code"});
    const std::string exchange = text({"mic", "exchange"});
    if (ticker.empty()) return;
    if (!exchange.empty()) add_one(exchange + ":" + ticker);
    add_one(ticker);
  }

  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> entity_texts(const json::value& value) {
  Collector collector;
  collector.add(value, kEntityNesting);
  return collector.take();
}

}  // namespace tapewatch::ingest
