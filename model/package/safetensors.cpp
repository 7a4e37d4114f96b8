#include "model/package/safetensors.hpp"
#include "config/notation/json_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/json.hpp>
#include <cstring>
#include <limits>

#include "model/package/half.hpp"
#include "model/package/model_error.hpp"

namespace tapewatch::model {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors is little-endian and is read in place");

namespace json = boost::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeaderBytes = 16U << 20;

struct TypeInfo {
  DType dtype;
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array kTypes{
    TypeInfo{DType::boolean, "BOOL", 1},    TypeInfo{DType::u8, "U8", 1},           TypeInfo{DType::i8, "I8", 1},
    TypeInfo{DType::f8_e4m3, "F8_E4M3", 1}, TypeInfo{DType::f8_e5m2, "F8_E5M2", 1}, TypeInfo{DType::i16, "I16", 2},
    TypeInfo{DType::u16, "U16", 2},         TypeInfo{DType::f16, "F16", 2},         TypeInfo{DType::bf16, "BF16", 2},
    TypeInfo{DType::i32, "I32", 4},         TypeInfo{DType::u32, "U32", 4},         TypeInfo{DType::f32, "F32", 4},
    TypeInfo{DType::i64, "I64", 8},         TypeInfo{DType::u64, "U64", 8},         TypeInfo{DType::f64, "F64", 8},
};

const TypeInfo& info(DType dtype) {
  return *std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& type) { return type.dtype == dtype; });
}

const json::value& member(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (!value) throw ModelError(fmt::format("expected \"{}\", found none", key));
  return *value;
}

std::size_t to_size(const json::value& value, std::string_view what) {
  boost::system::error_code error;
  const auto number = value.to_number<std::uint64_t>(error);
  if (error || value.is_double()) {
    throw ModelError(fmt::format("expected a non-negative integer in {}, found {}", what, notation::to_json(value)));
  }
  return number;
}

std::vector<std::size_t> to_sizes(const json::value& value, std::string_view what) {
  if (!value.is_array()) throw ModelError(fmt::format("expected an array in {}", what));
  std::vector<std::size_t> sizes;
  for (const auto& item : value.get_array()) sizes.push_back(to_size(item, what));
  return sizes;
}

struct Entry {
  TensorView tensor;
  std::size_t begin = 0, end = 0;
};

Entry parse_entry(const json::value& value) {
  if (!value.is_object()) throw ModelError("expected an object");
  const auto& object = value.get_object();
  const auto& type = member(object, "dtype");
  const auto name = type.is_string() ? std::string_view(type.get_string()) : std::string_view("not a string");
  const auto known = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& item) { return item.name == name; });
  if (known == kTypes.end()) throw ModelError(fmt::format("expected a known dtype, found {}", name));
  Entry entry;
  entry.tensor.dtype = known->dtype;
  entry.tensor.shape = to_sizes(member(object, "shape"), "shape");
  const auto offsets = to_sizes(member(object, "data_offsets"), "data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1]) throw ModelError("expected data_offsets [begin, end]");
  entry.begin = offsets[0];
  entry.end = offsets[1];
  const auto count = elements(entry.tensor.shape);
  if ((entry.end - entry.begin) / known->bytes != count || (entry.end - entry.begin) % known->bytes != 0) {
    throw ModelError(fmt::format("expected {} elements of {} for shape {}, found {} bytes", count, known->name,
                                 to_string(entry.tensor.shape), entry.end - entry.begin));
  }
  return entry;
}

json::object parse_header(std::span<const std::byte> file) {
  if (file.size() < kLengthBytes) {
    throw ModelError(fmt::format("truncated: expected a header of 8 bytes, found {} bytes", file.size()));
  }
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  if (length > kMaxHeaderBytes) {
    throw ModelError(fmt::format("not a safetensors file: expected a header of at most {} bytes, found a length of {}",
                                 kMaxHeaderBytes, length));
  }
  if (length > file.size() - kLengthBytes) {
    throw ModelError(
        fmt::format("truncated: expected {} bytes of header, found {}", length, file.size() - kLengthBytes));
  }
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + kLengthBytes, length);
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (error) throw ModelError(fmt::format("expected a JSON header, found an error in it: {}", error.message()));
  if (!value.is_object()) throw ModelError("expected a JSON object as header");
  return std::move(value.get_object());
}

// The format requires the data area to be covered from first to last byte, each byte by one tensor.
void check_cover(std::vector<std::pair<std::string_view, const Entry*>> entries, std::size_t data_bytes) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second->begin, a.second->end) < std::pair(b.second->begin, b.second->end);
  });
  std::size_t at = 0;
  for (const auto& [name, entry] : entries) {
    if (entry->begin != at) {
      throw ModelError(fmt::format("{}: expected its data at byte {}, found it at {}", name, at, entry->begin));
    }
    at = entry->end;
  }
  if (at > data_bytes) throw ModelError(fmt::format("truncated: expected {} bytes of data, found {}", at, data_bytes));
  if (at < data_bytes) {
    throw ModelError(fmt::format("trailing bytes: expected {} bytes of data, found {}", at, data_bytes));
  }
}

