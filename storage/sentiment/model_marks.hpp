#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/sentiment/sentiment_reader.hpp"

namespace tapewatch::storage {

/// Where the version of the model changes along series. Points are told of in the order of their series.
class ModelMarks {
 public:
  ModelMarks(Connection& connection, const SentimentQuery& query);

  void begin_series();
  /// The names, in order, of the versions under which the next point counts, if they are others than before.
  /// kSeveralModels stands for all that have scored documents of the bucket's time.
  std::vector<std::string> next(const std::vector<std::int64_t>& models, std::size_t bucket);
  /// Whether more than one version has been met.
  bool several() const { return met_.size() > 1; }

 private:
  struct Version {
    std::string name;
    std::optional<TimePoint> first, last;  ///< of its documents
  };

  const SentimentQuery& query_;
  std::map<std::int64_t, Version> versions_;
  std::vector<std::int64_t> keys_before_;
  std::set<std::string> before_, met_;
};

}  // namespace tapewatch::storage
