// Tested by tests/model/encoder_test.cpp
#include "model/layers/word_table.hpp"

#include <algorithm>

namespace tapewatch::model {

WordTable::WordTable(const TensorView& tensor)
    : bytes_(std::make_unique_for_overwrite<std::byte[]>(tensor.bytes.size())),
      dtype_(tensor.dtype),
      row_bytes_(tensor.shape[1] * size_of(tensor.dtype)) {
  std::copy(tensor.bytes.begin(), tensor.bytes.end(), bytes_.get());
}

}  // namespace tapewatch::model
