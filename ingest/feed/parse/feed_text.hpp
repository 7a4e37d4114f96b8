#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "ingest/text/markup.hpp"

namespace tapewatch::ingest {

/// A text of a feed and the markup that its publisher gave it.
struct FeedText {
  std::string text;
  Markup markup = Markup::html;
};

/// Atom's text constructs and content (RFC 4287 3.1, 4.1.3.3): literal unless the type says HTML, for XHTML what its
/// <div> holds, decoded where Atom 0.3 says base64, nothing for data (XML and other media types) and for content that
/// lies elsewhere. Text without a type that is nothing but block elements is HTML whose type was forgotten.
FeedText atom_text(pugi::xml_node node);

/// What a video or an episode says of itself, for items without a text of RSS or Atom: the description in its
/// media:group, else itunes:summary or itunes:subtitle. Descriptions beside single media are captions.
FeedText episode_text(pugi::xml_node item);

}  // namespace tapewatch::ingest
