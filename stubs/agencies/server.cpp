#include "stubs/agencies/server.hpp"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <list>
#include <mutex>
#include <set>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/result.hpp"
#include "stdsoap2.h"

namespace hutong::agencies {

namespace {

constexpr auto host = "127.0.0.1";
constexpr std::uint64_t max_request_bytes = 1u << 20;
constexpr int io_timeout_seconds = 30;  // also how long an idle keep-alive connection is kept
constexpr int transfer_timeout_seconds = 60;
constexpr unsigned max_xml_depth = 32;
constexpr int calls_per_connection = 10'000;
constexpr std::chrono::milliseconds accept_pause{50};

struct FreeSoap {
    void operator()(struct soap* context) const {
        soap_destroy(context);
        soap_end(context);
        soap_free(context);
    }
};
using SoapPtr = std::unique_ptr<struct soap, FreeSoap>;

int bound_port(int socket) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
    return ntohs(address.sin_port);
}

}  // namespace

struct Server::State {
    explicit State(ServerOptions given)
        : options(std::move(given)),
          master(soap_new2(SOAP_IO_KEEPALIVE | SOAP_C_UTFSTRING | SOAP_XML_STRICT,
                           SOAP_IO_KEEPALIVE | SOAP_C_UTFSTRING)) {
        if (!master) throw Failure(internal("no memory for a soap context"));
        master->user = this;
        master->bind_flags = SO_REUSEADDR;
        master->socket_flags = MSG_NOSIGNAL;
        master->recv_timeout = io_timeout_seconds;
        master->send_timeout = io_timeout_seconds;
        master->transfer_timeout = transfer_timeout_seconds;
        master->recv_maxlength = max_request_bytes;
        master->maxlevel = max_xml_depth;
        master->max_keep_alive = calls_per_connection;
        master->fget = answer_get;
        default_close = master->fclosesocket;
        master->fclosesocket = close_socket;
    }

    static State& of(struct soap* context) { return *static_cast<State*>(context->user); }

    // GET …?wsdl answers with the contract, its address replaced by this server's own.
    static int answer_get(struct soap* context) {
        const State& state = of(context);
        const char* query = std::strchr(context->path, '?');
        if (!query || strcasecmp(query, "?wsdl") != 0) return 404;
        std::string wsdl(state.options.wsdl);
        constexpr std::string_view before = "location=\"";
        for (auto at = wsdl.find(before); at != std::string::npos; at = wsdl.find(before, at + 1)) {
            const auto from = at + before.size();
            wsdl.replace(from, wsdl.find('"', from) - from, state.url());
        }
        context->http_content = "text/xml; charset=utf-8";
        if (soap_response(context, SOAP_FILE) || soap_send_raw(context, wsdl.data(), wsdl.size()))
            return context->error;
        return soap_end_send(context);
    }

    // Called by gSOAP for every socket it closes. The set holds only sockets that are open, so that stop()
    // never touches a descriptor that has become something else meanwhile.
    static int close_socket(struct soap* context, SOAP_SOCKET socket) {
        State& state = of(context);
        const std::lock_guard lock(state.mutex);
        state.open_sockets.erase(socket);
        return state.default_close(context, socket);
    }

    std::string url() const {
        return "http://" + std::string(host) + ":" + std::to_string(port) + options.path;
    }

    void accept_connections() {
        for (;;) {
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [this] { return stopping || running < options.max_connections; });
                if (stopping) return;
            }
            if (!soap_valid_socket(soap_accept(master.get()))) {
                {
                    const std::lock_guard lock(mutex);
                    if (stopping) return;
                }
                std::this_thread::sleep_for(accept_pause);  // out of descriptors, most likely
                continue;
            }
            SoapPtr connection(soap_copy(master.get()));
            if (!connection) default_close(master.get(), master->socket);
            master->socket = SOAP_INVALID_SOCKET;  // it is the connection's from here on
            if (!connection) continue;
            connection->master =
                SOAP_INVALID_SOCKET;  // or the copy would close the listening socket with itself

            const std::lock_guard lock(mutex);
            if (stopping) return;
            finished.clear();  // joins them; they are past their last lock
            open_sockets.insert(connection->socket);
            ++running;
            const auto self = threads.emplace(threads.end());
            *self = std::jthread(
                [this, self, context = std::move(connection)]() mutable { serve(std::move(context), self); });
        }
    }

    void serve(SoapPtr context, std::list<std::jthread>::iterator self) {
        options.serve(context.get());
        soap_force_closesock(context.get());
        context.reset();
        const std::lock_guard lock(mutex);
        --running;
        finished.splice(finished.end(), threads, self);
        changed.notify_all();
    }

    ServerOptions options;
    SoapPtr master;
    int port{0};
    int (*default_close)(struct soap*, SOAP_SOCKET){nullptr};
    std::mutex mutex;  // guards what follows
    std::condition_variable changed;
    bool stopping{false};
    unsigned running{0};
    std::set<int> open_sockets;
    std::list<std::jthread> threads;
    std::list<std::jthread> finished;
    std::thread acceptor;
};

Server::Server(ServerOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Server::~Server() {
    stop();
}

void Server::start() {
    State& state = *state_;
    if (!soap_valid_socket(soap_bind(state.master.get(), host, state.options.port, SOMAXCONN)))
        throw Failure(unavailable(
            "cannot listen on " + std::string(host) + ":" + std::to_string(state.options.port) + " (" +
            std::strerror(state.master->errnum) + "); choose another --port, or 0 for any free one"));
    state.port = bound_port(state.master->master);
    state.acceptor = std::thread([&state] { state.accept_connections(); });
}

void Server::stop() {
    State& state = *state_;
    if (!state.acceptor.joinable()) return;
    {
        const std::lock_guard lock(state.mutex);
        state.stopping = true;
        shutdown(state.master->master, SHUT_RDWR);
        // Idle connections end at once; one that is writing its answer is not disturbed.
        for (const int socket : state.open_sockets) shutdown(socket, SHUT_RD);
        state.changed.notify_all();
    }
    state.acceptor.join();
    std::unique_lock lock(state.mutex);
    state.changed.wait(lock, [&state] { return state.running == 0; });
    state.finished.clear();
}

int Server::port() const {
    return state_->port;
}
std::string Server::url() const {
    return state_->url();
}

}  // namespace hutong::agencies
