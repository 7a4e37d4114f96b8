#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tapewatch::config {

/// A position in the file; both count from 1.
struct Position {
  unsigned line = 0, column = 0;
};

struct Node;
struct Member;
using List = std::vector<Node>;
using Table = std::vector<Member>;  // sorted by name

/// A date or time as written in TOML; RFC 3339 when it has date, time and offset.
struct TimeText {
  std::string text;
};

/// A configuration value with its place. TOML's own tree is converted to this one, so that only one translation unit
/// includes toml++ and the rest handles plain values.
struct Node {
  Position at;
  std::variant<std::string, std::int64_t, double, bool, TimeText, List, Table> value;

  std::string_view type_name() const;  // in the words of the messages: "text", "a whole number", …
};

struct Member {
  std::string name;
  Position at;  // of the key
  Node node;
};

const Node* find(const Table& table, std::string_view name);

/// The content in canonical form: names sorted, no comments, no white space. Equal texts mean equal configurations.
std::string canonical_text(const Node& node);

/// Thrown by read_toml() for a text that is not TOML; load() turns it into an error with its place.
struct SyntaxError {
  Position at;
  std::string message;
};
Table read_toml(std::string_view text);  // throws SyntaxError

}  // namespace tapewatch::config
