#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// The vocabularies that feeds mix. `plain`: no namespace, or one of RSS's own; `newswire`:
/// prn:, `central_bank`: RSS-CB's cb:.
enum class Vocabulary {
  plain,
  atom,
  rdf,
  dublin_core,
  content,
  media,
  itunes,
  feedburner,
  xhtml,
  xml,
  newswire,
  central_bank,
  edgar,
  other
};

/// The vocabulary of an element by the namespace declared on it or above. A prefix that is not declared, or stands for
/// an address that nobody knows, has its customary meaning ("dc", "content", …): feeds forget and mistype declarations.
Vocabulary vocabulary_of(pugi::xml_node element);

/// Whether an element is read as one of `vocabulary`. Beside those that say so, RSS's own are all that have no prefix,
/// or the root's, whatever default namespace is declared on the root, the item or the element; likewise Atom's in Atom.
bool belongs_to(pugi::xml_node element, Vocabulary vocabulary);

/// The name without its prefix.
std::string_view local_name(const char* name);

/// True for an element with that local name, compared without case.
bool is_named(pugi::xml_node element, std::string_view name);

/// The first child element that belongs to that vocabulary and has that local name; null when there is none.
pugi::xml_node child_of(pugi::xml_node parent, Vocabulary vocabulary, std::string_view name);

/// The children of `parent` that `wanted` accepts; if there are none, those within its other elements, in document
/// order: some publishers wrap their items.
std::vector<pugi::xml_node> elements_below(pugi::xml_node parent, bool (*wanted)(pugi::xml_node));

/// An attribute by local name, compared without case; empty when absent.
std::string_view attribute_of(pugi::xml_node element, std::string_view name);

/// The text of an element: its character data, or, if a publisher put unescaped markup there, its content as HTML.
/// Blanks at both ends are removed.
std::string content_of(pugi::xml_node element);

/// What stands between an element's tags, as HTML: in character data '&' and '<' are references. Blanks at both ends
/// are removed.
std::string markup_of(pugi::xml_node element);

/// The xml:base in force at `element`, resolved along its ancestors and by `document_base`.
std::string base_at(pugi::xml_node element, std::string_view document_base);

/// The xml:lang that an element has from itself or from an ancestor up to `last` (null: any); empty when none is.
std::string language_at(pugi::xml_node element, pugi::xml_node last = {});

}  // namespace tapewatch::ingest
