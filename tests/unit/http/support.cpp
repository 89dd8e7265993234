#include "tests/unit/http/support.hpp"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

namespace hutong::http::test {

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hutong-http-XXXXXX").string();
    path = ::mkdtemp(name.data());
}

Folder::~Folder() {
    std::filesystem::remove_all(path);
}

Contexts::Contexts(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        contexts_.push_back(std::make_unique<asio::io_context>(1));
        guards_.emplace_back(contexts_.back()->get_executor());
        threads_.emplace_back([context = contexts_.back().get()] { context->run(); });
    }
}

Contexts::~Contexts() {
    for (auto& context : contexts_) context->stop();
    for (auto& thread : threads_) thread.join();
}

std::vector<asio::io_context*> Contexts::all() {
    std::vector<asio::io_context*> result;
    for (auto& context : contexts_) result.push_back(context.get());
    return result;
}

TestServer::TestServer(Answering answering, std::function<void(ServerOptions&)> change, unsigned threads)
    : answering_(std::move(answering)), contexts_(threads) {
    std::signal(SIGPIPE, SIG_IGN);  // for the tests' own TLS sockets
    options.http.http = "127.0.0.1:0";
    options.http.https = "";
    options.http.drain_timeout = config::milliseconds(3000);
    options.spool_folder = folder.path;
    if (change) change(options);
    server = std::make_unique<Server>(contexts_.all(), options, *this);
    server->start().value();
}

TestServer::~TestServer() {
    server.reset();
}

namespace {

std::uint16_t port_of(const std::string& url) {
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

}  // namespace

std::uint16_t TestServer::port() const {
    return port_of(server->http_url());
}
std::uint16_t TestServer::tls_port() const {
    return port_of(server->https_url());
}

Answering echo() {
    return [](Request& request) -> Awaitable<Response> {
        auto body = std::make_shared<Payload>(64u << 10, std::filesystem::temp_directory_path());
        const auto read = co_await request.read_body(*body);
        if (read.has_error()) {
            const ErrorCode code = read.error().code;
            const unsigned status = code == ErrorCode::limit ? 413 : code == ErrorCode::timeout ? 408 : 400;
            co_return text_response(status, "text/plain", read.error().detail);
        }
        Response response;
        response.headers.add("Content-Type", "text/xml");
        response.headers.add("X-Path", request.path);
        response.headers.add("X-Query", request.query);
        response.headers.add("X-Certificates", std::to_string(request.client_certificates.size()));
        response.body.push_back({"", body.get(), 0, body->size()});
        response.keep_alive = body;
        co_return response;
    };
}

Wire::Wire(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("cannot connect to port " + std::to_string(port));
    }
}

Wire::~Wire() {
    SSL_free(tls_);
    ::close(socket_);
}

bool Wire::start_tls(SSL_CTX* context) {
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, socket_);
    return SSL_connect(tls_) == 1;
}

void Wire::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                  : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool Wire::receive() {
    char buffer[16384];
    const ssize_t got =
        tls_ ? SSL_read(tls_, buffer, sizeof buffer) : ::recv(socket_, buffer, sizeof buffer, 0);
    if (got > 0) pending_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
}

std::string Wire::read_response() {
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return "";
    }
    std::size_t length = 0;
    const std::size_t field = pending_.find("Content-Length: ");
    if (field < end) length = std::stoul(pending_.substr(field + 16));
    const std::size_t total = end + 4 + length;
    while (pending_.size() < total) {
        if (!receive()) return "";
    }
    std::string response = pending_.substr(0, total);
    pending_.erase(0, total);
    return response;
}

std::string Wire::read_all() {
    while (receive()) {
    }
    return std::exchange(pending_, {});
}

bool Wire::closed() {
    char byte = 0;
    if (!pending_.empty()) return false;
    if (tls_) return SSL_read(tls_, &byte, 1) <= 0;
    const ssize_t got = ::recv(socket_, &byte, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
}

void Wire::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

unsigned status_of(const std::string& response) {
    return response.size() < 12 ? 0 : static_cast<unsigned>(std::stoul(response.substr(9, 3)));
}

std::string body_of(const std::string& response) {
    const std::size_t end = response.find("\r\n\r\n");
    return end == std::string::npos ? "" : response.substr(end + 4);
}

TlsFiles make_certificate(const std::filesystem::path& folder, const std::string& name) {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_set_pubkey(certificate, key);
    const std::string names = "DNS:" + name + ",IP:127.0.0.1";
    X509_EXTENSION* const alternative =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(certificate, alternative, -1);
    X509_EXTENSION_free(alternative);
    X509_sign(certificate, key, EVP_sha256());

    const TlsFiles files{folder / (name + ".key"), folder / (name + ".pem")};
    FILE* file = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    file = std::fopen(files.chain.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return files;
}

std::string gzip(std::string_view text) {
    z_stream zlib{};
    deflateInit2(&zlib, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&zlib, text.size()), '\0');
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    zlib.avail_in = static_cast<uInt>(text.size());
    zlib.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib.avail_out = static_cast<uInt>(out.size());
    deflate(&zlib, Z_FINISH);
    out.resize(zlib.total_out);
    deflateEnd(&zlib);
    return out;
}

std::string gunzip(std::string_view text) {
    z_stream zlib{};
    inflateInit2(&zlib, 15 + 16);
    std::string out(16u << 20, '\0');
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    zlib.avail_in = static_cast<uInt>(text.size());
    zlib.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&zlib, Z_FINISH);
    out.resize(result == Z_STREAM_END ? zlib.total_out : 0);
    inflateEnd(&zlib);
    return out;
}

}  // namespace hutong::http::test
