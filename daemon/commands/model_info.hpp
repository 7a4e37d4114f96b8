#pragma once

#include <iosfwd>
#include <string>

namespace tapewatch {

/// `tapewatch model info`: describes a model ("builtin" or a directory) as one JSON object. Exit status 0 or 1.
int run_model_info(const std::string& model);
int run_model_info(const std::string& model, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
