#include "gateway/main/admin/server.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/main/admin/login_session.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

using Local = asio::local::stream_protocol;

Result<Peer> peer_of(Local::socket& socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return internal(std::string("the kernel does not say who is there: ") + std::strerror(errno));
    return Peer{credentials.uid, credentials.pid, login_session_of(credentials.pid)};
}

}  // namespace

std::string Peer::text() const {
    std::string said = "uid " + std::to_string(uid);
    std::array<char, 4096> room;
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found)
        said += std::string(" (") + found->pw_name + ")";
    return said + ", pid " + std::to_string(pid);
}

struct Server::State : std::enable_shared_from_this<State> {
    State(asio::any_io_executor executor_, std::filesystem::path path_, uid_t owner_, ServerLimits limits_,
          Handle handle_, TurnAway turn_away_)
        : executor(executor_),
          acceptor(executor_),
          path(std::move(path_)),
          owner(owner_),
          limits(limits_),
          handle(std::move(handle_)),
          turn_away(std::move(turn_away_)) {}

    Result<void> open() {
        if (path.string().size() >= sizeof(sockaddr_un::sun_path))
            return invalid("the path " + path.string() +
                           " is too long for a socket: choose a shorter --home");
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        boost::system::error_code failed;
        const Local::endpoint endpoint(path.string());
        acceptor.open(endpoint.protocol(), failed);
        // Nobody can connect before the mode is set: the folder around it is 0700.
        if (!failed) acceptor.bind(endpoint, failed);
        if (!failed) acceptor.listen(64, failed);
        if (failed) return unavailable(path.string() + " cannot be opened: " + failed.message());
        if (::chmod(path.c_str(), 0600) != 0 ||
            (::geteuid() == 0 && ::chown(path.c_str(), owner, gid_t(-1)) != 0))
            return unavailable(path.string() + " cannot be closed to others: " + std::strerror(errno));
        return {};
    }

    static Awaitable<> accept_all(std::shared_ptr<State> self) {
        asio::steady_timer pause(self->executor);
        while (self->acceptor.is_open()) {
            boost::system::error_code failed;
            Local::socket socket =
                co_await self->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
            if (!self->acceptor.is_open()) co_return;
            if (failed) {  // out of descriptors, most likely: wait for some to come back
                co_await sleep_for(pause, std::chrono::milliseconds(200));
                continue;
            }
            if (self->open_connections >= self->limits.connections) continue;  // closed at once
            ++self->open_connections;
            auto shared = std::make_shared<Local::socket>(std::move(socket));
            asio::co_spawn(self->executor, serve(self, std::move(shared)),
                           [self](std::exception_ptr) { --self->open_connections; });
        }
    }

    static Awaitable<> serve(std::shared_ptr<State> self, std::shared_ptr<Local::socket> shared) {
        Local::socket& socket = *shared;
        asio::steady_timer deadline(self->executor);
        // A handler that is queued already when the deadline is moved may still run: it owns the socket it
        // cancels.
        const auto within = [&](std::chrono::seconds limit) {
            deadline.expires_after(limit);
            deadline.async_wait([shared](boost::system::error_code moved) {
                boost::system::error_code ignored;
                if (!moved) shared->cancel(ignored);
            });
        };
        within(self->limits.transfer);
        const Result<Peer> peer = peer_of(socket);
        Reply reply{json::value()};
        if (!peer) {
            reply.answer = peer.error();
        } else if (peer->uid != 0 && peer->uid != self->owner) {
            Error stranger = refused("only the owner of the home and root may give commands");
            reply.answer = co_await self->turn_away(std::move(stranger), *peer);
        } else {
            Result<Request> request = co_await read_request(socket, self->limits.request_bytes);
            deadline.cancel();
            if (request) {
                reply = co_await self->handle(std::move(*request), *peer);
            } else {
                reply.answer = co_await self->turn_away(request.error(), *peer);
            }
        }
        within(self->limits.transfer);
        co_await send_answer(socket, answer_text(reply));
        deadline.cancel();
    }

    static Awaitable<Result<Request>> read_request(Local::socket& socket, std::uint64_t most) {
        boost::system::error_code failed;
        LengthPrefix prefix{};
        co_await asio::async_read(socket, asio::buffer(prefix),
                                  asio::redirect_error(asio::use_awaitable, failed));
        if (failed) co_return invalid("the administration request did not come: " + failed.message());
        HUTONG_CO_ASSIGN(const std::size_t length, announced_length(prefix, most));
        std::string text;
        // Grown as bytes come in: an announced length alone takes no memory.
        constexpr std::size_t step = 1u << 20;
        while (text.size() < length) {
            const std::size_t begin = text.size();
            text.resize(std::min(length, begin + step));
            co_await asio::async_read(socket, asio::buffer(text.data() + begin, text.size() - begin),
                                      asio::redirect_error(asio::use_awaitable, failed));
            if (failed) co_return invalid("the administration request is cut short: " + failed.message());
        }
        co_return parse_request(text);
    }

    static Awaitable<> send_answer(Local::socket& socket, std::string text) {
        boost::system::error_code failed;
        const LengthPrefix prefix = length_prefix(text.size());
        const std::array<asio::const_buffer, 2> both{asio::buffer(prefix), asio::buffer(text)};
        co_await asio::async_write(socket, both, asio::redirect_error(asio::use_awaitable, failed));
    }

    asio::any_io_executor executor;
    Local::acceptor acceptor;
    std::filesystem::path path;
    uid_t owner;
    ServerLimits limits;
    Handle handle;
    TurnAway turn_away;
    unsigned open_connections{0};
};

Server::Server(asio::any_io_executor executor, std::filesystem::path path, uid_t owner, ServerLimits limits,
               Handle handle, TurnAway turn_away)
    : state_(std::make_shared<State>(executor, std::move(path), owner, limits, std::move(handle),
                                     std::move(turn_away))) {}

Server::~Server() {
    stop();
}

Result<void> Server::start() {
    HUTONG_TRY(state_->open());
    asio::co_spawn(state_->executor, State::accept_all(state_), asio::detached);
    return {};
}

void Server::stop() {
    if (!state_->acceptor.is_open()) return;
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
    std::error_code gone;
    std::filesystem::remove(state_->path, gone);
}

}  // namespace hutong::admin
