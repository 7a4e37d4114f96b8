// Tested by tests/e2e/readme/readme_test.py
#include "daemon/commands/query/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <boost/url.hpp>
#include <iostream>
#include <stdexcept>

#include "config/notation/ascii.hpp"
#include "config/notation/printable.hpp"
#include "config/toml/load.hpp"
#include "daemon/commands/query/query_output.hpp"
#include "daemon/commands/query/query_source.hpp"
#include "daemon/commands/query/text_table.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

constexpr int kQueryFailed = 1, kQueryUsage = 2;

/// Ends the command with a status after a message.
struct QueryFailure : std::runtime_error {
  QueryFailure(int status_, const std::string& message) : std::runtime_error(message), status(status_) {}
  int status;
};

bool has_filter(const QueryOptions& options, std::string_view name) {
  return std::any_of(options.filters.begin(), options.filters.end(), [&](const auto& f) { return f.first == name; });
}

bool is_daemon_url(const std::string& text) {
  const auto url = boost::urls::parse_uri(text);
  return url && (url->scheme() == "http" || url->scheme() == "https") && !url->host().empty();
}

std::unique_ptr<QuerySource> open_source(const QueryOptions& options) {
  if (!options.url.empty()) {
    if (!is_daemon_url(options.url)) {
      throw QueryFailure(kQueryUsage, "--url: expected an address such as http://127.0.0.1:8080");
    }
    return make_daemon_source(options.url, options.token, options.ca_file);
  }
  if (!options.db.empty()) return make_database_source(options.db);
  const auto path = config::find_config_file(options.config);
  if (!path) throw QueryFailure(kQueryUsage, "nothing to read: give --db FILE, --url URL or --config FILE");
  const auto loaded = config::load(*path);
  std::string errors;
  for (const auto& error : loaded.errors) errors += "\n" + config::to_string(error);
  if (!loaded.ok()) throw QueryFailure(kQueryUsage, "the configuration has errors" + errors);
  return make_database_source(loaded.config.storage.path);
}

/// The message of an error response (RFC 9457), with the parameters named as on the command line.
std::string problem_text(const ApiResponse& response) {
  json::error_code error;
  const auto problem = json::parse(response.body, error);
  if (error || !problem.is_object()) return fmt::format("status {}", response.status);
  const auto& object = problem.as_object();
  std::string text;
  if (const auto* errors = object.if_contains("errors"); errors && errors->is_array()) {
    for (const auto& one : errors->as_array()) {
      const auto* parameter = one.as_object().if_contains("parameter");
      if (!parameter) continue;
      std::string name(parameter->as_string());
      std::replace(name.begin(), name.end(), '_', '-');
      text += fmt::format("{}--{}: {}", text.empty() ? "" : "; ", name, std::string_view(one.at("detail").as_string()));
    }
  }
  if (!text.empty()) return text;
  const auto* detail = object.if_contains("detail");
  return detail && detail->is_string() ? std::string(detail->as_string()) : fmt::format("status {}", response.status);
}

ApiResponse ask(QuerySource& source, const std::string& path, const Fields& query) {
  ApiResponse response = source.get(path, query);
  if (response.status == 200) return response;
  const bool usage = response.status == 400 || response.status == 501;
  throw QueryFailure(usage ? kQueryUsage : kQueryFailed, problem_text(response));
}

/// The body with the parts that follow it.
std::string whole_body(ApiResponse response) {
  if (!response.more) return std::move(response.body);
  while (const auto part = response.more(std::chrono::steady_clock::time_point::max())) response.body += *part;
  return std::move(response.body);
}

/// The cursor of `Link: <…?cursor=…>; rel="next"`, which accompanies formats without a place for it.
std::string linked_cursor(const ApiResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (!notation::equal_in_any_case(name, "Link")) continue;
    const auto target = boost::urls::parse_uri_reference(value.substr(1, value.find('>') - 1));
    if (!target) continue;
    for (const auto& parameter : target->params()) {
      if (parameter.key == "cursor") return std::string(parameter.value);
    }
  }
  return {};
}

std::string next_cursor(const json::value& page) {
  const auto& cursor = page.at("next_cursor");
  return cursor.is_string() ? std::string(cursor.as_string()) : std::string{};
}

