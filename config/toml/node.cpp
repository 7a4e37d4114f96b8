// Tested by tests/config/toml/load_test.cpp
#include "config/toml/node.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tapewatch::config {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

struct Canonical {
  std::string& out;

  void operator()(const std::string& text) const { append_quoted(out, text); }
  void operator()(std::int64_t number) const { out += fmt::format("{}", number); }
  void operator()(double number) const { out += fmt::format("{:#}", number); }
  void operator()(bool yes) const { out += yes ? "true" : "false"; }
  void operator()(const TimeText& time) const { out += time.text; }
  void operator()(const List& list) const {
    out += '[';
    for (const Node& item : list) {
      std::visit(*this, item.value);
      out += ',';
    }
    out += ']';
  }
  void operator()(const Table& table) const {
    out += '{';
    for (const Member& member : table) {
      append_quoted(out, member.name);
      out += ':';
      std::visit(*this, member.node.value);
      out += ',';
    }
    out += '}';
  }
};

}  // namespace

std::string_view Node::type_name() const {
  static constexpr std::string_view kNames[] = {
      "text", "a whole number", "a number with a fraction", "true or false", "a time", "a list", "a table"};
  return kNames[value.index()];
}

const Node* find(const Table& table, std::string_view name) {
  const auto found = std::lower_bound(table.begin(), table.end(), name,
                                      [](const Member& member, std::string_view n) { return member.name < n; });
  return found != table.end() && found->name == name ? &found->node : nullptr;
}

std::string canonical_text(const Node& node) {
  std::string out;
  std::visit(Canonical{out}, node.value);
  return out;
}

}  // namespace tapewatch::config
