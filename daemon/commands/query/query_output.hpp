#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace tapewatch {

/// What `tapewatch query` prints from the JSON of a response. `width` 0: lines are not shortened.
std::string sentiment_table(const boost::json::value& answer, std::size_t width);
std::string sentiment_plot(const boost::json::value& answer, std::size_t width);
std::string document_table(const boost::json::value& items, std::size_t width);
std::string alert_table(const boost::json::value& items, std::size_t width);
std::string incident_table(const boost::json::value& items, std::size_t width);
std::string alert_csv(const boost::json::value& items);

}  // namespace tapewatch
