#pragma once

#include <string>

#include "alerts/alert.hpp"
#include "config/notation/mutex.hpp"
#include "daemon/commands/demo/demo_receiver.hpp"
#include "storage/document/document_row.hpp"
#include "storage/document/document_writer.hpp"

namespace tapewatch {

/// What the demo prints: headlines with their scores as they are stored, alerts with their stories, webhooks as they
/// arrive, and a summary. Any thread; each call prints whole lines. Colours only on a terminal.
class DemoView {
 public:
  DemoView();

  void start(const std::string& dashboard, const std::string& database, std::size_t history, std::size_t live);
  void history_loaded(std::size_t documents);
  void document(const storage::DocumentRow& row, const storage::Inserted& inserted);
  void transition(const alerts::Transition& transition);
  void webhook(const ReceivedWebhook& webhook);
  void summary(const std::string& dashboard);

 private:
  struct Counts {
    std::size_t documents = 0, positive = 0, neutral = 0, negative = 0, firing = 0, resolved = 0, webhooks = 0,
                bad_signatures = 0;
  };
  std::string paint(const char* code, const std::string& text) const;

  const bool colour_;
  Mutex mutex_;
  bool live_ GUARDED_BY(mutex_) = false;
  Counts counts_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
