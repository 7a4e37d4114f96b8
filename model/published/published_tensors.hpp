#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "model/package/safetensors.hpp"
#include "model/published/published_config.hpp"

namespace tapewatch::model {

/// A published classifier's weights under the names of our own model directory.
struct PublishedTensors {
  std::vector<TensorToWrite> tensors;     // of the bytes of the file, which must outlive them, or of `values`
  std::deque<std::vector<float>> values;  // of the few tensors that are not as in the file; each stays in its place
  std::size_t classes = 0;                // outputs of the classifier
  std::vector<std::string> unused;        // tensors of the file that the classifier does not need
};

/// Reads BERT (`bert.…`, `classifier.…`) and DistilBERT (`distilbert.…`, `pre_classifier.…`, `classifier.…`), also with
/// `module.` in front of every name, and encoders without their `bert.`. Of the word table the first `pieces` rows:
/// published tables may be longer, with rows that no text reaches. DistilBERT has no token types: zeros. Throws
/// ModelError that names the tensor, what was expected and what was found: missing, another shape or type, or one
/// inside the encoder that these architectures do not have.
PublishedTensors read_published_tensors(const Safetensors& file, const PublishedConfig& config, std::size_t pieces);

}  // namespace tapewatch::model
