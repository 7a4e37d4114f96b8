#include "storage/connection/fault_injector.hpp"

#include <string>

namespace tapewatch::storage {

void FaultInjector::fail_at(std::size_t operation, StorageError::Kind kind) {
  operations_ = 0;
  fail_at_ = operation;
  armed_ = true;
  fired_ = false;
  kind_ = kind;
}

void FaultInjector::clear() {
  operations_ = 0;
  armed_ = fired_ = false;
}

void FaultInjector::on_write() {
  const std::size_t number = operations_++;
  if (!armed_ || number != fail_at_) return;
  armed_ = false;
  fired_ = true;
  throw StorageError(kind_, "injected fault at write operation " + std::to_string(number));
}

}  // namespace tapewatch::storage
