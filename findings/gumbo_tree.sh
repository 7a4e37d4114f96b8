#!/usr/bin/env bash
# gumbo 0.10.1 (Debian 12) reads HTML as the standard says and has no limit: open elements are searched for every tag,
# so that time grows with the square of the nesting, and unclosed formatting is opened anew in every paragraph, so that
# the tree does. A number beyond 32 bits in a reference wraps.
#   seen: eight times the nesting takes some 50 times the time; 40 paragraphs with a <b> each hold 820 <b>;
#   &#4294967306; is a line break (10), where the standard says U+FFFD.
# Read untrusted text with it only where no tags are left, or bound tags and nesting before.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libgumbo-dev=0.10.1+dfsg-5 libgumbo1=0.10.1+dfsg-5
compile tree gumbo <<'CPP'
#include <gumbo.h>
#include <chrono>
#include <iostream>
#include <string>
GumboOutput* parse(const std::string& html) { return gumbo_parse_with_options(&kGumboDefaultOptions, html.data(), html.size()); }
double seconds(int nested) {
  std::string html;
  for (int i = 0; i < nested; ++i) html += "<div>";
  const auto start = std::chrono::steady_clock::now();
  GumboOutput* const output = parse(html);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  gumbo_destroy_output(&kGumboDefaultOptions, output);
  return took.count();
}
int bold(const GumboNode* node) {
  if (node->type != GUMBO_NODE_ELEMENT) return 0;
  int found = node->v.element.tag == GUMBO_TAG_B;
  for (unsigned i = 0; i < node->v.element.children.length; ++i)
    found += bold(static_cast<const GumboNode*>(node->v.element.children.data[i]));
  return found;
}
int main() {
  std::cout << (seconds(4000) > 20 * seconds(500) ? "quadratic" : "linear");
  std::string paragraphs;
  for (int i = 0; i < 40; ++i) paragraphs += "<p><b class=c" + std::to_string(i) + ">x";
  GumboOutput* const output = parse(paragraphs);
  std::cout << ' ' << bold(output->root);
  GumboOutput* const number = parse("<p>a&#4294967306;b");
  const auto* body = static_cast<const GumboNode*>(number->root->v.element.children.data[1]);
  const auto* p = static_cast<const GumboNode*>(body->v.element.children.data[0]);
  const auto* text = static_cast<const GumboNode*>(p->v.element.children.data[0]);
  std::cout << ' ' << (text->v.text.text == std::string("a\nb") ? "wraps" : "U+FFFD") << '\n';
}
CPP
expect "nesting, elements of 40 <b>, a large number" "$("$scratch/tree")" "quadratic 820 wraps"
