#pragma once

#include <stdexcept>

namespace tapewatch::model {

/// A model that cannot be used: the message names the file or tensor, what was expected and what was found.
class ModelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tapewatch::model
