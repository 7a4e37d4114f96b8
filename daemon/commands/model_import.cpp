// Tested by tests/daemon/commands/model_import_command_test.cpp
#include "daemon/commands/model_import.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

#include "config/notation/printable.hpp"
#include "model/package/model_error.hpp"
#include "model/published/model_import.hpp"

namespace tapewatch {
namespace {

model::ImportOptions import_options(const ModelImportOptions& options) {
  model::ImportOptions import{.name = options.name, .max_tokens = options.max_tokens};
  for (const auto& label : options.labels) import.labels.assigned.push_back(model::parse_label_assignment(label));
  import.labels.without_neutral = options.without_neutral;
  if (options.cased != options.uncased) import.lower_case = options.uncased;
  return import;
}

void print_import(std::ostream& out, const model::ImportReport& report, const std::string& to) {
  out << fmt::format("{}: {}, {:.1f} million parameters, window of {} tokens\n", notation::printable(report.version),
                     notation::printable(report.architecture), static_cast<double>(report.parameters) / 1e6,
                     report.max_tokens);
  for (std::size_t i = 0; i < report.labels.size(); ++i) {
    out << fmt::format("  {} = {}\n", notation::printable(report.labels[i]),
                       model::kSentimentNames[static_cast<std::size_t>(report.meanings[i])]);
  }
  if (!report.unused.empty()) {
    out << fmt::format("  not needed and left out: {}\n",
                       notation::printable(fmt::format("{}", fmt::join(report.unused, ", "))));
  }
  out << "  sentiment only: no topics, and an entity gets its document's label\n";
  out << fmt::format("written to {}; try: echo 'Profit falls' | tapewatch score --model {}\n", to, to);
}

}  // namespace

int run_model_import(const ModelImportOptions& options, std::ostream& out, std::ostream& err) {
  if (options.cased && options.uncased) {
    err << "model import: --cased and --uncased contradict each other\n";
    return 2;
  }
  model::ImportOptions import;
  try {
    import = import_options(options);
  } catch (const model::ModelError& error) {
    err << "model import: " << notation::printable(error.what()) << '\n';
    return 2;
  }
  try {
    print_import(out, model::import_model(options.from, options.to, import), options.to);
    return out.flush() ? 0 : 1;
  } catch (const model::ModelError& error) {
    err << "model import: " << notation::printable(error.what()) << '\n';
    return 1;
  }
}

int run_model_import(const ModelImportOptions& options) { return run_model_import(options, std::cout, std::cerr); }

}  // namespace tapewatch
