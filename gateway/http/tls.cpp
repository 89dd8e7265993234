#include "gateway/http/tls.hpp"

#include <cerrno>
#include <string_view>

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace hutong::http {

namespace {

// A BIO that never raises SIGPIPE and never blocks, whatever the mode of the socket.
int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int bio_read(BIO* bio, char* buffer, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(socket_of(bio), buffer, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
}

int bio_write(BIO* bio, const char* buffer, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t sent =
        ::send(socket_of(bio), buffer, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

long bio_control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return 0;
}

BIO* make_bio(int socket) {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        BIO_meth_set_read(made, bio_read);
        BIO_meth_set_write(made, bio_write);
        BIO_meth_set_ctrl(made, bio_control);
        return made;
    }();
    BIO* bio = BIO_new(method);
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    return bio;
}

std::string queued_error() {
    const unsigned long code = ERR_peek_error();
    ERR_clear_error();
    const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    return reason != nullptr ? reason : "unknown TLS error";
}

TlsContext new_context(const SSL_METHOD* method) {
    TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
    if (!context) throw Failure(internal("OpenSSL cannot make a TLS context: " + queued_error()));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Forward secrecy and authenticated encryption only; the TLS 1.3 suites are all of that kind.
    SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK");
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context.get(), 1);  // one recv per record instead of two
    return context;
}

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char* match = nullptr;
    if (SSL_select_next_proto(&match, chosen_size, ours, sizeof ours - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = match;
    return SSL_TLSEXT_ERR_OK;
}

int accept_any_certificate(X509_STORE_CTX*, void*) {
    return 1;
}

// Called when the client asks for an OCSP answer (status_request).
int send_staple(SSL* session, void* argument) {
    X509* const certificate = SSL_get_certificate(session);
    if (!certificate) return SSL_TLSEXT_ERR_NOACK;
    const ASN1_INTEGER* const serial = X509_get0_serialNumber(certificate);
    const auto answer = static_cast<const Staple*>(argument)->for_certificate(
        {ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))},
        system_clock().now());
    if (!answer) return SSL_TLSEXT_ERR_NOACK;
    void* const copy = OPENSSL_memdup(answer->der.data(), answer->der.size());  // the session frees it
    if (!copy) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_tlsext_status_ocsp_resp(session, copy, static_cast<long>(answer->der.size()));
    return SSL_TLSEXT_ERR_OK;
}

// Without it OpenSSL would ask for the passphrase on the terminal of whoever started the daemon.
int give_passphrase(char* to, int size, int, void* files) {
    const std::string& passphrase = static_cast<const TlsFiles*>(files)->passphrase;
    if (passphrase.empty() || passphrase.size() > static_cast<std::size_t>(size)) return -1;
    return static_cast<int>(passphrase.copy(to, passphrase.size()));
}

bool is_address(const std::string& host) {
    return host.find_first_not_of("0123456789.") == std::string::npos || host.find(':') != std::string::npos;
}

}  // namespace

Result<TlsContext> server_tls(const TlsFiles& files, const Staple* staple) {
    TlsContext context = new_context(TLS_server_method());
    SSL_CTX* const raw = context.get();
    SSL_CTX_set_default_passwd_cb(raw, give_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(raw, const_cast<TlsFiles*>(&files));
    if (SSL_CTX_use_certificate_chain_file(raw, files.chain.c_str()) != 1) {
        return invalid("TLS certificate chain " + files.chain.string() +
                       " cannot be used: " + queued_error());
    }
    if (SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return invalid(
            "TLS key " + files.key.string() + " cannot be used with " + files.chain.string() +
            " (PEM is needed, without a passphrase or with that of keys.passphrase_file): " + queued_error());
    }
    SSL_CTX_set_default_passwd_cb_userdata(raw, nullptr);
    SSL_CTX_set_default_passwd_cb(raw, nullptr);
    if (SSL_CTX_check_private_key(raw) != 1) {
        return invalid("TLS key " + files.key.string() + " does not belong to the certificate in " +
                       files.chain.string());
    }
    SSL_CTX_set_num_tickets(raw, 0);
    SSL_CTX_set_max_cert_list(raw, 64L << 10);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(raw, accept_any_certificate, nullptr);
    SSL_CTX_set_alpn_select_cb(raw, select_protocol, nullptr);
    if (staple) {
        SSL_CTX_set_tlsext_status_cb(raw, send_staple);
        SSL_CTX_set_tlsext_status_arg(raw, const_cast<Staple*>(staple));
    }
    return context;
}

Result<TlsContext> client_tls(const std::string& ca_file) {
    TlsContext context = new_context(TLS_client_method());
    const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                       : SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
    if (loaded != 1) {
        return invalid("backend.ca_file '" + ca_file +
                       "' holds no certificates that can be read: " + queued_error());
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

TlsSession accept_session(const TlsContext& context, int socket) {
    TlsSession session(SSL_new(context.get()));
    BIO* const bio = make_bio(socket);
    SSL_set_bio(session.get(), bio, bio);
    SSL_set_accept_state(session.get());
    return session;
}

TlsSession connect_session(const TlsContext& context, int socket, const std::string& host) {
    TlsSession session(SSL_new(context.get()));
    BIO* const bio = make_bio(socket);
    SSL_set_bio(session.get(), bio, bio);
    SSL_set_connect_state(session.get());
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), host.c_str());
    } else {
        SSL_set_tlsext_host_name(session.get(), host.c_str());
        SSL_set_hostflags(session.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        SSL_set1_host(session.get(), host.c_str());
    }
    static const unsigned char protocols[] = "\x08http/1.1";
    SSL_set_alpn_protos(session.get(), protocols, sizeof protocols - 1);
    return session;
}

std::vector<Bytes> peer_certificates(const SSL* session) {
    std::vector<Bytes> result;
    const auto add = [&](X509* certificate) {
        unsigned char* der = nullptr;
        const int size = i2d_X509(certificate, &der);
        if (size > 0) result.emplace_back(der, der + size);
        OPENSSL_free(der);
    };
    X509* const leaf = SSL_get0_peer_certificate(session);
    if (leaf == nullptr) return result;
    add(leaf);
    // The accepting side's chain leaves the leaf out.
    STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(session);
    for (int i = SSL_is_server(session) ? 0 : 1; i < sk_X509_num(chain); ++i) add(sk_X509_value(chain, i));
    return result;
}

std::string last_tls_error(const SSL* session) {
    const long verdict = SSL_get_verify_result(session);
    if (!SSL_is_server(session) && verdict != X509_V_OK) {
        ERR_clear_error();
        return std::string("the certificate is not accepted: ") + X509_verify_cert_error_string(verdict);
    }
    return queued_error();
}

}  // namespace hutong::http
