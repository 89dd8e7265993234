// A fresh, migrated database with a Publication on it, and small contracts to publish.
#pragma once

#include <memory>
#include <string>

#include <cppunit/extensions/HelperMacros.h>

#include "registry/publication/publication.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::registry {

class RegistryFixture : public CppUnit::TestFixture {
  public:
    void setUp() override;
    void tearDown() override;

  protected:
    template <class T>
    T run(Awaitable<T> work) {
        return test::run(context_, std::move(work));
    }
    pg::Rows sql(const std::string& text) { return run(pool_->query(text)).value(); }
    std::int64_t number(const std::string& text) { return sql(text).integer(0, 0); }
    std::int64_t generation() { return number("select generation from platform"); }

    // An organisation "gs" and a consumer "ds-tax" of it.
    void add_people();
    PublishOutcome publish(const PublishRequest& request) {
        return run(publication_->publish(request)).value();
    }
    Error publish_error(const PublishRequest& request);

    asio::io_context context_;
    asio::thread_pool blocking_{1};
    std::string url_;
    std::unique_ptr<pg::Pool> pool_;
    std::unique_ptr<Publication> publication_;
};

// A document/literal contract with these two operations in one service, "Company".
wsdl::Bundle contract(const std::string& operation = "GetCompany", const std::string& other = "ListCompanies",
                      const std::string& address = "http://127.0.0.1:9/company");
PublishRequest request(wsdl::Bundle bundle);

}  // namespace hutong::registry
