// A weights file: its table of contents is refused with a ModelError, or every view lies inside the bytes.
#include <functional>

#include "model/package/model_error.hpp"
#include "model/package/safetensors.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span file(reinterpret_cast<const std::byte*>(data), size);
  try {
    const auto parsed = model::Safetensors::parse(file, "f.safetensors");
    for (const auto& [name, tensor] : parsed.tensors()) {
      const auto count = model::elements(tensor.shape);
      const std::byte* const begin = tensor.bytes.data();
      fuzz::require(tensor.bytes.empty() || (std::greater_equal<>()(begin, file.data()) &&
                                             std::less_equal<>()(begin + tensor.bytes.size(), file.data() + size)),
                    "a view lies inside the file");
      fuzz::require(tensor.bytes.size() == count * model::size_of(tensor.dtype), "a view has its shape's size");
      if (!model::is_float(tensor.dtype)) continue;
      std::vector<float> values(count);
      model::copy_floats(tensor, values);
    }
  } catch (const model::ModelError& error) {
    fuzz::require(std::string_view(error.what()).starts_with("f.safetensors"), "an error names its file");
  }
  return 0;
}
