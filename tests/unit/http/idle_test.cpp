// Ten thousand idle keep-alive connections: all stay usable; what each costs is printed.
#include <chrono>
#include <fstream>
#include <iostream>

#include <arpa/inet.h>
#include <cppunit/extensions/HelperMacros.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

namespace {

const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

std::uint64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool ask(int socket) {
    char buffer[4096];
    if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) return false;
    const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
    return got > 12 && std::string_view(buffer, 12) == "HTTP/1.1 200";
}

// The clients' side, in a process of its own: its memory and descriptors are not the server's.
int hold_connections(std::uint16_t port, unsigned count, int tell, int wait) {
    std::vector<int> sockets;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    for (unsigned i = 0; i < count; ++i) {
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || !ask(socket))
            return 1;
        sockets.push_back(socket);
    }
    char byte = 'x';
    if (::write(tell, &byte, 1) != 1 || ::read(wait, &byte, 1) != 1) return 2;
    for (const int socket : sockets) {
        if (!ask(socket)) return 3;
    }
    return 0;
}

}  // namespace

class IdleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IdleTest);
    CPPUNIT_TEST(ten_thousand_connections_stay_usable);
    CPPUNIT_TEST_SUITE_END();

    void ten_thousand_connections_stay_usable() {
        const unsigned count = 10'000;
        TestServer server(echo());  // raises the limit of descriptors, also for the child
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        CPPUNIT_ASSERT_MESSAGE("the hard limit of open files is too low: ulimit -Hn 11000",
                               limit.rlim_cur >= count + 200);
        int to_child[2];
        int to_parent[2];
        CPPUNIT_ASSERT(::pipe(to_child) == 0 && ::pipe(to_parent) == 0);
        const std::uint16_t port = server.port();
        const std::uint64_t before = resident_bytes();
        const pid_t child = ::fork();
        if (child == 0) ::_exit(hold_connections(port, count, to_parent[1], to_child[0]));
        ::close(to_parent[1]);
        char byte = 0;
        const bool ready = ::read(to_parent[0], &byte, 1) == 1;
        // The last connections give their buffers back a second after their request.
        if (ready) std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        const std::uint64_t connections = server.server->counters().connections;
        const std::uint64_t after = resident_bytes();
        (void)!::write(to_child[1], &byte, 1);
        int status = 0;
        ::waitpid(child, &status, 0);
        for (const int file : {to_child[0], to_child[1], to_parent[0]}) ::close(file);
        CPPUNIT_ASSERT(ready);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{count}, connections);
        std::cout << "\n"
                  << count << " idle connections: " << (after - before) / count << " bytes of memory each\n";
        CPPUNIT_ASSERT(WIFEXITED(status));
        CPPUNIT_ASSERT_EQUAL(0, WEXITSTATUS(status));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(IdleTest);

}  // namespace hutong::http::test
