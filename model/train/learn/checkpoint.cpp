// Tested by tests/train/learn/trainer_test.cpp
#include "model/train/learn/checkpoint.hpp"

#include <fcntl.h>
#include <torch/csrc/jit/serialization/pickle.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <type_traits>

namespace tapewatch::model::train {
namespace {

constexpr const char* kFile = "checkpoint.pt";
constexpr std::size_t kProgressFields = sizeof(Progress) / sizeof(double);
static_assert(std::is_trivially_copyable_v<Progress>);

using Dict = c10::Dict<std::string, torch::Tensor>;

void put(Dict& dict, const std::string& prefix, const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) dict.insert(prefix + name, tensor.detach());
}

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
  throw std::runtime_error(path.string() + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

Checkpoint resume_from(const std::filesystem::path& folder, std::int64_t run) {
  auto checkpoint = load_checkpoint(folder);
  if (!checkpoint) throw std::runtime_error(folder.string() + ": no checkpoint to resume from");
  if (checkpoint->run != run) {
    throw std::runtime_error(folder.string() + ": the checkpoint is of a run with other options, rows or encoder");
  }
  at::Generator generator = at::detail::getDefaultCPUGenerator();  // a handle, not a copy
  generator.set_state(checkpoint->random_state);
  return *std::move(checkpoint);
}

void write_atomically(const std::filesystem::path& path, std::string_view bytes) {
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  const auto temporary = path.string() + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) fail(temporary, "cannot be created");
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0) {
      ::close(file);
      fail(temporary, "cannot be written");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  if (!synced) fail(temporary, "cannot be synced");
  std::filesystem::rename(temporary, path);
}

void save_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint) {
  Dict dict;
  put(dict, "weights/", checkpoint.weights);
  put(dict, "averages/", checkpoint.averages);
  put(dict, "optimiser/", checkpoint.optimiser);
  put(dict, "ranks/", checkpoint.ranks);
  dict.insert("random", checkpoint.random_state);
  auto progress = torch::empty({static_cast<std::int64_t>(kProgressFields)}, torch::kDouble);
  std::memcpy(progress.data_ptr<double>(), &checkpoint.progress, sizeof(Progress));
  dict.insert("progress", progress);
  dict.insert("run", torch::tensor(checkpoint.run, torch::kLong));
  const auto bytes = torch::jit::pickle_save(dict);
  write_atomically(folder / kFile, {bytes.data(), bytes.size()});
}

std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& folder) {
  std::ifstream in(folder / kFile, std::ios::binary);
  if (!in) return std::nullopt;
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  Checkpoint checkpoint;
  try {
    for (const auto& entry : torch::jit::pickle_load(bytes).toGenericDict()) {
      const auto key = entry.key().toStringRef();
      const auto tensor = entry.value().toTensor();
      if (key.starts_with("weights/")) {
        checkpoint.weights[key.substr(8)] = tensor;
      } else if (key.starts_with("averages/")) {
        checkpoint.averages[key.substr(9)] = tensor;
      } else if (key.starts_with("optimiser/")) {
        checkpoint.optimiser[key.substr(10)] = tensor;
      } else if (key.starts_with("ranks/")) {
        checkpoint.ranks[key.substr(6)] = tensor;
      } else if (key == "random") {
        checkpoint.random_state = tensor;
      } else if (key == "run") {
        checkpoint.run = tensor.item<std::int64_t>();
      } else if (key == "progress" && tensor.numel() == static_cast<std::int64_t>(kProgressFields)) {
        std::memcpy(static_cast<void*>(&checkpoint.progress), tensor.data_ptr<double>(), sizeof(Progress));
      }
    }
  } catch (const std::exception& error) {
    throw std::runtime_error((folder / kFile).string() + ": not a readable checkpoint: " + error.what());
  }
  if (!checkpoint.random_state.defined() || checkpoint.weights.empty()) {
    throw std::runtime_error((folder / kFile).string() + ": the checkpoint is incomplete");
  }
  return checkpoint;
}

}  // namespace tapewatch::model::train
