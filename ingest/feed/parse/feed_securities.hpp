#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// The securities and companies that an item names beside its text: categories whose scheme says so (attribute
/// `scheme_attribute`: "domain" in RSS, "scheme" in Atom) and elements called ticker, symbol, ISIN or stock, both only
/// where every part has the form of such a code ("Banks and Insurance" is none); categories that name an exchange
/// ("Nasdaq:KSMR"); and dc:contributor, where wires put the issuer.
void add_securities(pugi::xml_node item, std::string_view scheme_attribute, std::vector<std::string>& entities);

}  // namespace tapewatch::ingest
