#pragma once

#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// A folded company name without its legal form and punctuation: "kesmar bancorp, inc." and "kesmar bancorp" are
/// "kesmar bancorp", "orlo s.p.a." is "orlo". One word stays whatever it is.
std::string without_legal_form(std::string_view folded_name);

}  // namespace tapewatch::ingest
