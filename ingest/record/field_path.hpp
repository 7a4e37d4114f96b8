#pragma once
#include <boost/json/value.hpp>
#include <vector>

#include "ingest/record/field_path_options.hpp"

namespace tapewatch::ingest {

/// The values to which the steps lead from `root`, in document order; none where a step leads nowhere. At most
/// kMaxSelected.
std::vector<const boost::json::value*> select(const std::vector<PathStep>& steps, const boost::json::value& root);

inline constexpr std::size_t kMaxSelected = 10'000;

}  // namespace tapewatch::ingest
