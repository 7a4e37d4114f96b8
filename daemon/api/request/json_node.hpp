#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "config/toml/node.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {

/// A JSON value as the configuration's reader takes it, so that a body is checked by the same keys as a file.
struct JsonNode {
  config::Node node;
  /// The JSON Pointer of each value. A value's position in the node is a line: the pointer's place in this list,
  /// from 1.
  std::vector<std::string> pointers;
  std::vector<FieldError> errors;  ///< nulls, which a configuration does not have

  /// The pointer of what an error of the reader is about.
  const std::string& pointer_at(unsigned line) const { return pointers.at(line - 1); }
};

/// `pointer`: of `value` in its body.
JsonNode to_config_node(const boost::json::value& value, std::string pointer);

}  // namespace tapewatch