/// Every page of a list up to `most` items. `take` receives a response, prints it and returns the next page's cursor.
template <class Take>
void each_page(QuerySource& source, const QueryOptions& options, const std::string& format, std::size_t most,
               Take take) {
  constexpr std::size_t kPage = 1000;
  std::string cursor;
  do {
    Fields query;
    for (const auto& filter : options.filters) {
      const bool replaced = filter.first == "limit" || (filter.first == "cursor" && !cursor.empty());
      if (!replaced) query.push_back(filter);
    }
    query.emplace_back("format", format);
    query.emplace_back("limit", std::to_string(std::min(most, kPage)));
    if (!cursor.empty()) query.emplace_back("cursor", cursor);
    cursor = take(ask(source, "/v1/" + options.what, query));
    most -= std::min(most, kPage);
  } while (!cursor.empty() && most > 0);
}

/// `--limit`, which here may be any number: longer lists are fetched page by page.
std::size_t limit_of(const QueryOptions& options) {
  std::size_t limit = 100;
  for (const auto& [name, value] : options.filters) {
    if (name != "limit") continue;
    const bool digits =
        !value.empty() && value.size() < 10 && value.find_first_not_of("0123456789") == std::string::npos;
    limit = digits ? std::stoul(value) : 0;
    if (limit == 0) throw QueryFailure(kQueryUsage, "--limit: expected a number of at least 1");
  }
  return limit;
}

/// A table is aligned over all its rows; alerts as CSV are written here, because HTTP has them only as JSON.
void print_items(QuerySource& source, const QueryOptions& options, std::ostream& out) {
  json::array items;
  each_page(source, options, "json", limit_of(options), [&](const ApiResponse& response) {
    const auto page = json::parse(response.body);
    const auto& more = page.at("items").as_array();
    items.insert(items.end(), more.begin(), more.end());
    return next_cursor(page);
  });
  if (options.format == "csv") {
    out << alert_csv(items);
  } else if (options.what == "documents") {
    out << document_table(items, terminal_width());
  } else if (options.what == "incidents") {
    out << incident_table(items, terminal_width());
  } else {
    out << alert_table(items, terminal_width());
  }
}

/// The responses unchanged, so that files from here and from HTTP are the same.
void print_export(QuerySource& source, const QueryOptions& options, std::ostream& out) {
  bool first = true;
  each_page(source, options, options.format, limit_of(options), [&](const ApiResponse& response) {
    std::string_view body = response.body;
    if (options.format == "csv" && !first) body.remove_prefix(std::min(body.size(), body.find('\n') + 1));
    out << body;
    first = false;
    return linked_cursor(response);
  });
}

void print_sentiment(QuerySource& source, const QueryOptions& options, std::ostream& out) {
  Fields query = options.filters;
  if (options.plot || options.format == "table") {
    if (has_filter(options, "shape")) throw QueryFailure(kQueryUsage, "--shape: does not apply to tables and plots");
    if (!options.plot && !has_filter(options, "fill")) query.emplace_back("fill", "none");
    const auto answer = json::parse(whole_body(ask(source, "/v1/sentiment", query)));
    out << (options.plot ? sentiment_plot(answer, terminal_width()) : sentiment_table(answer, terminal_width()));
    return;
  }
  query.emplace_back("format", options.format);
  out << whole_body(ask(source, "/v1/sentiment", query));
}

}  // namespace

int run_query(const QueryOptions& options, std::ostream& out, std::ostream& err) {
  try {
    if (options.plot && options.what != "sentiment") {
      throw QueryFailure(kQueryUsage, "--plot: only sentiment can be drawn");
    }
    const auto source = open_source(options);
    if (options.what == "sentiment") {
      print_sentiment(*source, options, out);
    } else if (options.format == "table" || (options.format == "csv" && options.what == "alerts")) {
      print_items(*source, options, out);
    } else {
      print_export(*source, options, out);
    }
    out.flush();
    return out ? 0 : kQueryFailed;
  } catch (const QueryFailure& failure) {
    err << "query: " << notation::printable(failure.what()) << "\n";
    return failure.status;
  } catch (const std::exception& error) {
    err << "query: " << notation::printable(error.what()) << "\n";
    return kQueryFailed;
  }
}

int run_query(const QueryOptions& options) { return run_query(options, std::cout, std::cerr); }

}  // namespace tapewatch
