// Tested by tests/config/toml/load_test.cpp
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

#include "config/toml/node.hpp"

namespace tapewatch::config {
namespace {

Position position(const toml::source_position& at) {
  return {static_cast<unsigned>(at.line), static_cast<unsigned>(at.column)};
}

Node convert(const toml::node& from);

Table convert_table(const toml::table& from) {
  Table table;
  for (const auto& [key, value] : from) {
    table.push_back({std::string(key.str()), position(key.source().begin), convert(value)});
  }
  std::sort(table.begin(), table.end(), [](const Member& a, const Member& b) { return a.name < b.name; });
  return table;
}

template <class T>
TimeText printed(const T& value) {
  std::ostringstream out;
  out << value;
  return {out.str()};
}

Node convert(const toml::node& from) {
  Node node;
  node.at = position(from.source().begin);
  if (const auto* table = from.as_table()) {
    node.value = convert_table(*table);
  } else if (const auto* list = from.as_array()) {
    List items;
    for (const toml::node& item : *list) items.push_back(convert(item));
    node.value = std::move(items);
  } else if (const auto* text = from.as_string()) {
    node.value = text->get();
  } else if (const auto* whole = from.as_integer()) {
    node.value = whole->get();
  } else if (const auto* number = from.as_floating_point()) {
    node.value = number->get();
  } else if (const auto* yes = from.as_boolean()) {
    node.value = yes->get();
  } else if (const auto* moment = from.as_date_time()) {
    node.value = printed(moment->get());
  } else if (const auto* date = from.as_date()) {
    node.value = printed(date->get());
  } else if (const auto* time = from.as_time()) {
    node.value = printed(time->get());
  }
  return node;
}

}  // namespace

Table read_toml(std::string_view text) {
  try {
    return convert_table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    throw SyntaxError{position(error.source().begin), std::string(error.description())};
  }
}

}  // namespace tapewatch::config
