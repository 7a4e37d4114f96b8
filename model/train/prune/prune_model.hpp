#pragma once
#include <boost/json/object.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/package/model_package.hpp"
#include "model/package/safetensors.hpp"

namespace tapewatch::model::train {

/// A tensor whose rows and columns can be removed.
struct PrunableTensor {
  DType dtype = DType::f32;  // as it is written: f32 or f16
  Shape shape;
  std::vector<float> values;  // row-major

  /// Keeps the rows (first dimension) or the columns (second one) in `kept`, in its order.
  void keep_rows(const std::vector<std::size_t>& kept);
  void keep_columns(const std::vector<std::size_t>& kept);
};

/// The three files of a model directory, owned.
struct PrunableFiles {
  std::string config_json, vocab_txt, safetensors;
  ModelFiles view() const;
};

/// The parts of a tapewatch model directory.
struct PrunableModel {
  boost::json::object config;
  std::vector<std::string> pieces;  // lines of vocab.txt
  std::map<std::string, PrunableTensor> tensors;

  /// Throws ModelError for everything that load_model() refuses.
  static PrunableModel read(const std::filesystem::path& folder);

  PrunableFiles files() const;
  std::shared_ptr<const ModelPackage> load() const;
  PrunableTensor& tensor(const std::string& name) { return tensors.at(name); }
};

}  // namespace tapewatch::model::train
