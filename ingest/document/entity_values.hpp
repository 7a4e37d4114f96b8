#pragma once
#include <boost/json/value.hpp>
#include <string>
#include <vector>

namespace tapewatch::ingest {

/// The companies that a value names, as texts for the watch list: a text, or several with commas where each is a code
/// ("ORLO,KSMR"; "Orlo Holdings, Inc." is one name); a number; of an object its identifiers (isin, lei, figi, ticker
/// with its exchange, name, …), or its keys where it maps names to numbers ({"KSMR": 0.9}); of a list all of these.
std::vector<std::string> entity_texts(const boost::json::value& value);

}  // namespace tapewatch::ingest
