// Throw-away PostgreSQL servers for tests, in folders under /tmp that go with the program.
//
// fsync is off in them: what is tested there is not whether a power cut loses data.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/home.hpp"
#include "base/pg/embedded.hpp"
#include "base/pg/postgres_process.hpp"

namespace hutong::test {

// A folder under /tmp that other users may pass through, removed at the end.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// Server and databases of one kind; tests stop and start it.
class TestServer {
  public:
    virtual ~TestServer() = default;
    virtual void start() = 0;
    virtual void stop() = 0;
    // A new database; with all migrations if wanted. Returns its URL.
    std::string fresh_database(bool migrated = false);

  protected:
    virtual std::string url(const std::string& database) const = 0;

  private:
    unsigned made_{0};
};

// The embedded server: one for the whole program, made at first use.
TestServer& embedded_postgres();
// A server as an operator runs it: TCP on a free loopback port, a password; likewise one for the program.
TestServer& external_postgres();

// A home with an embedded cluster that is not running.
void make_cluster(const Home& home);

}  // namespace hutong::test
