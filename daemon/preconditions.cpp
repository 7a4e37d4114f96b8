#include "daemon/preconditions.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "daemon/server/listener.hpp"

namespace tapewatch {
namespace {

namespace fs = std::filesystem;

fs::path plain(const std::string& path) {
  fs::path normal = fs::absolute(path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();  // without the trailing slash
}

/// Why the effective user lacks the permission `mode` on an existing path; nullopt if it has it.
std::optional<std::string> denied(const fs::path& path, int mode) {
  if (::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0) return std::nullopt;
  return std::system_category().message(errno);
}

/// Why files cannot be created in an existing folder.
std::optional<std::string> folder_problem(const fs::path& folder) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return fmt::format("'{}' does not exist", folder.string());
  if (status.type() == fs::file_type::none) return fmt::format("'{}': {}", folder.string(), error.message());
  if (status.type() != fs::file_type::directory) return fmt::format("'{}' is not a folder", folder.string());
  if (const auto why = denied(folder, W_OK | X_OK)) {
    return fmt::format("'{}' is not writable by user {} ({})", folder.string(), geteuid(), *why);
  }
  return std::nullopt;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

}  // namespace

std::optional<std::string> data_dir_problem(const std::string& data_dir) {
  const fs::path folder = plain(data_dir);
  fs::path nearest = folder;  // of those that exist
  while (!is_there(nearest) && nearest != nearest.parent_path()) nearest = nearest.parent_path();
  const auto problem = folder_problem(nearest);
  if (!problem) return std::nullopt;
  if (nearest == folder) return *problem + ": give the folder to this user, or name another one";
  return fmt::format("'{}' cannot be created: {}: create it and give it to this user, or name another one",
                     folder.string(), *problem);
}

std::optional<std::string> database_problem(const std::string& database, const std::string& data_dir) {
  const fs::path path = plain(database);
  const fs::path folder = path.parent_path();
  if (folder != plain(data_dir)) {
    if (const auto problem = folder_problem(folder)) {
      return fmt::format("the database's folder {}: create it and give it to this user, or name another one", *problem);
    }
  }
  if (!is_there(path)) return std::nullopt;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return fmt::format("'{}' is not a file; name the database file", path.string());
  }
  if (const auto why = denied(path, R_OK | W_OK)) {
    return fmt::format("'{}' is not readable and writable by user {} ({}): give the file to this user", path.string(),
                       geteuid(), *why);
  }
  return std::nullopt;
}

void prepare_data_dir(const std::string& data_dir) {
  if (const auto problem = data_dir_problem(data_dir)) throw std::runtime_error("daemon.data_dir: " + *problem);
  std::error_code error;
  fs::create_directories(data_dir, error);
  if (error) {
    throw std::runtime_error(fmt::format("daemon.data_dir: '{}' cannot be created ({})", data_dir, error.message()));
  }
}

void require_free_ports(const std::vector<std::string>& listen) {
  boost::asio::io_context io;
  for (const std::string& address : listen) open_listener(io.get_executor(), address);
}

}  // namespace tapewatch
