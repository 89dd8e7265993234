// TLS: versions, client certificates, reload.
#include <fstream>

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

namespace {

using Context = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;

Context client_context(const TlsFiles* own = nullptr) {
    Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
    if (own != nullptr) {
        SSL_CTX_use_certificate_chain_file(context.get(), own->chain.c_str());
        SSL_CTX_use_PrivateKey_file(context.get(), own->key.c_str(), SSL_FILETYPE_PEM);
    }
    return context;
}

std::string subject(SSL* session) {
    X509* const certificate = SSL_get0_peer_certificate(session);
    char name[128] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    return name;
}

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace

class TlsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TlsTest);
    CPPUNIT_TEST(serves_tls_1_2_and_1_3_but_nothing_older);
    CPPUNIT_TEST(gives_the_client_certificate_on_every_connection);
    CPPUNIT_TEST(refuses_other_protocols);
    CPPUNIT_TEST(large_bodies_pass);
    CPPUNIT_TEST(a_silent_handshake_times_out);
    CPPUNIT_TEST(plain_text_is_cut_off);
    CPPUNIT_TEST(reload_takes_a_new_certificate_and_keeps_the_old_when_it_is_bad);
    CPPUNIT_TEST_SUITE_END();

    Folder files_;
    TlsFiles server_files_{make_certificate(files_.path, "gate")};
    TlsFiles client_files_{make_certificate(files_.path, "caller")};

    std::unique_ptr<TestServer> serve(std::function<void(ServerOptions&)> change = {}) {
        return std::make_unique<TestServer>(echo(), [&](ServerOptions& options) {
            options.http.https = "127.0.0.1:0";
            options.tls = server_files_;
            if (change) change(options);
        });
    }

    void serves_tls_1_2_and_1_3_but_nothing_older() {
        const auto server = serve();
        for (const int version : {TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
            const Context context = client_context();
            SSL_CTX_set_security_level(context.get(), 0);  // lets this client offer the old version
            SSL_CTX_set_min_proto_version(context.get(), version);
            SSL_CTX_set_max_proto_version(context.get(), version);
            Wire wire(server->tls_port());
            CPPUNIT_ASSERT_EQUAL(version != TLS1_1_VERSION, wire.start_tls(context.get()));
            if (version == TLS1_1_VERSION) continue;
            wire.send(get);
            CPPUNIT_ASSERT(wire.read_response().find("X-Certificates: 0\r\n") != std::string::npos);
        }
        const Context weak = client_context();
        SSL_CTX_set_max_proto_version(weak.get(), TLS1_2_VERSION);
        SSL_CTX_set_cipher_list(weak.get(), "AES128-SHA:ECDHE-ECDSA-AES128-SHA");
        Wire wire(server->tls_port());
        CPPUNIT_ASSERT(!wire.start_tls(weak.get()));
    }

    // Resumption is off: a resumed session would not prove the key again.
    void gives_the_client_certificate_on_every_connection() {
        const auto server = serve();
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            const Context context = client_context(&client_files_);
            SSL_CTX_set_max_proto_version(context.get(), version);
            SSL_SESSION* session = nullptr;
            for (int i = 0; i < 2; ++i) {
                Wire wire(server->tls_port());
                if (session != nullptr) SSL_CTX_add_session(context.get(), session);
                CPPUNIT_ASSERT(wire.start_tls(context.get()));
                wire.send(get);
                CPPUNIT_ASSERT(wire.read_response().find("X-Certificates: 1\r\n") != std::string::npos);
                CPPUNIT_ASSERT(!SSL_session_reused(wire.tls()));
                SSL_SESSION_free(session);
                session = SSL_get1_session(wire.tls());
            }
            CPPUNIT_ASSERT(!SSL_SESSION_is_resumable(session));
            SSL_SESSION_free(session);
        }
    }

    void refuses_other_protocols() {
        const auto server = serve();
        for (const auto& [offer, good] :
             {std::pair{std::string("\x08http/1.1\x02h2"), true}, {std::string("\x02h2"), false}}) {
            const Context context = client_context();
            SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(offer.data()),
                                    static_cast<unsigned>(offer.size()));
            Wire wire(server->tls_port());
            CPPUNIT_ASSERT_EQUAL(good, wire.start_tls(context.get()));
        }
    }

    void large_bodies_pass() {
        const auto server = serve();
        const Context context = client_context();
        Wire wire(server->tls_port());
        CPPUNIT_ASSERT(wire.start_tls(context.get()));
        std::string body;
        for (int i = 0; body.size() < 60'000; ++i) body += std::to_string(i);
        std::string large;
        for (int i = 0; i < 30; ++i) large += body;
        for (const std::string& sent : {body, large, body}) {
            wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(sent.size()) +
                      "\r\n\r\n" + sent);
            CPPUNIT_ASSERT(body_of(wire.read_response()) == sent);
        }
    }

    void a_silent_handshake_times_out() {
        const auto server =
            serve([](ServerOptions& options) { options.http.header_timeout = config::milliseconds(300); });
        Wire wire(server->tls_port());
        CPPUNIT_ASSERT(wire.closed());
    }

    void plain_text_is_cut_off() {
        const auto server = serve();
        Wire wire(server->tls_port());
        wire.send(get);
        CPPUNIT_ASSERT(wire.read_all().find("HTTP/") == std::string::npos);
    }

    void reload_takes_a_new_certificate_and_keeps_the_old_when_it_is_bad() {
        const auto server = serve();
        const Context context = client_context();
        const auto seen = [&] {
            Wire wire(server->tls_port());
            CPPUNIT_ASSERT(wire.start_tls(context.get()));
            return subject(wire.tls());
        };
        Wire before(server->tls_port());
        CPPUNIT_ASSERT(before.start_tls(context.get()));
        CPPUNIT_ASSERT_EQUAL(std::string("gate"), seen());

        ServerOptions next = server->options;
        next.tls = make_certificate(files_.path, "renewed");
        server->server->reload(next).value();
        CPPUNIT_ASSERT_EQUAL(std::string("renewed"), seen());
        before.send(get);
        CPPUNIT_ASSERT_EQUAL(200u, status_of(before.read_response()));

        const std::filesystem::path garbage = files_.path / "garbage.pem";
        std::ofstream(garbage) << "garbage";
        for (const TlsFiles& bad :
             {TlsFiles{files_.path / "none", next.tls.chain}, TlsFiles{next.tls.key, garbage},
              TlsFiles{client_files_.key, next.tls.chain}}) {
            ServerOptions broken = next;
            broken.tls = bad;
            const auto result = server->server->reload(broken);
            CPPUNIT_ASSERT(result.has_error());
            CPPUNIT_ASSERT(result.error().detail.find(files_.path.string()) != std::string::npos);
            CPPUNIT_ASSERT_EQUAL(std::string("renewed"), seen());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TlsTest);

}  // namespace hutong::http::test
