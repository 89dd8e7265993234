// The node with the CA as its chores see it: a fresh database, a CA, a journal, and what certifies with them.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"
#include "gateway/main/daemon/node_certifier.hpp"
#include "registry/store/nodes.hpp"
#include "security/access/access.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"
#include "tests/unit/journal/fixture.hpp"

namespace hutong::daemon {

class CertifyingFixture : public CppUnit::TestFixture {
  public:
    void setUp() override {
        home_.create().value();
        const std::string url = test::embedded_postgres().fresh_database(true);
        pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database{}, url);
        security::Authorities::found(home_, {"Test", "https://gw.example"}).value();
        authorities_ = security::Authorities::open(home_).value();
        journal_ = security::test::open_journal(home_.journal());
        access_ = std::make_unique<security::Access>(*pool_, home_, options_);
        certificates_ = std::make_unique<security::CertificateRegister>(*pool_);
        nodes_ = std::make_unique<registry::Nodes>(*pool_);
        records_ = std::make_unique<OwnRecords>(*journal_);
        certifier_ = std::make_unique<NodeCertifier>(*authorities_, *certificates_, *records_);
        run(nodes_->found(founder_, "https://one.example")).value();
    }
    void tearDown() override {
        journal_.reset();
        pool_->close();
    }

  protected:
    template <class T>
    T run(Awaitable<T> work) {
        return test::run(context_, std::move(work));
    }
    void finish(Awaitable<void> work) { run(told(std::move(work))); }
    pg::Rows sql(const std::string& text) { return run(pool_->query(text)).value(); }
    std::int64_t certified() { return sql("select count(*) from certificates").integer(0, 0); }
    security::Record newest_record() const {
        security::JournalQuery newest;
        newest.limit = 1;
        return security::read_journal(home_.journal(), newest).value().front().record;
    }
    // A request for a new key, which lies in a folder of its own.
    std::string csr(const std::string& name = "tls") {
        const Home beside{folder_.path / new_uuid()};
        beside.create().value();
        return security::make_key_and_csr(beside, name, find_node_key(name)->kind).value();
    }

    security::test::TemporaryFolder folder_;
    const Home home_{folder_.path / "home"};
    const std::string founder_ = new_uuid();
    const config::Officers options_;
    asio::io_context context_;
    std::unique_ptr<pg::Pool> pool_;
    std::unique_ptr<security::Authorities> authorities_;
    std::unique_ptr<security::Journal> journal_;
    std::unique_ptr<security::Access> access_;
    std::unique_ptr<security::CertificateRegister> certificates_;
    std::unique_ptr<registry::Nodes> nodes_;
    std::unique_ptr<OwnRecords> records_;
    std::unique_ptr<NodeCertifier> certifier_;

  private:
    static Awaitable<bool> told(Awaitable<void> work) {
        co_await std::move(work);
        co_return true;
    }
};

}  // namespace hutong::daemon
