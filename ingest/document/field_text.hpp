#pragma once
#include <boost/json/value.hpp>
#include <optional>
#include <string>

namespace tapewatch::ingest {

/// Which member of an object is its text where several are: {"code":"en","name":"English"}.
enum class Prefer { name, code };

/// The text of a value, as valid UTF-8: a string; a number in its shortest form, a whole one without point or exponent
/// (7.0 is "7"); of a list the first text; of an object its member for text, code, name, id, address, …. nullopt where
/// there is none; "" is a text.
std::optional<std::string> text_of(const boost::json::value& value, Prefer prefer = Prefer::name);

/// The same, but the texts of a list stand one a line: paragraphs.
std::optional<std::string> lines_of(const boost::json::value& value);

/// Null, "", blanks, false, and lists and objects without members: what senders write for "not there".
bool is_absent(const boost::json::value& value);

}  // namespace tapewatch::ingest
