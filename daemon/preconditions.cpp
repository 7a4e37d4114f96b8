#include "daemon/preconditions.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <stdexcept>

#include "daemon/server/listener.hpp"

namespace tapewatch {

void prepare_data_dir(const std::string& data_dir) {
  std::error_code error;
  std::filesystem::create_directories(data_dir, error);
  if (error) {
    throw std::runtime_error(
        fmt::format("daemon.data_dir {}: cannot be made ({}): name a writable folder or make it "
                    "and give it to this user",
                    data_dir, error.message()));
  }
  if (access(data_dir.c_str(), W_OK | X_OK) != 0) {
    throw std::runtime_error(
        fmt::format("daemon.data_dir {}: not writable by user {}: give the folder to this user or "
                    "name another one",
                    data_dir, getuid()));
  }
}

void require_free_ports(const std::vector<std::string>& listen) {
  boost::asio::io_context io;
  for (const std::string& address : listen) open_listener(io.get_executor(), address);
}

}  // namespace tapewatch
