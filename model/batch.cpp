#include "model/batch.hpp"

namespace tapewatch::model {

void Batch::clear() {
  ids.clear();
  starts.assign(1, 0);
}

void Batch::add(std::span<const Token> tokens) {
  for (const auto& token : tokens) ids.push_back(token.id);
  starts.push_back(ids.size());
}

}  // namespace tapewatch::model
