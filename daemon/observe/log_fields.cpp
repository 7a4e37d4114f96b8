// Tested by tests/daemon/observe/log_fields_test.cpp
#include "daemon/observe/log_fields.hpp"

namespace tapewatch {
namespace {

thread_local const LogFields* line_fields = nullptr;

struct FieldsOfLine {
  explicit FieldsOfLine(const LogFields& fields) { line_fields = &fields; }
  ~FieldsOfLine() { line_fields = nullptr; }
  FieldsOfLine(const FieldsOfLine&) = delete;
  FieldsOfLine& operator=(const FieldsOfLine&) = delete;
};

}  // namespace

void log_with(spdlog::logger& log, spdlog::level::level_enum level, const LogFields& fields, std::string_view text) {
  const FieldsOfLine scope(fields);
  log.log(level, "{}", text);
}

const LogFields* fields_of_line() { return line_fields; }

}  // namespace tapewatch
