// TLS through OpenSSL directly on non-blocking sockets: contexts, sessions, and what the peer presented.
//
// Asio's own TLS stream holds about 70 KB per connection in buffers that are never given back; here an idle
// connection holds none. TLS 1.2 and 1.3 (RFC 5246, RFC 8446), ALPN (RFC 7301). Contexts are shared and
// immutable once made; a session belongs to one Stream.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "gateway/http/server.hpp"

namespace hutong::http {

using TlsContext = std::shared_ptr<SSL_CTX>;

struct TlsSessionFree {
    void operator()(SSL* session) const { SSL_free(session); }
};
using TlsSession = std::unique_ptr<SSL, TlsSessionFree>;

// Asks for a client certificate and takes any: the handshake proves the key, a later stage judges the
// certificate. No resumption, so that every connection proves its key anew. `staple` outlives the context's
// sessions; null: no OCSP answer is sent.
Result<TlsContext> server_tls(const TlsFiles& files, const Staple* staple);

// Verifies the server against `ca_file` (PEM), or the system's store when empty.
Result<TlsContext> client_tls(const std::string& ca_file);

TlsSession accept_session(const TlsContext& context, int socket);

// With server name indication, and verification of `host` (a name or an address).
TlsSession connect_session(const TlsContext& context, int socket, const std::string& host);

std::vector<Bytes> peer_certificates(const SSL* session);  // DER, leaf first
std::string last_tls_error(const SSL* session);            // one line; empties OpenSSL's queue

}  // namespace hutong::http
