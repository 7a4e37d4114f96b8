#include "daemon/commands/import/import_daemon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "config/notation/environment.hpp"
#include "config/notation/http_date.hpp"
#include "config/notation/json_writer.hpp"
#include "daemon/commands/daemon_request.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string text_in(const json::object& object, std::string_view name) {
  const auto* const member = object.if_contains(name);
  const auto* const text = member ? member->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

/// The first error of a line's result.
std::string rejection_in(const json::object& result) {
  const auto* const errors = result.if_contains("errors");
  if (!errors || !errors->is_array() || errors->get_array().empty()) return "rejected";
  const auto* const first = errors->get_array().front().if_object();
  return first ? reason_of({text_in(*first, "pointer"), text_in(*first, "detail")}) : "rejected";
}

}  // namespace

std::string canonical_line(const ingest::Document& document) {
  notation::JsonWriter out;
  out.begin_object().field("id", document.id).field("source", document.source);
  const auto text = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out.field(name, value);
  };
  text("title", document.title);
  text("body", document.body);
  text("url", document.url);
  text("language", document.language);
  if (document.published_from == ingest::PublishedFrom::source) out.field("published_at", document.published_at);
  if (!document.entities.empty()) {
    out.key("entities").begin_array();
    for (const std::string& entity : document.entities) out.value(entity);
    out.end_array();
  }
  if (document.revision) out.field("revision", *document.revision);
  constexpr const char* kActions[] = {"", "insert", "update", "remove", "hold"};
  text("action",
       document.unknown_action.empty() ? kActions[static_cast<int>(document.action)] : document.unknown_action);
  if (document.embargo_until) out.field("embargo_until", *document.embargo_until);
  return out.end_object().take();
}

ImportDaemon::ImportDaemon(ImportDaemonOptions options) : options_(std::move(options)) {}

std::string ImportDaemon::default_state_folder() {
  if (const auto state = notation::environment("XDG_STATE_HOME").value_or(""); !state.empty()) {
    return std::string(state) + "/tapewatch";
  }
  const auto home = notation::environment("HOME").value_or("");
  return home.empty() ? std::string() : std::string(home) + "/.local/state/tapewatch";
}

std::string ImportDaemon::state_path(const std::string& key) const {
  return options_.state_folder + "/import-" + key + ".json";
}

std::optional<ImportPosition> ImportDaemon::position(const std::string& key) {
  if (options_.state_folder.empty() || key.empty()) return std::nullopt;
  std::ostringstream text;
  text << std::ifstream(state_path(key)).rdbuf();
  return read_position(text.str());
}

void ImportDaemon::store(ImportBatch batch, ImportCounts& counts, const TellBadLine& tell) {
  const Answers answers{batch, counts, tell};
  std::vector<Sent> part;
  std::size_t bytes = 0;
  for (const ImportEntry& entry : batch.entries) {
    if (!entry.document) {
      tell(batch.place_of(entry), reason_of(entry.document.error()));
      ++counts.rejected;
      continue;
    }
    std::string line = canonical_line(*entry.document) + "\n";
    if (!part.empty() && (part.size() == options_.max_documents || bytes + line.size() > options_.max_body_bytes)) {
      send(std::exchange(part, {}), answers);
      bytes = 0;
    }
    bytes += line.size();
    part.push_back({&entry, std::move(line)});
  }
  if (!part.empty()) send(std::move(part), answers);
  if (!batch.after || batch.key.empty() || options_.state_folder.empty()) return;
  std::error_code ignored;  // without the file a second run sends everything again, and nothing is stored twice
  fs::create_directories(options_.state_folder, ignored);
  const std::string path = state_path(batch.key);
  std::ofstream(path + ".new") << position_json(*batch.after) << "\n";
  fs::rename(path + ".new", path, ignored);
}

/// Until all of it is answered for; smaller parts where the daemon takes no more at once.
void ImportDaemon::send(std::vector<Sent> waiting, const Answers& answers) {
  auto heard = std::chrono::steady_clock::now();
  auto wait = options_.first_wait;
  for (std::size_t most = waiting.size(); !waiting.empty();) {
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting.size()));
    std::vector<Sent> part(std::make_move_iterator(waiting.begin()), std::make_move_iterator(end));
    waiting.erase(waiting.begin(), end);
    const std::size_t sent = part.size();
    Refusal refusal = send_part(part, answers);
    if (part.size() < sent) {
      heard = std::chrono::steady_clock::now();
      wait = options_.first_wait;
    }
    waiting.insert(waiting.begin(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
    if (refusal.too_large) most = sent / 2;
    if (refusal.trouble.empty()) continue;
    if (std::chrono::steady_clock::now() - heard > options_.patience) {
      throw std::runtime_error(fmt::format("{}: {}", loggable_url(options_.url), refusal.trouble));
    }
    std::this_thread::sleep_for(std::min(refusal.retry_after.value_or(wait), options_.longest_wait));
    wait = std::min(wait * 2, options_.longest_wait);
  }
}

/// Leaves in `part` what is to be sent again.
ImportDaemon::Refusal ImportDaemon::send_part(std::vector<Sent>& part, const Answers& answers) const {
  std::string body;
  for (const Sent& one : part) body += one.line;
  const ClientResult answer = post(body);
  Refusal refusal;
  if (!answer) {
    refusal.trouble = answer.error().message;
  } else if (answer->status == 200) {
    part = take_results(std::move(part), answer->body, answers);
    if (!part.empty()) refusal.trouble = "the daemon does not get to all that it is sent";
  } else if (answer->status == 413 && part.size() > 1) {
    refusal.too_large = true;
  } else if (answer->status == 413) {
    answers.tell(answers.batch.place_of(*part.front().entry), refusal_in_words(*answer));
    ++answers.counts.rejected;
    part.clear();
  } else if (answer->status == 503 || answer->status == 429) {
    refusal.trouble = refusal_in_words(*answer);
    refusal.retry_after = notation::parse_retry_after(find_header(answer->headers, "Retry-After"), wall_now());
  } else {
    throw std::runtime_error(fmt::format("{}: {}", loggable_url(options_.url), refusal_in_words(*answer)));
  }
  return refusal;
}

std::vector<ImportDaemon::Sent> ImportDaemon::take_results(std::vector<Sent> sent, const std::string& body,
                                                           const Answers& answers) {
  std::vector<Sent> unknown;
  std::istringstream lines(body);
  std::string line;
  for (Sent& one : sent) {
    std::getline(lines, line);
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    const auto* const result = error ? nullptr : value.if_object();
    const std::string status = result ? text_in(*result, "status") : "unknown";
    if (status == "unknown" || status.empty()) {
      unknown.push_back(std::move(one));
      continue;
    }
    answers.counts.count(status);
    if (status == "rejected") answers.tell(answers.batch.place_of(*one.entry), rejection_in(*result));
    line.clear();
  }
  return unknown;
}

ClientResult ImportDaemon::post(const std::string& body) const {
  ClientRequest request = daemon_request("POST", options_.url, "/v1/documents?backfilled=true", options_.token);
  request.headers.emplace_back("Content-Type", "application/x-ndjson");
  request.body = body;
  request.max_response_bytes = std::size_t{64} << 20;
  return send_and_wait(std::move(request), {.ca_file = options_.ca_file});
}

}  // namespace tapewatch
