#include "model/train/data/training_text.hpp"

#include <array>
#include <utility>
#include <vector>

namespace tapewatch::model::train {
namespace {

enum class Mark { keep, bare, drop };

struct Marks {
  Mark links = Mark::drop;
  Mark cashtags = Mark::bare;
  Mark leading_ticker = Mark::drop;
  Mark names = Mark::bare;
  Mark hashtags = Mark::bare;
  bool final_stop = true;  // keep a full stop at the end
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string decode_entities(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kEntities{{{"&amp;", "&"},
                                                                                    {"&lt;", "<"},
                                                                                    {"&gt;", ">"},
                                                                                    {"&quot;", "\""},
                                                                                    {"&#39;", "'"},
                                                                                    {"&#x27;", "'"},
                                                                                    {"&apos;", "'"},
                                                                                    {"&nbsp;", " "},
                                                                                    {"&#8217;", "'"}}};
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    bool found = false;
    if (text[i] == '&') {
      for (const auto& [entity, plain] : kEntities) {
        if (text.substr(i).starts_with(entity)) {
          out += plain;
          i += entity.size();
          found = true;
          break;
        }
      }
    }
    if (!found) out += text[i++];
  }
  return out;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < text.size();) {
    while (i < text.size() && is_space(text[i])) ++i;
    const auto start = i;
    while (i < text.size() && !is_space(text[i])) ++i;
    if (i > start) out.push_back(text.substr(start, i - start));
  }
  return out;
}

bool is_marked(std::string_view word, char sign) { return word.size() > 1 && word[0] == sign && is_alpha(word[1]); }
bool is_link(std::string_view word) {
  return word.starts_with("http://") || word.starts_with("https://") || word.starts_with("t.co/");
}

void append_word(std::string& out, std::string_view word) {
  if (word.empty()) return;
  if (!out.empty()) out += ' ';
  out += word;
}

void append_marked(std::string& out, std::string_view word, Mark mark) {
  if (mark != Mark::drop) append_word(out, mark == Mark::bare ? word.substr(1) : word);
}

/// Words before the headline proper: `RT @name:` and `$AAPL $MSFT -`.
std::size_t preamble(const std::vector<std::string_view>& all, Mark leading_ticker) {
  std::size_t i = 0;
  if (all.size() > 2 && all[0] == "RT" && all[1].starts_with('@')) i = 2;
  std::size_t tickers = i;
  while (tickers < all.size() && is_marked(all[tickers], '$')) ++tickers;
  const bool has_dash = tickers > i && tickers < all.size() && (all[tickers] == "-" || all[tickers] == "\u2013");
  if (leading_ticker == Mark::drop && has_dash) return tickers + 1;
  return i;
}

std::string rewrite(std::string_view text, const Marks& marks) {
  const auto decoded = decode_entities(text);
  const auto all = words(decoded);
  std::string out;
  for (std::size_t i = preamble(all, marks.leading_ticker); i < all.size(); ++i) {
    const auto word = all[i];
    if (is_link(word)) {
      if (marks.links == Mark::keep) append_word(out, word);
    } else if (is_marked(word, '$')) {
      append_marked(out, word, marks.cashtags);
    } else if (is_marked(word, '@')) {
      append_marked(out, word, marks.names);
    } else if (is_marked(word, '#')) {
      append_marked(out, word, marks.hashtags);
    } else {
      append_word(out, word);
    }
  }
  if (!marks.final_stop && out.ends_with('.') && !out.ends_with("..")) out.pop_back();
  return out.empty() ? decoded : out;  // a post consisting only of marks keeps them
}

Mark draw(Random& random, double keep, double bare) {
  const auto u = uniform(random);
  return u < keep ? Mark::keep : u < keep + bare ? Mark::bare : Mark::drop;
}

}  // namespace

double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1.0p-53; }

std::string clean_headline(std::string_view text) { return rewrite(text, Marks{}); }

std::string vary_headline(std::string_view text, double keep_raw, Random& random) {
  if (uniform(random) < keep_raw) return std::string(text);
  Marks marks;
  marks.links = draw(random, 0.1, 0.0);
  marks.cashtags = draw(random, 0.4, 0.4);
  marks.leading_ticker = draw(random, 0.4, 0.0);
  marks.names = draw(random, 0.3, 0.5);
  marks.hashtags = draw(random, 0.2, 0.3);
  marks.final_stop = uniform(random) < 0.7;
  return rewrite(text, marks);
}

}  // namespace tapewatch::model::train
