// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

std::string scoring_text(const Document& document) {
  if (document.body.empty()) return document.title;
  std::string text;
  text.reserve(document.title.size() + 1 + document.body.size());
  text += document.title;
  text += '\n';
  text += document.body;
  return text;
}

}  // namespace tapewatch::ingest
