// Tested by tests/daemon/api/backtest_api_test.cpp
#include "daemon/api/request/json_node.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "daemon/api/request/json_body.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

class Converter {
 public:
  explicit Converter(JsonNode& into) : into_(into) {}

  config::Node convert(const json::value& value, const std::string& pointer) {
    into_.pointers.push_back(pointer);
    config::Node node;
    node.at.line = static_cast<unsigned>(into_.pointers.size());
    if (const auto* object = value.if_object()) {
      node.value = table(*object, pointer);
    } else if (const auto* array = value.if_array()) {
      config::List list;
      for (const json::value& item : *array) {
        list.push_back(convert(item, json_pointer(pointer, std::to_string(list.size()))));
      }
      node.value = std::move(list);
    } else if (const auto* text = value.if_string()) {
      node.value = std::string(text->data(), text->size());
    } else if (const auto* yes = value.if_bool()) {
      node.value = *yes;
    } else if (const auto* whole = value.if_int64()) {
      node.value = *whole;
    } else if (value.is_number()) {
      node.value = number(value.to_number<double>());
    } else {
      into_.errors.push_back({FieldError::In::pointer, pointer, "null is not a value; leave the key out"});
    }
    return node;
  }

 private:
  /// 462.0 is a whole number in JSON; what is too large for one stays as it is.
  static decltype(config::Node::value) number(double value) {
    constexpr double kTooLarge = 9223372036854775808.0;  // 2^63
    if (value == std::trunc(value) && std::fabs(value) < kTooLarge) return static_cast<std::int64_t>(value);
    return value;
  }

  config::Table table(const json::object& object, const std::string& pointer) {
    config::Table table;
    for (const auto& [name, member] : object) {
      config::Node node = convert(member, json_pointer(pointer, std::string_view(name.data(), name.size())));
      const config::Position at = node.at;
      table.push_back({std::string(name.data(), name.size()), at, std::move(node)});
    }
    std::sort(table.begin(), table.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return table;
  }

  JsonNode& into_;
};

}  // namespace

JsonNode to_config_node(const json::value& value, std::string pointer) {
  JsonNode made;
  made.node = Converter(made).convert(value, pointer);
  return made;
}

}  // namespace tapewatch
