#pragma once
#include <string>
#include <vector>

namespace tapewatch::model::train {

/// The texts of a file: the column `text` where the first line names one among tab-separated columns, else one text a
/// line; empty lines are skipped. Throws ModelError where it cannot be read or has no text.
std::vector<std::string> read_texts(const std::string& path);

}  // namespace tapewatch::model::train
