#include "config/notation/throwing_allocator.hpp"

#include <cstdint>
#include <cstring>

#include "tests/support/catch.hpp"

namespace tapewatch::notation {
namespace {

// A sanitizer's own malloc ends the process instead.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("memory that is not there is an exception, not a null pointer") {
  constexpr std::size_t kTooMuch = PTRDIFF_MAX;
  ThrowingAllocator allocator;
  CHECK_THROWS_AS(allocator.Malloc(kTooMuch), std::bad_alloc);
  void* memory = allocator.Malloc(4);
  REQUIRE(memory != nullptr);
  std::memcpy(memory, "abc", 4);
  CHECK_THROWS_AS(allocator.Realloc(memory, 4, kTooMuch), std::bad_alloc);
  memory = allocator.Realloc(memory, 4, 64);  // the old one is still there
  CHECK(std::strcmp(static_cast<const char*>(memory), "abc") == 0);
  CHECK(allocator.Realloc(memory, 64, 0) == nullptr);
  CHECK(allocator.Malloc(0) == nullptr);
}
#endif

}  // namespace
}  // namespace tapewatch::notation
