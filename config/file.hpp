#pragma once
#include <boost/system/result.hpp>
#include <cstddef>
#include <string>

namespace tapewatch::config {

struct FileError {
  std::string reason;  // fit for a message: "No such file or directory"
};

/// A file of at most `max_bytes`.
boost::system::result<std::string, FileError> read_small_file(const std::string& path,
                                                              std::size_t max_bytes = std::size_t{1} << 20);

}  // namespace tapewatch::config
