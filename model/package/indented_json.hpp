#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace tapewatch::model {

/// JSON for people, with a final newline: two spaces of indentation, lists of records one per line, numbers in their
/// shortest form.
std::string indented_json(const boost::json::value& value);

}  // namespace tapewatch::model
