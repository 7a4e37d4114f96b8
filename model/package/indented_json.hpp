#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace tapewatch::model {

/// JSON as people read it, with a newline at its end: two spaces of indentation, lists of records one a line, numbers
/// in their shortest form.
std::string indented_json(const boost::json::value& value);

}  // namespace tapewatch::model
