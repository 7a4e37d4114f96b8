#include "ingest/record/field_path.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;
using Nodes = std::vector<const json::value*>;

void add(const json::value* value, Nodes& into) {
  if (value != nullptr && into.size() < kMaxSelected) into.push_back(value);
}

const json::value* member_of(const json::value& value, const std::string& name) {
  const json::object* object = value.if_object();
  return object != nullptr ? object->if_contains(name) : nullptr;
}

const json::value* element_of(const json::value& value, std::int64_t index) {
  const json::array* list = value.if_array();
  if (list == nullptr) return nullptr;
  const auto size = static_cast<std::int64_t>(list->size());
  const std::int64_t at = index < 0 ? size + index : index;
  return at >= 0 && at < size ? &(*list)[static_cast<std::size_t>(at)] : nullptr;
}

/// The index that a pointer's token means; nullopt for "01", "-" and names.
std::optional<std::int64_t> index_of(const std::string& token) {
  constexpr std::size_t kMostDigits = 9;
  const bool zero_first = token.size() > 1 && token.front() == '0';
  if (token.empty() || token.size() > kMostDigits || zero_first) return std::nullopt;
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  return error == std::errc() && end == token.data() + token.size() && index >= 0 ? std::optional(index) : std::nullopt;
}

bool equal(const json::value& value, const json::value& literal) {
  if (value.is_number() && literal.is_number()) return value.to_number<double>() == literal.to_number<double>();
  return value == literal;
}

bool passes(const PathStep& filter, const json::value& element) {
  for (const json::value* found : select(filter.subject, element)) {
    if (filter.exists || equal(*found, filter.literal)) return true;
  }
  return false;
}

void step_into(const PathStep& step, const json::value& value, Nodes& into) {
  using Kind = PathStep::Kind;
  if (step.kind == Kind::name) return add(member_of(value, step.name), into);
  if (step.kind == Kind::index) return add(element_of(value, step.index), into);
  if (step.kind == Kind::token) {
    if (!value.is_array()) return add(member_of(value, step.name), into);
    if (const auto index = index_of(step.name)) add(element_of(value, *index), into);
    return;
  }
  const auto visit = [&](const json::value& element) {
    if (step.kind == Kind::all || passes(step, element)) add(&element, into);
  };
  if (const auto* list = value.if_array()) {
    for (const json::value& element : *list) visit(element);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) visit(member.value());
  }
}

}  // namespace

Nodes select(const std::vector<PathStep>& steps, const json::value& root) {
  Nodes nodes = {&root};
  for (const PathStep& step : steps) {
    Nodes next;
    next.reserve(nodes.size());
    for (const json::value* node : nodes) step_into(step, *node, next);
    nodes = std::move(next);
  }
  return nodes;
}

}  // namespace tapewatch::ingest
