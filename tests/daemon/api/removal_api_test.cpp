#include "daemon/api/removal_api.hpp"

#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

/// Answers as the writer would: there is one document.
class OneDocument final : public DocumentIntake {
 public:
  bool submit_all(std::vector<Submission> submissions) override {
    if (full) return false;
    for (auto& submission : submissions) {
      const auto& removal = std::get<Removal>(submission.content);
      role = removal.role;
      Commit commit;
      commit.stored = removal.document == 17;
      commit.outcome = removed ? storage::Outcome::repeated : storage::Outcome::removed;
      commit.seq = 9;
      removed = removed || commit.stored;
      submission.on_commit(commit);
    }
    return true;
  }
  std::size_t capacity() const override { return 1; }

  bool full = false, removed = false;
  std::string role;
};

}  // namespace

TEST_CASE("a document is deleted by its id, once") {
  OneDocument intake;
  Router router;
  WriterQueue unused{1, 1};
  add_removal_routes(router, intake, {unused});
  CHECK(call(router, "DELETE", "/v1/documents/17").body == R"({"id":"17","status":"removed","seq":9})");
  CHECK(call(router, "DELETE", "/v1/documents/17").body == R"({"id":"17","status":"repeated","seq":9})");
  CHECK(intake.role == "admin");  // for the audit
  for (const char* unknown : {"18", "017", "x", "99999999999999999999"}) {
    CHECK(call(router, "DELETE", std::string("/v1/documents/") + unknown).status == 404);
  }
  CHECK(call(router, "DELETE", "/v1/documents/17?force=1").status == 400);
  intake.full = true;
  CHECK(call(router, "DELETE", "/v1/documents/17").status == 503);
}
