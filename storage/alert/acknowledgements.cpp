#include "storage/alert/acknowledgements.hpp"

namespace tapewatch::storage {

std::optional<Acknowledgement> Acknowledgements::add(std::string_view alert_id, const Acknowledgement& said) {
  const auto all = of(alert_id);
  if (!all.empty()) {
    const Acknowledgement& last = all.back();
    if (last.by == said.by && last.comment == said.comment && last.verdict == said.verdict) return std::nullopt;
  }
  Acknowledgement added = said;
  connection_
      .prepare(
          "INSERT INTO acknowledgement (alert, at, author, comment, verdict, token) VALUES ((SELECT number FROM alert "
          "WHERE id = ?), ?, ?, ?, ?, ?)")
      .bind_all(alert_id, said.at, said.by, said.comment, said.verdict, said.token)
      .run();
  added.number = connection_.last_insert_id();
  return added;
}

std::vector<Acknowledgement> Acknowledgements::of(std::string_view alert_id) const {
  auto read = connection_.prepare(
      "SELECT k.number, k.at, k.author, k.comment, k.verdict, k.token FROM acknowledgement k JOIN alert a ON k.alert = "
      "a.number WHERE a.id = ? ORDER BY k.number");
  read.bind(1, alert_id);
  std::vector<Acknowledgement> all;
  while (read.step()) {
    Acknowledgement one{read.integer(0), read.time(1), read.text(2), read.text(3), std::nullopt, read.text(5)};
    if (!read.is_null(4)) one.verdict = read.text(4);
    all.push_back(std::move(one));
  }
  return all;
}

std::optional<Acknowledgement> Acknowledgements::latest(std::string_view alert_id) const {
  const auto all = of(alert_id);
  if (all.empty()) return std::nullopt;
  Acknowledgement last = all.back();
  for (auto one = all.rbegin(); !last.verdict && one != all.rend(); ++one) last.verdict = one->verdict;
  return last;
}

std::set<std::string> Acknowledgements::told_of(std::string_view alert_id) const {
  auto read = connection_.prepare("SELECT webhook FROM outbox WHERE alert_id = ? AND type = 'alert.firing'");
  read.bind(1, alert_id);
  std::set<std::string> webhooks;
  while (read.step()) webhooks.insert(read.text(0));
  return webhooks;
}

}  // namespace tapewatch::storage
