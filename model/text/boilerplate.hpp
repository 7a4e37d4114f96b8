#pragma once

#include <boost/container/small_vector.hpp>
#include <span>
#include <string>
#include <string_view>

#include "model/text/byte_span.hpp"

namespace tapewatch::model {

/// What stands around news and is none.
enum class BoilerplateKind {
  cookies,       ///< a notice about cookies or privacy
  subscription,  ///< newsletters, log-ins, "read more"
  company,       ///< "About the company"
  outlook,       ///< forward-looking statements, safe harbour
  contact,       ///< for the press and investors
  disclosure,    ///< positions of the author, no investment advice
  credits,       ///< who reported and edited, copyright
};
std::string_view to_string(BoilerplateKind kind);  // "company"

struct Boilerplate {
  ByteSpan span;
  BoilerplateKind kind{};
  bool operator==(const Boilerplate&) const = default;
};

/// Of as many places as a text usually has at most, without the heap.
using BoilerplateSpans = boost::container::small_vector<Boilerplate, 4>;

/// The sentences of an English text that are boilerplate, by how they begin and what follows, in order and disjoint. A
/// portrait of a company reaches to the end of the text; a passage about the outlook or whom to contact as far as its
/// sentences look like it. In doubt a sentence is news. A text of one sentence has none, and one that would be left
/// without a word neither. Any bytes are accepted.
BoilerplateSpans find_boilerplate(std::string_view text);

/// The text with blanks in their place, as far as it reaches.
std::string blanked(std::string_view text, std::span<const Boilerplate> places);

}  // namespace tapewatch::model
