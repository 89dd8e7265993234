// Sends a head and the Pieces of a body over a Stream, gathering small ones; files are never loaded whole.
// Internal to this folder.
#pragma once

#include <span>
#include <string_view>

#include "gateway/http/payload.hpp"
#include "gateway/http/stream.hpp"

namespace hutong::http {

// What was sent in Transfer::bytes; asio::error::no_data when a Payload could not be read back.
Awaitable<Transfer> send_message(Stream& stream, std::string_view head, std::span<const Piece> body,
                                 milliseconds standstill);

// The same body as gzip in chunks; `head` says so already.
Awaitable<Transfer> send_gzipped(Stream& stream, std::string_view head, std::span<const Piece> body,
                                 milliseconds standstill);

}  // namespace hutong::http
