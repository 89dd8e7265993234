// The admin socket with a real client: who is let in, sizes, and what a broken request gets.
#include "gateway/main/admin/server.hpp"

#include <atomic>
#include <csignal>
#include <thread>
#include <utility>

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ids.hpp"
#include "gateway/main/admin/client.hpp"
#include "gateway/main/admin/login_session.hpp"

using namespace hutong;
namespace fs = std::filesystem;

class ServerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServerTest);
    CPPUNIT_TEST(answers_and_errors_come_back);
    CPPUNIT_TEST(the_socket_is_private);
    CPPUNIT_TEST(the_kernel_names_the_peer);
    CPPUNIT_TEST(a_login_is_told_from_another);
    CPPUNIT_TEST(strangers_are_refused);
    CPPUNIT_TEST(a_large_request_passes_and_a_larger_one_does_not);
    CPPUNIT_TEST(nobody_at_home_says_how_to_start);
    CPPUNIT_TEST_SUITE_END();

    Home home_;
    asio::io_context context_;
    std::unique_ptr<admin::Server> server_;
    std::thread thread_;
    std::atomic<unsigned> turned_away_{0};

    void start(uid_t owner, admin::ServerLimits limits = {}) {
        server_ = std::make_unique<admin::Server>(
            context_.get_executor(), home_.admin_socket(), owner, limits,
            [](admin::Request request, admin::Peer peer) -> Awaitable<admin::Reply> {
                if (request.command == "fail")
                    co_return admin::Reply{Error{ErrorCode::conflict, "no"}, {"beware"}};
                co_return admin::Reply{admin::json::value(
                    admin::json::object{{"command", request.command}, {"uid", std::uint64_t{peer.uid}}})};
            },
            [this](Error error, admin::Peer) -> Awaitable<Error> {
                ++turned_away_;
                co_return error;
            });
        CPPUNIT_ASSERT(server_->start());
        thread_ = std::thread([this] { context_.run(); });
    }

  public:
    void setUp() override {
        home_.root = fs::temp_directory_path() / ("hutong-test-" + new_uuid());
        fs::create_directories(home_.run());
        ::chmod(home_.run().c_str(), 0700);
    }

    void tearDown() override {
        context_.stop();
        if (thread_.joinable()) thread_.join();
        server_.reset();
        fs::remove_all(home_.root);
    }

    void answers_and_errors_come_back() {
        start(::geteuid());
        for (int i = 0; i < 3; ++i) {
            const auto answer = admin::ask(home_, {"hello", {}});
            CPPUNIT_ASSERT_MESSAGE(answer ? "" : answer.error().detail, answer);
            CPPUNIT_ASSERT_EQUAL(std::string("hello"), std::string(answer->at("command").as_string()));
        }
        std::vector<std::string> notices;
        const auto failed = admin::ask(home_, {"fail", {}}, std::chrono::seconds(120), &notices);
        CPPUNIT_ASSERT(!failed);
        CPPUNIT_ASSERT(failed.error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(notices == std::vector<std::string>{"beware"});
    }

    void the_socket_is_private() {
        start(::geteuid());
        struct stat facts {};
        CPPUNIT_ASSERT_EQUAL(0, ::stat(home_.admin_socket().c_str(), &facts));
        CPPUNIT_ASSERT_EQUAL(0600u, facts.st_mode & 0777u);
    }

    void the_kernel_names_the_peer() {
        start(::geteuid());
        const auto answer = admin::ask(home_, {"hello", {}});
        CPPUNIT_ASSERT(answer);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{::geteuid()}, answer->at("uid").to_number<std::uint64_t>());
    }

    // A login of the machine as the kernel has it: a session's leader (the shell) and a program begun from
    // it.
    class Login {
      public:
        Login() {
            int told[2];
            CPPUNIT_ASSERT(::pipe(told) == 0);
            shell = ::fork();
            if (shell == 0) {
                ::setsid();
                const pid_t begun = ::fork();
                if (begun != 0 && ::write(told[1], &begun, sizeof begun) != sizeof begun) ::_exit(1);
                ::alarm(60);  // should the test end before it ends us
                for (;;) ::pause();
            }
            CPPUNIT_ASSERT_EQUAL(ssize_t{sizeof program}, ::read(told[0], &program, sizeof program));
            ::close(told[0]);
            ::close(told[1]);
        }

        ~Login() {
            ::kill(program, SIGKILL);
            end_shell();
        }

        void end_shell() {
            if (shell < 0) return;
            ::kill(shell, SIGKILL);
            ::waitpid(std::exchange(shell, -1), nullptr, 0);
        }

        pid_t shell{-1}, program{-1};
    };

    // What a session at the socket is bound to. Of this process nothing is said: where its session began
    // outside the namespace of processes it runs in, there is none.
    void a_login_is_told_from_another() {
        Login mine, other;
        const std::string login = admin::login_session_of(mine.shell);
        CPPUNIT_ASSERT(!login.empty());
        CPPUNIT_ASSERT_EQUAL(login, admin::login_session_of(mine.program));
        const std::string others = admin::login_session_of(other.program);
        CPPUNIT_ASSERT(!others.empty() && others != login);
        mine.end_shell();
        CPPUNIT_ASSERT_EQUAL(std::string(), admin::login_session_of(mine.program));
        CPPUNIT_ASSERT_EQUAL(std::string(), admin::login_session_of(0));
    }

    // Root is always let in, so a stranger is anybody else: the same request, asked for with another owner's
    // socket.
    void strangers_are_refused() {
        start(::geteuid() + 1);
        const auto answer = admin::ask(home_, {"hello", {}});
        CPPUNIT_ASSERT_EQUAL(::geteuid() == 0, answer.has_value());
        if (!answer) CPPUNIT_ASSERT(answer.error().code == ErrorCode::refused);
        CPPUNIT_ASSERT_EQUAL(answer ? 0u : 1u, turned_away_.load());
    }

    void a_large_request_passes_and_a_larger_one_does_not() {
        admin::ServerLimits limits;
        limits.request_bytes = 3u << 20;
        start(::geteuid(), limits);
        const auto fits = admin::ask(home_, {"hello", {{"x", std::string(2u << 20, 'x')}}});
        CPPUNIT_ASSERT(fits);
        const auto beyond = admin::ask(home_, {"hello", {{"x", std::string(4u << 20, 'x')}}});
        CPPUNIT_ASSERT(!beyond);
        CPPUNIT_ASSERT_EQUAL(1u, turned_away_.load());
        CPPUNIT_ASSERT(admin::ask(home_, {"hello", {}}));
    }

    void nobody_at_home_says_how_to_start() {
        const auto answer = admin::ask(home_, {"hello", {}});
        CPPUNIT_ASSERT(!answer);
        CPPUNIT_ASSERT(answer.error().code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(answer.error().detail.find("hutong serve --home " + home_.root.string()) !=
                       std::string::npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerTest);
