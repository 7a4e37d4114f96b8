#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// The vocabularies that feeds mix. `plain`: no namespace, or one of RSS's own.
enum class Vocabulary { plain, atom, rdf, dublin_core, content, media, feedburner, xhtml, xml, other };

/// The vocabulary of an element by the namespace declared on it or above; an undeclared prefix has its customary
/// meaning ("dc", "content", …), because feeds forget declarations.
Vocabulary vocabulary_of(pugi::xml_node element);

/// The name without its prefix.
std::string_view local_name(const char* name);

/// True for an element with that local name, compared without case.
bool is_named(pugi::xml_node element, std::string_view name);

/// The first child element of that vocabulary and local name; null when there is none.
pugi::xml_node child_of(pugi::xml_node parent, Vocabulary vocabulary, std::string_view name);

/// An attribute by local name, compared without case; empty when absent.
std::string_view attribute_of(pugi::xml_node element, std::string_view name);

/// The text of an element: its character data, or, if a publisher put unescaped markup there, its content as HTML.
/// Blanks at both ends are removed.
std::string content_of(pugi::xml_node element);

/// The xml:base in force at `element`, resolved along its ancestors and by `document_base`.
std::string base_at(pugi::xml_node element, std::string_view document_base);

/// The xml:lang in force at `element`; empty when none is.
std::string language_at(pugi::xml_node element);

}  // namespace tapewatch::ingest
