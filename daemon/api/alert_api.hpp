#pragma once
#include <functional>
#include <string>
#include <vector>

#include "alerts/formats/signed_links.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/api/request/name_check.hpp"
#include "daemon/pipeline/scoring/model_names.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// What the list of alerts knows beside the database, so that it refuses a mistyped filter and names the nearest.
struct AlertApiParts {
  alerts::AlertLinks links = {};  ///< those that show one alert without a token
  ModelNames model = {};
  PresentNames names = {};
  std::function<std::vector<std::string>()> rules = {};  ///< the names of those in force; may be empty
};

/// GET /v1/alerts and /v1/alerts/{id}. `readers` must outlive the router.
void add_alert_routes(Router& router, ReaderPool& readers, AlertApiParts parts = {});

}  // namespace tapewatch
