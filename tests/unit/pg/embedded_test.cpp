// The private cluster: its folders, and what a killed daemon leaves.
#include "base/pg/embedded.hpp"

#include <csignal>
#include <fstream>

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pg/migrations.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::pg {
namespace {

namespace fs = std::filesystem;

class EmbeddedTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EmbeddedTest);
    CPPUNIT_TEST(starts_and_stops);
    CPPUNIT_TEST(its_folders_are_closed_to_others);
    CPPUNIT_TEST(one_at_a_time);
    CPPUNIT_TEST(an_interrupted_creation_is_no_cluster);
    CPPUNIT_TEST(takes_over_from_a_killed_daemon);
    CPPUNIT_TEST(replaces_an_orphan_that_does_not_answer);
    CPPUNIT_TEST(a_reused_process_number_does_not_block);
    CPPUNIT_TEST(a_killed_server_is_started_again);
    CPPUNIT_TEST(a_long_path_gets_a_short_socket);
    CPPUNIT_TEST(a_closed_folder_above_is_named);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        folder_ = std::make_unique<test::TemporaryFolder>();
        home_.root = folder_->path() / "home";
    }
    void tearDown() override { folder_.reset(); }

    void starts_and_stops() {
        CPPUNIT_ASSERT(!EmbeddedServer::exists(home_));
        CPPUNIT_ASSERT(EmbeddedServer::start(home_).error().code == ErrorCode::not_found);
        test::make_cluster(home_);
        CPPUNIT_ASSERT(EmbeddedServer::exists(home_));
        CPPUNIT_ASSERT(EmbeddedServer::create(home_).error().code == ErrorCode::conflict);
        std::string url;
        {
            const auto server = EmbeddedServer::start(home_).value();
            url = server->url();
            CPPUNIT_ASSERT(answers(url));
        }
        CPPUNIT_ASSERT(!answers(url));
        CPPUNIT_ASSERT(!fs::exists(home_.pg() / "data/postmaster.pid"));
        CPPUNIT_ASSERT(answers(EmbeddedServer::start(home_).value()->url()));
    }

    void its_folders_are_closed_to_others() {
        test::make_cluster(home_);
        const auto server = EmbeddedServer::start(home_).value();
        for (const char* name : {"data", "run"}) {
            struct stat seen {};
            CPPUNIT_ASSERT_EQUAL(0, ::stat((home_.pg() / name).c_str(), &seen));
            CPPUNIT_ASSERT_EQUAL(0700u, seen.st_mode & 0777u);
            if (::geteuid() == 0) CPPUNIT_ASSERT(seen.st_uid != 0);
        }
        std::ifstream hba(home_.pg() / "hba.conf");
        const std::string rules((std::istreambuf_iterator<char>(hba)), {});
        CPPUNIT_ASSERT_EQUAL(std::string("local all hutong peer map=hutong\n"), rules);
    }

    void one_at_a_time() {
        test::make_cluster(home_);
        const auto server = EmbeddedServer::start(home_).value();
        CPPUNIT_ASSERT(EmbeddedServer::start(home_).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(answers(server->url()));
    }

    void an_interrupted_creation_is_no_cluster() {
        fs::create_directories(home_.pg() / "data.new");
        std::ofstream(home_.pg() / "data.new/PG_VERSION") << "15\n";
        CPPUNIT_ASSERT(!EmbeddedServer::exists(home_));
        test::make_cluster(home_);
        CPPUNIT_ASSERT(answers(EmbeddedServer::start(home_).value()->url()));
    }

    void takes_over_from_a_killed_daemon() {
        test::make_cluster(home_);
        const int orphan = leave_orphan();
        const auto server = EmbeddedServer::start(home_).value();
        CPPUNIT_ASSERT_EQUAL(orphan, server->pid());
        CPPUNIT_ASSERT(answers(server->url()));
        server->stop();
        CPPUNIT_ASSERT(gone(orphan));
    }

    void replaces_an_orphan_that_does_not_answer() {
        test::make_cluster(home_);
        const int orphan = leave_orphan();
        ::kill(orphan, SIGSTOP);
        const auto server = EmbeddedServer::start(home_).value();
        CPPUNIT_ASSERT(server->pid() != orphan);
        CPPUNIT_ASSERT(gone(orphan));
        CPPUNIT_ASSERT(answers(server->url()));
    }

    void a_reused_process_number_does_not_block() {
        test::make_cluster(home_);
        // The number of a live process that is no postgres: this one.
        std::ofstream(home_.pg() / "data/postmaster.pid") << ::getpid() << "\n"
                                                          << (home_.pg() / "data").string();
        CPPUNIT_ASSERT(answers(EmbeddedServer::start(home_).value()->url()));
    }

    void a_killed_server_is_started_again() {
        test::make_cluster(home_);
        const auto server = EmbeddedServer::start(home_).value();
        CPPUNIT_ASSERT(!server->keep_running().value());
        const int first = server->pid();
        ::kill(first, SIGKILL);
        ::waitpid(first, nullptr, 0);
        CPPUNIT_ASSERT(server->keep_running().value());
        CPPUNIT_ASSERT(server->pid() != first);
        CPPUNIT_ASSERT(answers(server->url()));
    }

    void a_long_path_gets_a_short_socket() {
        home_.root = folder_->path() / std::string(80, 'l') / "home";
        test::make_cluster(home_);
        fs::path sockets;
        {
            const auto server = EmbeddedServer::start(home_).value();
            CPPUNIT_ASSERT(answers(server->url()));
            std::string remembered;
            std::getline(std::ifstream(home_.pg() / "socket-dir"), remembered);
            sockets = remembered;
            struct stat seen {};
            CPPUNIT_ASSERT_EQUAL(0, ::stat(sockets.c_str(), &seen));
            CPPUNIT_ASSERT_EQUAL(0700u, seen.st_mode & 0777u);
        }
        CPPUNIT_ASSERT(!fs::exists(sockets));
    }

    void a_closed_folder_above_is_named() {
        if (::geteuid() != 0) return;  // then the server runs as the folder's owner, and nothing is closed
        const fs::path closed = folder_->path() / "closed";
        fs::create_directory(closed);
        fs::permissions(closed, fs::perms::owner_all);
        home_.root = closed / "home";
        fs::create_directory(home_.root);
        const auto done = EmbeddedServer::create(home_);
        CPPUNIT_ASSERT(done.error().code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(done.error().detail.find("chmod o+x " + closed.string() + ",") != std::string::npos);
    }

  private:
    // A process of its own starts the server and is killed; returns the server's process id.
    int leave_orphan() {
        int ends[2];
        CPPUNIT_ASSERT_EQUAL(0, ::pipe(ends));
        const pid_t daemon = ::fork();
        CPPUNIT_ASSERT(daemon >= 0);
        if (daemon == 0) {
            int pid = 0;
            auto server = EmbeddedServer::start(home_);
            if (server.has_value()) pid = (*server)->pid();
            const bool told = ::write(ends[1], &pid, sizeof pid) == sizeof pid;
            while (told) ::pause();
            ::_exit(1);
        }
        int pid = 0;
        const auto size = ::read(ends[0], &pid, sizeof pid);
        ::kill(daemon, SIGKILL);
        ::waitpid(daemon, nullptr, 0);
        ::close(ends[0]);
        ::close(ends[1]);
        CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(sizeof pid), size);
        CPPUNIT_ASSERT(pid > 0);
        CPPUNIT_ASSERT_EQUAL(0, ::kill(pid, 0));
        return pid;
    }

    // Ended: its number is free, or it waits to be reaped by whoever inherited it.
    static bool gone(int pid) {
        std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
        std::string text;
        return !std::getline(stat, text) || text.find(") Z ") != std::string::npos;
    }

    static bool answers(const std::string& url) { return migrate(url, {}).has_value(); }

    std::unique_ptr<test::TemporaryFolder> folder_;
    Home home_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(EmbeddedTest);

}  // namespace
}  // namespace hutong::pg
