#pragma once
#include <fmt/format.h>

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/toml/nearest.hpp"
#include "config/toml/reader.hpp"

/// The configuration is described by tables of keys. One row gives a key's name, the kind of its value, its purpose and
/// the member it fills; reading, the search for unknown keys and the printed reference all use the same rows, so that
/// they never disagree about a key.
namespace tapewatch::config {

/// Whether the values are the same in two targets that were read. The paths lead on from the key, and are empty where
/// it is a plain value; they differ in the numbers of tables only.
template <class T>
using SameValue = std::function<bool(T& a, std::string_view rest_a, T& b, std::string_view rest_b)>;

template <class T>
struct Key {
  std::string_view name;
  std::string type;
  std::string_view help;
  std::function<void(Reader&, const Place&, T&)> read;
  std::function<std::vector<KeyDescription>(const std::string& prefix)> inner = {};  // keys of a table
  SameValue<T> same = {};  // empty: nobody can tell, and what is written differently is taken for different
};

/// For a key that fills one member, or what a function T& -> member& leads to.
template <class T, class Target>
SameValue<T> same_target(Target target) {
  return [target](T& a, std::string_view, T& b, std::string_view) {
    return std::invoke(target, a) == std::invoke(target, b);
  };
}

template <class T>
using Keys = std::vector<Key<T>>;

/// Reads every member of `from` by its row; unknown keys are errors at the key's own place.
template <class T>
void read_table(Reader& reader, const Table& from, const std::string& path, const Keys<T>& keys, T& into) {
  for (const Member& member : from) {
    const std::string full = path.empty() ? member.name : path + "." + member.name;
    const Key<T>* known = nullptr;
    for (const Key<T>& key : keys) {
      if (key.name == member.name) known = &key;
    }
    if (known == nullptr) {
      std::vector<std::string_view> names;
      for (const Key<T>& key : keys) names.push_back(key.name);
      reader.error(member.at, fmt::format("unknown key '{}'{}", full, did_you_mean(member.name, names)));
    } else {
      known->read(reader, Place{member.node, full}, into);
    }
  }
}

template <class T>
std::vector<KeyDescription> describe_table(const std::string& prefix, const Keys<T>& keys) {
  std::vector<KeyDescription> lines;
  for (const Key<T>& key : keys) {
    const std::string path = prefix.empty() ? std::string(key.name) : fmt::format("{}.{}", prefix, key.name);
    if (key.inner) {
      for (KeyDescription& line : key.inner(path)) lines.push_back(std::move(line));
    } else {
      lines.push_back({path, key.type, std::string(key.help)});
    }
  }
  return lines;
}

/// See SameValue. False for keys that nobody knows.
template <class T>
bool same_value(const Keys<T>& keys, T& a, std::string_view path_a, T& b, std::string_view path_b) {
  const std::string_view name = path_a.substr(0, path_a.find_first_of(".["));
  if (path_b.substr(0, path_b.find_first_of(".[")) != name) return false;
  for (const Key<T>& key : keys) {
    if (key.name != name) continue;
    return key.same && key.same(a, path_a.substr(name.size()), b, path_b.substr(name.size()));
  }
  return false;
}

// The functions below take the target of the value as a member pointer or as a function T& -> member&.

/// A key of one value, which `read` puts in its target.
template <class T, class Target, class Read>
Key<T> value_key(std::string_view name, std::string type, Target target, std::string_view help, Read read) {
  return {name, std::move(type), help, std::move(read), {}, same_target<T>(target)};
}

using TextCheck = std::function<void(Reader&, const Place&, const Text&)>;  // reports what is wrong with the value

template <class T, class Target>
Key<T> text_key(std::string_view name, Target target, std::string_view help, TextCheck check = {}) {
  return value_key<T>(name, "text", target, help, [target, check](Reader& reader, const Place& place, T& into) {
    auto text = reader.text(place);
    if (!text) return;
    if (check) check(reader, place, *text);
    std::invoke(target, into) = std::move(text->value);
  });
}

template <class T, class Target>
Key<T> whole_key(std::string_view name, Target target, std::string_view help, std::int64_t least, std::int64_t most) {
  return value_key<T>(name, "whole number", target, help, [=](Reader& reader, const Place& place, T& into) {
    auto& value = std::invoke(target, into);
    if (const auto number = reader.whole(place, least, most)) {
      value = static_cast<std::remove_reference_t<decltype(value)>>(*number);
    }
  });
}

template <class T, class Target>
Key<T> number_key(std::string_view name, Target target, std::string_view help, double least, double most) {
  return value_key<T>(name, "number", target, help, [=](Reader& reader, const Place& place, T& into) {
    if (const auto number = reader.number(place, least, most)) std::invoke(target, into) = *number;
  });
}

template <class T, class Target>
Key<T> duration_key(std::string_view name, Target target, std::string_view help, std::chrono::milliseconds least,
                    std::chrono::milliseconds most) {
  return value_key<T>(name, "duration", target, help, [=](Reader& reader, const Place& place, T& into) {
    auto& value = std::invoke(target, into);
    if (const auto duration = reader.duration(place, least, most)) {
      value = std::chrono::duration_cast<std::remove_reference_t<decltype(value)>>(*duration);
    }
  });
}

template <class T, class Target>
Key<T> size_key(std::string_view name, Target target, std::string_view help, std::uint64_t least, std::uint64_t most) {
  return value_key<T>(name, "size", target, help, [=](Reader& reader, const Place& place, T& into) {
    auto& value = std::invoke(target, into);
    if (const auto bytes = reader.size(place, least, most)) {
      value = static_cast<std::remove_reference_t<decltype(value)>>(*bytes);
    }
  });
}

/// Replaces `into` by the list's texts; every item that is not a text is its own error.
void read_texts(Reader& reader, const Place& place, const TextCheck& check, std::vector<std::string>& into);

template <class T, class Target>
Key<T> texts_key(std::string_view name, Target target, std::string_view help, TextCheck check = {}) {
  return value_key<T>(name, "list of texts", target, help,
                      [target, check](Reader& reader, const Place& place, T& into) {
                        read_texts(reader, place, check, std::invoke(target, into));
                      });
}

/// A table of free names, each with a text: labels, headers, librdkafka's properties. `check` sees name and value.
using EntryCheck = std::function<void(Reader&, const Position& name_at, const std::string& name, const Text&)>;

template <class T, class Target>
Key<T> text_map_key(std::string_view name, Target target, std::string_view help, EntryCheck check = {}) {
  return value_key<T>(name, "table of texts", target, help,
                      [target, check](Reader& reader, const Place& place, T& into) {
                        const Table* table = reader.table(place);
                        if (table == nullptr) return;
                        for (const Member& member : *table) {
                          auto text = reader.scalar({member.node, fmt::format("{}.{}", place.path, member.name)});
                          if (!text) continue;
                          if (check) check(reader, member.at, member.name, *text);
                          std::invoke(target, into)[member.name] = std::move(text->value);
                        }
                      });
}

/// A table of free names, each with a list of texts: what a webhook matches.
template <class T, class Target>
Key<T> text_lists_key(std::string_view name, Target target, std::string_view help) {
  return value_key<T>(name, "table of lists", target, help, [target](Reader& reader, const Place& place, T& into) {
    const Table* table = reader.table(place);
    if (table == nullptr) return;
    for (const Member& member : *table) {
      read_texts(reader, {member.node, fmt::format("{}.{}", place.path, member.name)}, {},
                 std::invoke(target, into)[member.name]);
    }
  });
}

/// A table with its own keys.
template <class T, class Target, class Inner>
Key<T> table_key(std::string_view name, Target target, const Keys<Inner>& (*keys)()) {
  return {name,
          "table",
          "",
          [target, keys](Reader& reader, const Place& place, T& into) {
            if (const Table* table = reader.table(place)) {
              read_table(reader, *table, place.path, keys(), std::invoke(target, into));
            }
          },
          [keys](const std::string& prefix) { return describe_table(prefix, keys()); },
          [target, keys](T& a, std::string_view rest_a, T& b, std::string_view rest_b) {
            if (!rest_a.starts_with('.') || !rest_b.starts_with('.')) return false;
            return same_value(keys(), std::invoke(target, a), rest_a.substr(1), std::invoke(target, b),
                              rest_b.substr(1));
          }};
}

/// Takes "[2]." off the front of a path; the index counts from 0, nullopt where there is none.
std::optional<std::size_t> take_index(std::string_view& path);

/// Called for one table of a list after its keys are read; `keys_are_fine`: none of them had an error.
template <class Inner>
using Finish = std::function<void(Reader&, const Place&, Inner&, bool keys_are_fine)>;

/// `[[a.b]]`: a list of such tables.
template <class T, class Target, class Inner>
Key<T> tables_key(std::string_view name, Target target, const Keys<Inner>& (*keys)(), Finish<Inner> finish = {}) {
  return {name,
          "tables",
          "",
          [target, keys, finish](Reader& reader, const Place& place, T& into) {
            const List* list = reader.list(place);
            if (list == nullptr) return;
            for (std::size_t i = 0; i < list->size(); ++i) {
              const Place item{(*list)[i], fmt::format("{}[{}]", place.path, i + 1)};
              const Table* table = reader.table(item);
              if (table == nullptr) continue;
              Inner entry;
              const std::size_t errors = reader.error_count();
              read_table(reader, *table, item.path, keys(), entry);
              if (finish) finish(reader, item, entry, reader.error_count() == errors);
              std::invoke(target, into).push_back(std::move(entry));
            }
          },
          [keys](const std::string& prefix) { return describe_table(prefix + "[]", keys()); },
          [target, keys](T& a, std::string_view rest_a, T& b, std::string_view rest_b) {
            const auto at_a = take_index(rest_a), at_b = take_index(rest_b);
            auto& tables_a = std::invoke(target, a);
            auto& tables_b = std::invoke(target, b);
            return at_a && at_b && *at_a < tables_a.size() && *at_b < tables_b.size() &&
                   same_value(keys(), tables_a[*at_a], rest_a, tables_b[*at_b], rest_b);
          }};
}

}  // namespace tapewatch::config
