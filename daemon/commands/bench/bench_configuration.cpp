// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/bench/bench_configuration.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <filesystem>

#include "config/notation/json_writer.hpp"

namespace tapewatch {
namespace {

/// As a TOML string: JSON's escapes are valid in one.
std::string toml_string(const std::string& text) { return notation::JsonWriter().value(text).take(); }

}  // namespace

std::uint16_t free_port() {
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  const tcp::acceptor any(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  return any.local_endpoint().port();
}

std::string bench_configuration(const BenchOptions& options, const std::string& folder, std::uint16_t port) {
  const std::string model =
      options.model == "builtin" ? options.model : std::filesystem::absolute(options.model).string();
  return fmt::format(
      "[daemon]\n"
      "data_dir = {}\n"
      "listen = [\"127.0.0.1:{}\"]\n"
      "log = {{ level = \"error\" }}\n"
      "[storage]\n"
      "path = \"bench.db\"\n"
      "[model]\n"
      "path = {}\n"
      "precision = {}\n"
      "kernels = {}\n"
      "threads = {}\n"
      "cache = 0\n"
      "[[alerts.rule]]\n"
      "name = \"grave\"\n"
      "where = {{ source = [\"grave\"] }}\n"
      "measure = \"story\"\n"
      "min_negative = 0.5\n",
      toml_string(folder), port, toml_string(model), toml_string(options.precision), toml_string(options.kernels),
      options.threads);
}

}  // namespace tapewatch
