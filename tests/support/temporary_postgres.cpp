#include "support/temporary_postgres.hpp"

#include <fstream>
#include <stdexcept>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "base/asio.hpp"
#include "base/pg/migrations.hpp"
#include "base/pg/pool.hpp"
#include "support/coroutine.hpp"

namespace hutong::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* speed = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n";

class Embedded : public TestServer {
  public:
    Embedded() {
        make_cluster(home_);
        start();
    }
    void start() override {
        if (!server_) server_ = pg::EmbeddedServer::start(home_).value();
    }
    void stop() override { server_.reset(); }

  protected:
    std::string url(const std::string& database) const override {
        std::string whole = server_->url();
        return whole.replace(whole.find("/hutong?"), 7, "/" + database);
    }

  private:
    TemporaryFolder folder_;
    Home home_{folder_.path() / "home"};
    std::unique_ptr<pg::EmbeddedServer> server_;
};

unsigned free_port() {
    asio::io_context context;
    asio::ip::tcp::acceptor probe(context, {asio::ip::address_v4::loopback(), 0});
    return probe.local_endpoint().port();
}

class External : public TestServer {
  public:
    External() : port_(std::to_string(free_port())) {
        fs::create_directory(data());
        fs::permissions(data(), fs::perms::owner_all);
        if (::lchown(data().c_str(), user_.uid, user_.gid) != 0) throw std::runtime_error("chown failed");
        const fs::path password = folder_.path() / "password";
        std::ofstream(password) << "open sesame/\n";
        pg::run_program(user_,
                        {(binaries_ / "initdb").string(), "--pgdata=" + data().string(),
                         "--username=operator", "--pwfile=" + password.string(), "--auth=scram-sha-256",
                         "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"},
                        log())
            .value();
        std::ofstream(data() / "postgresql.conf", std::ios::app) << speed;
        start();
    }
    ~External() override { stop(); }

    void start() override {
        if (process_) return;
        process_ = pg::ServerProcess::spawn(user_,
                                            {(binaries_ / "postgres").string(), "-D", data().string(), "-c",
                                             "listen_addresses=127.0.0.1", "-c", "port=" + port_, "-c",
                                             "unix_socket_directories="},
                                            log())
                       .value();
        wait_ready();
    }
    void stop() override {
        if (process_) process_->stop();
        process_.reset();
    }

  protected:
    std::string url(const std::string& database) const override {
        return "postgresql://operator:open%20sesame%2F@localhost:" + port_ + "/" + database;
    }

  private:
    fs::path data() const { return folder_.path() / "data"; }
    fs::path log() const { return folder_.path() / "log"; }
    void wait_ready() {
        for (;;) {
            // No migrations: this only connects.
            const auto answer = pg::migrate(url("postgres"), {});
            if (answer.has_value()) return;
            if (!process_->running()) throw std::runtime_error("PostgreSQL: " + pg::last_line(log()));
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

    TemporaryFolder folder_;
    pg::ServerUser user_{pg::server_user().value()};
    fs::path binaries_{pg::newest_binaries().value()};
    std::string port_;
    std::optional<pg::ServerProcess> process_;
};

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string path = "/tmp/hutong-test-XXXXXX";
    if (!::mkdtemp(path.data())) throw std::runtime_error("no temporary folder");
    ::chmod(path.c_str(), 0711);
    path_ = path;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string TestServer::fresh_database(bool migrated) {
    const std::string name = "t" + std::to_string(++made_);
    {
        asio::io_context context;
        pg::Pool pool(context.get_executor(), {}, url("postgres"));
        run(context, pool.query("create database " + name)).value();
        pool.close();
        context.poll();
    }
    if (migrated) pg::migrate(url(name)).value();
    return url(name);
}

void make_cluster(const Home& home) {
    fs::create_directories(home.root);
    pg::EmbeddedServer::create(home).value();
    std::ofstream(home.pg() / "data/postgresql.conf", std::ios::app) << speed;
}

TestServer& embedded_postgres() {
    static Embedded server;
    server.start();
    return server;
}

TestServer& external_postgres() {
    static External server;
    server.start();
    return server;
}

}  // namespace hutong::test
