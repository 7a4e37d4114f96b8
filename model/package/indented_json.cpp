// Tested by tests/train/exported_model_test.cpp
#include "model/package/indented_json.hpp"

#include <boost/json.hpp>

#include "config/notation/json_writer.hpp"

namespace tapewatch::model {
namespace {

void print(std::string& out, const boost::json::value& value, const std::string& indent) {
  const auto deeper = indent + "  ";
  if (value.is_object() && !value.get_object().empty()) {
    out += "{\n";
    for (bool first = true; const auto& [key, item] : value.get_object()) {
      out += (first ? "" : ",\n") + deeper + notation::to_json(std::string_view(key.data(), key.size())) + ": ";
      print(out, item, deeper);
      first = false;
    }
    out += "\n" + indent + "}";
  } else if (value.is_array() && !value.get_array().empty() && value.get_array().front().is_structured()) {
    out += "[\n";
    for (bool first = true; const auto& item : value.get_array()) {
      out += (first ? "" : ",\n") + deeper + notation::to_json(item);
      first = false;
    }
    out += "\n" + indent + "]";
  } else {
    out += notation::to_json(value);
  }
}

}  // namespace

std::string indented_json(const boost::json::value& value) {
  std::string text;
  print(text, value, "");
  return text + "\n";
}

}  // namespace tapewatch::model
