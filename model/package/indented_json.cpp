#include "model/package/indented_json.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace tapewatch::model {
namespace {

/// On one line; numbers in their shortest form (0.906, where Boost.JSON writes 9.06E-1).
void print_line(std::string& out, const boost::json::value& value) {
  if (value.is_double()) {
    out += fmt::format("{}", value.get_double());
  } else if (value.is_object()) {
    for (char before = '{'; const auto& [key, item] : value.get_object()) {
      out += before + boost::json::serialize(boost::json::value(key)) + ':';
      print_line(out, item);
      before = ',';
    }
    out += value.get_object().empty() ? "{}" : "}";
  } else if (value.is_array()) {
    for (char before = '['; const auto& item : value.get_array()) {
      out += before;
      print_line(out, item);
      before = ',';
    }
    out += value.get_array().empty() ? "[]" : "]";
  } else {
    out += boost::json::serialize(value);
  }
}

/// Two-space indented JSON, lists of records one a line: the file is read by people.
void print(std::string& out, const boost::json::value& value, const std::string& indent) {
  const auto deeper = indent + "  ";
  if (value.is_object() && !value.get_object().empty()) {
    out += "{\n";
    for (bool first = true; const auto& [key, item] : value.get_object()) {
      out += (first ? "" : ",\n") + deeper + boost::json::serialize(boost::json::value(key)) + ": ";
      print(out, item, deeper);
      first = false;
    }
    out += "\n" + indent + "}";
  } else if (value.is_array() && !value.get_array().empty() && value.get_array().front().is_structured()) {
    out += "[\n";
    for (bool first = true; const auto& item : value.get_array()) {
      out += (first ? "" : ",\n") + deeper;
      print_line(out, item);
      first = false;
    }
    out += "\n" + indent + "]";
  } else {
    print_line(out, value);
  }
}

}  // namespace

std::string indented_json(const boost::json::value& value) {
  std::string text;
  print(text, value, "");
  return text + "\n";
}

}  // namespace tapewatch::model
