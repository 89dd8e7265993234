#include "gateway/main/admin/client.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace hutong::admin {

namespace {

class Socket {
  public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int get() const { return descriptor_; }

  private:
    int descriptor_;
};

Error not_running(const Home& home) {
    return unavailable("hutong is not running for " + home.root.string() +
                       ": start it with hutong serve --home " + home.root.string());
}

Error broken(int number) {
    if (number == EAGAIN || number == EWOULDBLOCK)
        return {ErrorCode::timeout, "the daemon did not answer in time; its log says what it waits for"};
    return unavailable(std::string("the connection to the daemon broke: ") + std::strerror(number));
}

Result<void> send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return broken(errno);
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<void> receive_all(int socket, char* into, std::size_t length) {
    while (length > 0) {
        const ssize_t received = ::recv(socket, into, length, 0);
        if (received < 0 && errno == EINTR) continue;
        if (received < 0) return broken(errno);
        if (received == 0)
            return unavailable("the daemon closed the connection without an answer; see its log");
        into += received;
        length -= static_cast<std::size_t>(received);
    }
    return {};
}

}  // namespace

Result<json::value> ask(const Home& home, const Request& request, std::chrono::seconds patience,
                        std::vector<std::string>* notices) {
    const std::string text = request_text(request);
    if (text.size() > max_request_bytes)
        return Error{ErrorCode::limit, "the request has " + std::to_string(text.size()) +
                                           " bytes; the daemon takes " + std::to_string(max_request_bytes)};
    const std::string path = home.admin_socket().string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return invalid("the path " + path + " is too long for a socket: choose a shorter --home");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);

    Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return unavailable(std::string("no socket can be made: ") + std::strerror(errno));
    const timeval limit{static_cast<time_t>(patience.count()), 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (errno == EACCES || errno == EPERM)
            return refused(path +
                           " belongs to another user: run the command as the owner of the home or as root");
        return not_running(home);
    }
    const LengthPrefix prefix = length_prefix(text.size());
    HUTONG_TRY(send_all(socket.get(), {reinterpret_cast<const char*>(prefix.data()), prefix.size()}));
    HUTONG_TRY(send_all(socket.get(), text));

    LengthPrefix answered{};
    HUTONG_TRY(receive_all(socket.get(), reinterpret_cast<char*>(answered.data()), answered.size()));
    HUTONG_ASSIGN(const std::size_t length, announced_length(answered, max_answer_bytes));
    std::string answer(length, '\0');
    HUTONG_TRY(receive_all(socket.get(), answer.data(), length));
    Reply reply = parse_answer(answer);
    if (notices) *notices = std::move(reply.notices);
    return std::move(reply.answer);
}

}  // namespace hutong::admin
