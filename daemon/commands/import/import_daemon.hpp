#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/client/client.hpp"
#include "daemon/commands/import/import_target.hpp"

namespace tapewatch {

struct ImportDaemonOptions {
  std::string url;           ///< of the daemon
  std::string token;         ///< may be empty
  std::string ca_file;       ///< who may have signed its certificate; "": the system's
  std::string state_folder;  ///< where positions are kept; "": nowhere
  std::chrono::milliseconds patience = std::chrono::minutes{10};  ///< without any document accepted
  std::chrono::milliseconds first_wait{500};                      ///< after a failure, doubled up to `longest_wait`
  std::chrono::milliseconds longest_wait = std::chrono::seconds{30};
  std::size_t max_documents = 200;  ///< of one request
  std::size_t max_body_bytes = std::size_t{4} << 20;
};

/// A running daemon, by POST /v1/documents. Waits as Retry-After asks, sends again what was not answered, and takes
/// each document's result from the answer. A file's position is kept in a small file of this user's, once the daemon
/// has answered for everything before it.
class ImportDaemon final : public ImportTarget {
 public:
  explicit ImportDaemon(ImportDaemonOptions options);

  std::size_t batch_documents() const override { return options_.max_documents; }
  std::optional<ImportPosition> position(const std::string& key) override;
  void store(ImportBatch batch, ImportCounts& counts, const TellBadLine& tell) override;
  void finish(ImportCounts&) override {}  // store() waits for the answer

  /// $XDG_STATE_HOME/tapewatch, else ~/.local/state/tapewatch; "" without either.
  static std::string default_state_folder();

 private:
  struct Sent {
    const ImportEntry* entry = nullptr;
    std::string line;  ///< the canonical document
  };
  struct Answers {
    const ImportBatch& batch;
    ImportCounts& counts;
    const TellBadLine& tell;
  };

  struct Refusal {
    bool too_large = false;  ///< of all at once
    std::string trouble;     ///< why some are to be sent again, later; "": none are
    std::optional<std::chrono::milliseconds> retry_after;
  };

  void send(std::vector<Sent> waiting, const Answers& answers);
  Refusal send_part(std::vector<Sent>& part, const Answers& answers) const;
  ClientResult post(const std::string& body) const;
  /// Those that are not known to be stored or rejected.
  static std::vector<Sent> take_results(std::vector<Sent> sent, const std::string& body, const Answers& answers);
  std::string state_path(const std::string& key) const;

  const ImportDaemonOptions options_;
};

/// The document as POST /v1/documents takes it.
std::string canonical_line(const ingest::Document& document);

}  // namespace tapewatch
