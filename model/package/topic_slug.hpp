#pragma once

#include <string>
#include <string_view>

namespace tapewatch::model {

/// The id of a topic from its name: ASCII lower case, every run of other characters one '-', none at the ends.
/// `Fed | Central Banks` → `fed-central-banks`. A slug is its own slug.
std::string topic_slug(std::string_view name);

/// Whether a risk event may have this id: a slug, and not `none`, which stands for no event.
bool is_event_id(std::string_view id);

}  // namespace tapewatch::model
