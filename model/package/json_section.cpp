// Tested by tests/model/package/model_package_test.cpp
#include "model/package/json_section.hpp"
#include "config/notation/json_writer.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "model/package/model_error.hpp"

namespace tapewatch::model {

namespace json = boost::json;

void refuse(std::string_view key, std::string_view expected, std::string_view found) {
  throw ModelError(fmt::format("{}: expected {}, found {}", key, expected, found));
}

json::object parse_json_object(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (error) throw ModelError(fmt::format("expected JSON, found an error in it: {}", error.message()));
  if (!value.is_object()) throw ModelError("expected a JSON object");
  return std::move(value.get_object());
}

bool JsonSection::has(std::string_view key) const {
  const auto* found = object_->if_contains(key);
  return found && !found->is_null();
}

const json::value& JsonSection::value(std::string_view key, std::string_view expected) const {
  const auto* found = object_->if_contains(key);
  if (!found) refuse(path(key), expected, "nothing");
  return *found;
}

std::size_t JsonSection::size(std::string_view key, std::size_t lowest, std::size_t highest) const {
  const auto expected = fmt::format("an integer from {} to {}", lowest, highest);
  const auto& found = value(key, expected);
  boost::system::error_code error;
  const auto number = found.to_number<std::uint64_t>(error);
  if (error || found.is_double() || number < lowest || number > highest) {
    refuse(path(key), expected, notation::to_json(found));
  }
  return number;
}

float JsonSection::positive(std::string_view key) const {
  constexpr std::string_view kExpected = "a positive number";
  const auto& found = value(key, kExpected);
  boost::system::error_code error;
  const auto number = static_cast<float>(found.to_number<double>(error));
  if (error || !(number > 0) || !std::isfinite(number)) refuse(path(key), kExpected, notation::to_json(found));
  return number;
}

std::string JsonSection::text(std::string_view key) const {
  constexpr std::string_view kExpected = "a string that is not empty";
  const auto& found = value(key, kExpected);
  if (!found.is_string() || found.get_string().empty()) refuse(path(key), kExpected, notation::to_json(found));
  return std::string(found.get_string());
}

std::string JsonSection::text_or(std::string_view key, std::string_view otherwise) const {
  return has(key) ? text(key) : std::string(otherwise);
}

bool JsonSection::boolean(std::string_view key, bool otherwise) const {
  if (!has(key)) return otherwise;
  const auto& found = object_->at(key);
  if (!found.is_bool()) refuse(path(key), "true or false", notation::to_json(found));
  return found.get_bool();
}

const json::array& JsonSection::array(std::string_view key) const {
  const auto& found = value(key, "an array");
  if (!found.is_array()) refuse(path(key), "an array", notation::to_json(found));
  return found.get_array();
}

JsonSection JsonSection::section(std::string_view key) const {
  const auto& found = value(key, "an object");
  if (!found.is_object()) refuse(path(key), "an object", notation::to_json(found));
  return {found.get_object(), path(key) + "."};
}

}  // namespace tapewatch::model
