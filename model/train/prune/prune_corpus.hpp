#pragma once
#include <string>
#include <vector>

namespace tapewatch::model::train {

/// The texts of a file: the column `text` if the first line names it among tab-separated columns, else one text per
/// line; empty lines are skipped. Throws ModelError if it cannot be read or has no text.
std::vector<std::string> read_texts(const std::string& path);

}  // namespace tapewatch::model::train