void check_content(const TensorToWrite& tensor) {
  const std::size_t count = elements(tensor.shape);
  if (tensor.bytes.data() != nullptr) {
    if (tensor.values.empty() && tensor.bytes.size() == count * info(tensor.dtype).bytes) return;
    throw ModelError(fmt::format("{}: expected {} bytes for shape {}, found {} and {} values", tensor.name,
                                 count * info(tensor.dtype).bytes, to_string(tensor.shape), tensor.bytes.size(),
                                 tensor.values.size()));
  }
  if (tensor.dtype != DType::f32 && tensor.dtype != DType::f16) {
    throw ModelError(fmt::format("{}: values are written as F32 or F16, not {}", tensor.name, to_string(tensor.dtype)));
  }
  if (count != tensor.values.size()) {
    throw ModelError(fmt::format("{}: expected {} values for shape {}, found {}", tensor.name, count,
                                 to_string(tensor.shape), tensor.values.size()));
  }
}

}  // namespace

std::string_view to_string(DType dtype) { return info(dtype).name; }
std::size_t size_of(DType dtype) { return info(dtype).bytes; }
std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::size_t elements(const Shape& shape) {
  std::size_t count = 1;
  for (const auto extent : shape) {
    if (__builtin_mul_overflow(count, extent, &count)) {
      throw ModelError(fmt::format("expected a shape that fits memory, found {}", to_string(shape)));
    }
  }
  return count;
}

bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16; }

void read_floats(DType dtype, const std::byte* bytes, std::span<float> out) {
  if (dtype == DType::f16) {
    halves_to_floats(bytes, out);
  } else if (dtype == DType::bf16) {
    brains_to_floats(bytes, out);
  } else if (dtype == DType::f32) {
    if (!out.empty()) std::memcpy(out.data(), bytes, out.size_bytes());
  } else {
    throw ModelError(fmt::format("expected dtype F32, F16 or BF16, found {}", to_string(dtype)));
  }
}

void copy_floats(const TensorView& tensor, std::span<float> out) {
  const auto count = elements(tensor.shape);
  if (count != out.size()) throw ModelError(fmt::format("expected {} elements, found {}", out.size(), count));
  read_floats(tensor.dtype, tensor.bytes.data(), out);
}

Safetensors Safetensors::parse(std::span<const std::byte> file, std::string_view origin) try {
  const auto header = parse_header(file);
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  const auto data = file.subspan(kLengthBytes + length);
  Safetensors result;
  std::map<std::string, Entry, std::less<>> entries;
  for (const auto& item : header) {
    const std::string name(item.key());
    if (name == "__metadata__") {
      if (!item.value().is_object()) throw ModelError("__metadata__: expected an object");
      for (const auto& pair : item.value().get_object()) {
        if (!pair.value().is_string()) throw ModelError("__metadata__: expected strings");
        result.metadata_.emplace(pair.key(), pair.value().get_string().c_str());
      }
      continue;
    }
    try {
      if (!entries.emplace(name, parse_entry(item.value())).second) throw ModelError("found twice");
    } catch (const ModelError& error) {
      throw ModelError(fmt::format("{}: {}", name, error.what()));
    }
  }
  std::vector<std::pair<std::string_view, const Entry*>> order;
  order.reserve(entries.size());
  for (const auto& [name, entry] : entries) order.emplace_back(name, &entry);
  check_cover(std::move(order), data.size());
  for (auto& [name, entry] : entries) {
    entry.tensor.bytes = data.subspan(entry.begin, entry.end - entry.begin);
    result.tensors_.emplace(name, std::move(entry.tensor));
  }
  return result;
} catch (const ModelError& error) {
  throw ModelError(fmt::format("{}: {}", origin, error.what()));
}

const TensorView* Safetensors::find(std::string_view name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

std::string write_safetensors(std::span<const TensorToWrite> tensors,
                              const std::map<std::string, std::string, std::less<>>& metadata) {
  std::string file;
  write_safetensors([&](std::string_view bytes) { file += bytes; }, tensors, metadata);
  return file;
}

void write_safetensors(const std::function<void(std::string_view)>& write, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string, std::less<>>& metadata) {
  json::object header;
  if (!metadata.empty()) {
    json::object object;
    for (const auto& [key, value] : metadata) object[key] = value;
    header["__metadata__"] = std::move(object);
  }
  std::size_t at = 0;
  for (const auto& tensor : tensors) {
    check_content(tensor);
    if (header.contains(tensor.name)) throw ModelError(fmt::format("{}: found twice", tensor.name));
    const auto end = at + elements(tensor.shape) * size_of(tensor.dtype);
    header[tensor.name] = {{"dtype", to_string(tensor.dtype)},
                           {"shape", json::array(tensor.shape.begin(), tensor.shape.end())},
                           {"data_offsets", {at, end}}};
    at = end;
  }
  auto text = notation::to_json(header);
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');  // data begins 8-aligned
  const std::uint64_t length = text.size();
  const auto write_bytes = [&](const auto& bytes) {
    const auto all = std::as_bytes(std::span(bytes));
    write({reinterpret_cast<const char*>(all.data()), all.size()});
  };
  write_bytes(std::span(&length, 1));
  write(text);
  for (const auto& tensor : tensors) {
    if (tensor.bytes.data() != nullptr) {
      write_bytes(tensor.bytes);
    } else if (tensor.dtype == DType::f32) {
      write_bytes(tensor.values);
    } else {
      std::vector<std::uint16_t> halves(tensor.values.size());
      std::ranges::transform(tensor.values, halves.begin(), float_to_half);
      write_bytes(halves);
    }
  }
}

}  // namespace tapewatch::model
