#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "alerts/observation.hpp"
#include "daemon/pipeline/scoring/scored.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/document/document_row.hpp"
#include "storage/document/document_writer.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch {

/// Where the islands meet: each translation between their plain types is one function here. Pure.

/// A scored document as it is stored. `record.incoming.content` must hold a document. Without a prediction the row is
/// unscored with the reason.
storage::DocumentRow to_document_row(const Scored& record);

/// A newly inserted row as the detector sees it. `entities` are those that the row's entities were made from.
alerts::Observation to_observation(const storage::DocumentRow& row, const storage::Inserted& inserted,
                                   std::span<const ScoredEntity> entities);

/// The tags of each entity of the watch list, by id.
using EntityTags = std::map<std::string, std::vector<std::string>>;
EntityTags tags_by_entity(const ingest::EntityFinder& finder);
/// The same row read back from the stored sequence. Tags are those of the present watch list.
alerts::Observation to_observation(const storage::SequenceRow& row, const EntityTags& tags);

storage::AlertRow to_alert_row(const alerts::Transition& transition, const std::string& config_version);

/// One message for each webhook that wants the transition. The id derives from alert, step and endpoint, so the same
/// transition never has a second one.
std::vector<storage::OutboxMessage> to_outbox_messages(const alerts::Transition& transition,
                                                       std::span<const alerts::WebhookOptions> webhooks,
                                                       const alerts::MessageContext& context, TimePoint now);

/// One message for each of the other webhooks: `off` gets nothing any more.
std::vector<storage::OutboxMessage> to_disabled_messages(std::string_view off, std::string_view reason,
                                                         std::span<const std::string> webhooks,
                                                         const alerts::MessageContext& context, TimePoint now);

}  // namespace tapewatch
