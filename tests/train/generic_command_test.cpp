#include "model/train/generic_command.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using tapewatch::model::train::generic_command;

TEST_CASE("the provenance keeps every option of the command and no folder", "[train][provenance]") {
  const std::vector<const char*> words = {"prune", "--model", "/home/me/m", "--out=/home/me/small", "--layers", "0,2"};
  CHECK(generic_command(words) == "tapewatch-train prune --model m --out=small --layers 0,2");
}

TEST_CASE("a run that was resumed has the same provenance as one that was not", "[train][provenance]") {
  const std::vector<const char*> words = {"--out", "m", "--resume", "--epochs", "2"};
  CHECK(generic_command(words) == "tapewatch-train --out m --epochs 2");
}
