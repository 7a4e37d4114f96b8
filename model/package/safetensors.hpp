#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model {

/// Element types of a safetensors file. Only f32, f16 and bf16 are read as floats; the others are known by their size,
/// so that a file that contains them beside the weights (published ones have I64 position ids) can still be read.
enum class DType { boolean, u8, i8, f8_e4m3, f8_e5m2, i16, u16, f16, bf16, i32, u32, f32, i64, u64, f64 };
std::string_view to_string(DType dtype);  // as in the file: "F16"
std::size_t size_of(DType dtype);         // bytes
bool is_float(DType dtype);               // a type that is read as floats

using Shape = std::vector<std::size_t>;
std::string to_string(const Shape& shape);  // "[3, 384]"
/// The product of the extents; throws ModelError if it does not fit.
std::size_t elements(const Shape& shape);

/// A tensor inside the file's bytes, row-major, little-endian, not necessarily aligned.
struct TensorView {
  DType dtype = DType::f32;
  Shape shape;
  std::span<const std::byte> bytes;
};

/// `out.size()` elements of f32, f16 or bf16 at `bytes` (any alignment) as floats. Throws ModelError for other types.
void read_floats(DType dtype, const std::byte* bytes, std::span<float> out);
/// The tensor as floats; `out.size()` must be the number of elements. Throws ModelError for other types.
void copy_floats(const TensorView& tensor, std::span<float> out);

/// The table of contents of a safetensors file. Views point into the bytes given, which must outlive it.
class Safetensors {
 public:
  /// Checks everything: header length, JSON, types, shapes against sizes, offsets without gap or overlap, no missing
  /// and no trailing bytes. Throws ModelError that begins with `origin`.
  static Safetensors parse(std::span<const std::byte> file, std::string_view origin);

  const TensorView* find(std::string_view name) const;
  const std::map<std::string, TensorView, std::less<>>& tensors() const { return tensors_; }
  const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }

 private:
  std::map<std::string, TensorView, std::less<>> tensors_;
  std::map<std::string, std::string, std::less<>> metadata_;
};

/// A tensor to be written: of `values`, with `dtype` f32 or f16 (rounded to nearest), or without them of `bytes`, which
/// are written as they are.
struct TensorToWrite {
  std::string name;
  DType dtype = DType::f16;
  Shape shape;
  std::span<const float> values = {};
  std::span<const std::byte> bytes = {};
};

/// The bytes of a safetensors file, tensors in the order given: the same input gives the same bytes. Throws ModelError
/// if a shape does not fit its values, a name repeats or a type cannot be written.
std::string write_safetensors(std::span<const TensorToWrite> tensors,
                              const std::map<std::string, std::string, std::less<>>& metadata = {});
/// The same bytes, passed on tensor by tensor: never all of them in memory.
void write_safetensors(const std::function<void(std::string_view)>& write, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string, std::less<>>& metadata = {});

}  // namespace tapewatch::model
