// Tested by tests/model/text/windows_test.cpp
#include "model/text/batch.hpp"

namespace tapewatch::model {

void Batch::clear() {
  ids.clear();
  starts.assign(1, 0);
}

void Batch::add(std::span<const Token> tokens) {
  for (const auto& token : tokens) ids.push_back(token.id);
  starts.push_back(ids.size());
}

void Batch::add(std::span<const Token> tokens, TokenRange pieces) {
  ids.push_back(tokens.front().id);
  for (const auto& token : tokens.subspan(pieces.first, pieces.size())) ids.push_back(token.id);
  ids.push_back(tokens.back().id);
  starts.push_back(ids.size());
}

}  // namespace tapewatch::model
