#pragma once
// The HTTP part of an exchange, over a stream that is connected. Included by client_plain.cpp and client_tls.cpp only.

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/client/client_connect.hpp"
#include "daemon/client/content_decoding.hpp"

namespace tapewatch {

using ResponseParser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

/// The request as Beast writes it.
inline boost::beast::http::request<boost::beast::http::string_body> make_message(const Exchange& exchange) {
  namespace http = boost::beast::http;
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(exchange.method);
  message.target(exchange.target.path);
  for (const auto& [name, value] : exchange.headers) message.set(name, value);
  message.set(http::field::host, exchange.target.authority);
  message.set(http::field::connection, "close");
  message.body() = exchange.body;
  if (!exchange.body.empty() || exchange.method == "POST" || exchange.method == "PUT") {
    message.content_length(exchange.body.size());
  }
  return message;
}

/// Reads header after header until one is final: 100, 102 and 103 come before it.
template <class Stream>
boost::asio::awaitable<boost::system::error_code> read_final_header(Stream& stream, const Exchange& exchange,
                                                                    boost::beast::flat_buffer& buffer,
                                                                    std::optional<ResponseParser>& parser) {
  constexpr unsigned kMostInterim = 8;
  boost::system::error_code error;
  for (unsigned i = 0; i <= kMostInterim; ++i) {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(exchange.max_header_bytes));
    parser->body_limit(exchange.cut_body ? boost::none : boost::optional<std::uint64_t>(exchange.max_response_bytes));
    if (exchange.method == "HEAD") parser->skip(true);
    co_await boost::beast::http::async_read_header(stream, buffer, *parser,
                                                   boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (error || parser->get().result_int() >= 200) co_return error;
  }
  co_return boost::beast::http::make_error_code(boost::beast::http::error::bad_status);
}

/// The body, decompressed as it comes, into `response.body`.
template <class Stream>
boost::asio::awaitable<std::optional<ClientError>> read_body(Stream& stream, const Exchange& exchange,
                                                             boost::beast::flat_buffer& buffer, ResponseParser& parser,
                                                             ClientResponse& response) {
  namespace http = boost::beast::http;
  const std::string encoding(parser.get()[http::field::content_encoding]);
  ContentDecoder decoder(encoding, exchange.max_response_bytes);
  const auto fail = [&](ClientErrorKind kind, std::string_view why) {
    return ClientError(kind, exchange.target.host + ": " + std::string(why));
  };
  if (!decoder.known()) co_return fail(ClientErrorKind::encoding, "unknown Content-Encoding \"" + encoding + "\"");
  std::vector<char> chunk(64 * 1024);
  while (!parser.is_done()) {
    parser.get().body().data = chunk.data();
    parser.get().body().size = chunk.size();
    parser.get().body().more = true;
    boost::system::error_code error;
    co_await http::async_read(stream, buffer, parser, boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (error == http::error::need_buffer) error = {};
    // Many servers end a body without length by closing TCP alone; the feed's markup shows whether all of it came.
    if (error == boost::asio::ssl::error::stream_truncated && parser.need_eof() && !exchange.in_flight->stopped()) {
      parser.put_eof(error);
    }
    const std::string_view bytes(chunk.data(), chunk.size() - parser.get().body().size);
    response.wire_bytes += bytes.size();
    if (error) co_return transfer_error(exchange, error, true, response.wire_bytes);
    const auto status = decoder.write(bytes, response.body);
    if (status == ContentDecoder::Status::too_large && exchange.cut_body) co_return std::nullopt;
    if (status == ContentDecoder::Status::too_large) {
      co_return fail(ClientErrorKind::too_large,
                     "the body unfolds to more than " + std::to_string(exchange.max_response_bytes) + " bytes");
    }
    if (status == ContentDecoder::Status::damaged) co_return fail(ClientErrorKind::encoding, "damaged " + encoding);
  }
  if (decoder.finish() != ContentDecoder::Status::ok) {
    co_return fail(ClientErrorKind::encoding, encoding + " ends too early");
  }
  co_return std::nullopt;
}

template <class Stream>
boost::asio::awaitable<ClientResult> transfer(Stream& stream, const Exchange& exchange) {
  namespace http = boost::beast::http;
  auto message = make_message(exchange);
  boost::system::error_code error;
  co_await http::async_write(stream, message, boost::asio::redirect_error(boost::asio::use_awaitable, error));
  // A server may refuse a body before it has read it: its answer counts, not our broken write.
  const boost::system::error_code write_error = error;
  boost::beast::flat_buffer buffer(exchange.max_header_bytes + 64 * 1024);
  std::optional<ResponseParser> parser;
  error = co_await read_final_header(stream, exchange, buffer, parser);
  if (error) co_return transfer_error(exchange, write_error ? write_error : error, false, 0);

  ClientResponse response;
  response.status = parser->get().result_int();
  for (const auto& field : parser->get()) {
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  auto failure = co_await read_body(stream, exchange, buffer, *parser, response);
  if (failure) co_return std::move(*failure);
  co_return std::move(response);
}

}  // namespace tapewatch
