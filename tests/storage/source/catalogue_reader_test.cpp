#include "storage/source/catalogue_reader.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("the catalogue counts what exists, most documents first") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  for (int i = 0; i < 3; ++i) {
    auto row = document(i == 0 ? "herald" : "wire", std::to_string(i), at_minute(i), "T" + std::to_string(i));
    row.entities = {entity("acme")};
    store(connection, writer, row);
  }
  store(connection, writer, document("wire", "u", at_minute(9), "Texte", {"", "unscored"}));
  const CatalogueReader catalogue(connection);
  const auto sources = catalogue.sources();
  REQUIRE(sources.size() == 2);
  CHECK(sources[0].id == "wire");
  CHECK(sources[0].documents == 3);
  CHECK(*sources[0].last_seen == at_minute(9));
  REQUIRE(catalogue.topics().size() == 1);  // the unscored have none
  CHECK(catalogue.topics()[0].documents == 3);
  REQUIRE(catalogue.entities().size() == 1);
  CHECK(catalogue.entities()[0].name == "The acme");
  CHECK(catalogue.models() == std::vector<std::string>{"test-1"});
  auto earlier = document("wire", "e", at_minute(-9), "Older");
  earlier.model_version = "a-model";
  store(connection, writer, earlier);
  CHECK(catalogue.models() == std::vector<std::string>{"a-model", "test-1"});  // by the times of their documents
}
